"""What every form of the newsroom has in common."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.forms.utils import to_current_timezone
from js_asset import Media
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget

from .moments import MomentField

LONG = 300  # letters from which a field is a text area
LONGEST_KEY = 18  # digits that fit PostgreSQL's bigint, whatever they are


def is_key(text: str) -> bool:
    """Whether a row can have this key."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY


class LongTextMixin:
    """Fields for sentences get room for sentences."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        length = getattr(db_field, "max_length", None) or 0
        if length > LONG and db_field.get_internal_type() == "CharField" and not db_field.choices:
            kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": 3}))
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class KeysMixin:
    """Looks up what is a key only, and is not known yet; Django's widget asks the database for whatever was sent."""

    known = {}  # rows that the form has read already, by key: each form has them of its own

    def optgroups(self, name, value, attr=None):
        keys = [str(key) for key in value if is_key(str(key))]
        if not keys or not self.known.keys() >= set(keys):
            return super().optgroups(name, keys, attr)
        nothing = [] if self.is_required or self.allow_multiple_selected else [self.create_option(name, "", "", False, 0)]
        return [(None, [*nothing, *(self.create_option(name, key, str(self.known[key]), True, place) for place, key in enumerate(keys))], 0)]


class KeySelect(KeysMixin, AutocompleteSelect):
    """One row, found by typing."""


class KeySelectMultiple(KeysMixin, AutocompleteSelectMultiple):
    """Rows, found by typing."""


class AutocompleteMixin:
    """Fields that are found by typing show a complaint about rubbish, never a broken page."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelectMultiple(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class OfferedLookupsMixin:
    """Lists that are narrowed by what they offer only: any other lookup would tell, letter by letter, what a field holds that is not shown."""

    def lookup_allowed(self, lookup, value, request):
        filters = [each[0] if isinstance(each, tuple) else getattr(each, "parameter_name", each) for each in self.get_list_filter(request)]
        offered = [name for name in (*filters, self.date_hierarchy) if name]
        return any(lookup == name or lookup.startswith(f"{name}__") for name in offered) and super().lookup_allowed(lookup, value, request)


class RecordMixin(OfferedLookupsMixin):
    """Rows that are kept as they are: nobody adds, changes or deletes them by hand."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class NewsroomAdmin(OfferedLookupsMixin, AutocompleteMixin, LongTextMixin, ModelAdmin):
    """A form of the newsroom."""

    warn_unsaved_form = True
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField, "widget": UnfoldAdminSplitDateTimeWidget}}
    list_per_page = 50
    show_full_result_count = False

    def changelist_view(self, request, extra_context=None):
        """Take for a chosen row what is a key only."""
        if request.method == "POST":
            request.POST = request.POST.copy()
            chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
            request.POST.setlist(ACTION_CHECKBOX_NAME, [key for key in chosen if is_key(key)])
        return super().changelist_view(request, extra_context)

    def get_changeform_initial_data(self, request):
        """Fill a new form in from its address, with what the fields can hold; the rest is passed over."""
        found = super().get_changeform_initial_data(request)
        return {name: value for name, text in found.items() if (value := self._initial(name, text)) is not None}

    def _initial(self, name: str, text: str | list[str]) -> object:
        """Return what `text` means to the field of that name, or None where it means nothing; many keys are left to their widget."""
        try:
            field = self.opts.get_field(name)
            value = field.to_python(text) if field.concrete else text
            return to_current_timezone(value) if isinstance(field, models.DateTimeField) else value
        except FieldDoesNotExist:
            return text
        except (ValidationError, OverflowError):
            return None

    def render_change_form(self, request, context, *args, **kwargs):
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))  # for the import map of the rich-text field
        return super().render_change_form(request, context, *args, **kwargs)


class NewsroomInline(AutocompleteMixin, LongTextMixin, TabularInline):
    """Rows inside a form of the newsroom."""

    extra = 0


class NewsroomStackedInline(AutocompleteMixin, LongTextMixin, StackedInline):
    """Rows with sentences in them, each with the room of a small form."""

    extra = 0
