"""What every public form has in common."""

import re

from django import forms
from django.core.exceptions import ValidationError

LINK = re.compile(r"://|www\.", re.IGNORECASE)


def one_line(text: str) -> None:
    """Refuse what would be more than a line in a mail."""
    if not text.isprintable():
        raise ValidationError("Write this on one line, without special characters.")


def no_link(text: str) -> None:
    """Refuse a web address where a name belongs: our mails repeat names, and must not carry strangers' links."""
    if LINK.search(text):
        raise ValidationError("Leave web addresses out here.")


class PublicForm(forms.Form):
    """A form that anybody can send. Its field “website” is for machines: people do not see it."""

    website = forms.CharField(label="Leave this empty", required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off", "id": None}))

    @property
    def is_from_machine(self) -> bool:
        """Whether the field that people do not see is filled in: the answer is then as always, and nothing is done."""
        return bool(self.data.get("website"))
