"""The countries that a buyer chooses from."""

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_countries import countries


def to_choose_from(nothing: str = "") -> list[tuple]:
    """Return the countries in the order of the language that is spoken, after what stands for none."""
    return [("", nothing or _("Choose…")), *countries]


class CountrySelect(forms.Select):
    """A list of some two hundred and fifty countries, written in one go: Django's own fills a template for each of them."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "\n", '<option value="{}"{}>{}</option>', ((code, flatatt({"selected": code == chosen}), name) for code, name in self.choices)
        )
        return format_html("<select{}>\n{}\n</select>", flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})})), options)
