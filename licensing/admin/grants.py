"""What we may pass on, and who may buy on account."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models import OuterRef
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from articles.admin.base import NewsroomAdmin
from licensing.models import Grant, Licensee, Medium
from licensing.money import in_words

from .sums import outstanding_of


class GrantForm(forms.ModelForm):
    """A grant; its media are ticked."""

    media = forms.MultipleChoiceField(
        choices=Medium, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget, help_text="None ticked means everywhere."
    )

    class Meta:
        model = Grant
        fields = ["source", "article", "image", "holder", "contact", "may_sublicense", "media", "countries", "starts_on", "ends_on", "reference"]


@admin.register(Grant)
class GrantAdmin(NewsroomAdmin):
    form = GrantForm
    list_display = ["holder", "what", "may_sublicense", "limits", "reference"]
    list_filter = ["may_sublicense"]
    list_select_related = ["source", "article", "image"]
    search_fields = ["holder", "reference", "source__name", "article__headline", "image__alt_text"]
    autocomplete_fields = ["source", "article", "image"]
    formfield_overrides = {ArrayField: {"widget": UnfoldAdminTextInputWidget}}
    fieldsets = [
        ("What it is for: one of the three", {"fields": ["source", "article", "image"]}),
        ("Whose it is", {"fields": ["holder", "contact", "reference"]}),
        ("What we may do", {"fields": ["may_sublicense", "media", "countries", "starts_on", "ends_on"]}),
    ]

    @display(description="For")
    def what(self, grant: Grant) -> str:
        return str(grant.source or grant.article or grant.image)


@admin.register(Licensee)
class LicenseeAdmin(NewsroomAdmin):
    list_display = ["organisation", "email", "credit_limit", "owes", "payment_days"]
    search_fields = ["organisation", "email"]
    fields = ["organisation", "email", "credit_limit", "owes", "payment_days", "note"]
    readonly_fields = ["owes"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(owed=outstanding_of(OuterRef("pk")))

    def save_model(self, request, obj, form, change):
        obj.recorded_by = request.user
        super().save_model(request, obj, form, change)

    @display(description="Owes")
    def owes(self, licensee: Licensee) -> str:
        return in_words(getattr(licensee, "owed", 0), settings.PUBLICATION_CURRENCY)
