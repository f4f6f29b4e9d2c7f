"""What every form of the newsroom has in common."""

from django.db import models
from js_asset import Media
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

LONG = 300  # letters from which a field is a text area


class LongTextMixin:
    """Fields for sentences get room for sentences."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        length = getattr(db_field, "max_length", None) or 0
        if length > LONG and db_field.get_internal_type() == "CharField" and not db_field.choices:
            kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": 3}))
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class NewsroomAdmin(LongTextMixin, ModelAdmin):
    """A form of the newsroom."""

    warn_unsaved_form = True
    list_per_page = 50
    show_full_result_count = False

    def render_change_form(self, request, context, *args, **kwargs):
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))  # for the import map of the rich-text field
        return super().render_change_form(request, context, *args, **kwargs)


class NewsroomInline(LongTextMixin, TabularInline):
    """Rows inside a form of the newsroom."""

    extra = 0


class NewsroomStackedInline(LongTextMixin, StackedInline):
    """Rows with sentences in them, each with the room of a small form."""

    extra = 0
