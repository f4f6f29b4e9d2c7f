"""The licence terms, version by version."""

from django import forms
from django.contrib import admin

from articles import body
from articles.admin.fields import BodyFormField
from licensing.models import LicenceTerms

from .base import VersionAdmin


class LicenceTermsForm(forms.ModelForm):
    """A version of the licence terms; its text is sanitised like a story."""

    text = BodyFormField()

    class Meta:
        model = LicenceTerms
        fields = ["in_force_from", "text"]

    def clean_text(self) -> str:
        """Refuse terms that say nothing."""
        if not body.plain_text(self.cleaned_data["text"]):
            raise forms.ValidationError("The terms have no text yet.")
        return self.cleaned_data["text"]


@admin.register(LicenceTerms)
class LicenceTermsAdmin(VersionAdmin):
    form = LicenceTermsForm
    fields = ["version", "in_force_from", "text"]
    list_display = ["__str__", "in_force_from"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Read-only, the text is shown as the model has it."""
        if obj and obj.has_begun:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)
