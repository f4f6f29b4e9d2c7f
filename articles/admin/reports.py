"""What readers report: the desk's queue."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from articles.models import ErrorReport

from .base import NewsroomAdmin, RecordMixin


class OpenFilter(admin.SimpleListFilter):
    """The queue, unless something else is asked for."""

    title, parameter_name = "state", "state"

    def lookups(self, request, model_admin):
        return [("settled", "Settled"), ("all", "All")]

    def choices(self, changelist):
        yield {"selected": self.value() is None, "query_string": changelist.get_query_string(remove=[self.parameter_name]), "display": "Open"}
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.exclude(settled_at=None) if self.value() == "settled" else queryset.open()


class SettlingForm(forms.ModelForm):
    """What was done about a report: nothing is settled without a word."""

    answer = forms.CharField(
        label="What was done", max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=ErrorReport._meta.get_field("answer").help_text,
    )  # fmt: skip

    class Meta:
        model = ErrorReport
        fields = ["answer"]


@admin.register(ErrorReport)
class ErrorReportAdmin(RecordMixin, NewsroomAdmin):
    form = SettlingForm
    list_display = ["shortened", "story", "state", "reported_at"]
    list_filter = [OpenFilter]
    list_select_related = ["article"]
    search_fields = ["text", "article__headline", "article__short_id", "email"]
    date_hierarchy = "reported_at"
    fieldsets = [
        (None, {"fields": ["story", "text", "email", "reported_at"]}),
        ("What the desk did", {"fields": ["answer", "settled_at", "settled_by"]}),
    ]
    readonly_fields = ["story", "text", "email", "reported_at", "settled_at", "settled_by"]

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "article__id__exact" or super().lookup_allowed(lookup, value, request)

    # --- Who may do what. The queue shows headlines, so it is for those who may see stories.

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and request.user.has_perm("articles.view_article")

    def has_change_permission(self, request, obj=None):
        """An open report is settled once; what was answered stays."""
        may = request.user.has_perm("articles.change_errorreport") and request.user.has_perm("articles.view_article")
        return may and not (obj and obj.settled_at)

    def save_model(self, request, obj, form, change):
        obj.settle(form.cleaned_data["answer"], by=request.user)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as problem:  # somebody else was quicker
            self.message_user(request, " ".join(problem.messages), messages.ERROR)
            return redirect(request.path)

    # --- Looks

    @display(description="What is wrong")
    def shortened(self, report: ErrorReport) -> str:
        return report.text if len(report.text) <= 90 else f"{report.text[:90]}…"

    @display(description="Story")
    def story(self, report: ErrorReport) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:articles_article_change", args=[report.article_id]), report.article)

    @display(description="State", label={"Open": "warning", "Settled": "success"})
    def state(self, report: ErrorReport) -> str:
        return "Settled" if report.settled_at else "Open"
