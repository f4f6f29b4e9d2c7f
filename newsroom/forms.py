"""What every public form has in common."""

import re

from django import forms
from django.core.exceptions import ValidationError

LINK = re.compile(r"://|www\.", re.IGNORECASE)


def one_line(text: str) -> None:
    """Refuse what would be more than a line in a mail."""
    if not text.isprintable():
        raise ValidationError("Write this on one line, without special characters.")


def printable(text: str) -> None:
    """Refuse what is no letter of any script: control characters, and those that turn the direction of reading."""
    if not all(line.isprintable() for line in text.splitlines()):
        raise ValidationError("Write this without special characters.")


def no_link(text: str) -> None:
    """Refuse a web address where a name belongs: our mails repeat names, and must not carry strangers' links."""
    if LINK.search(text):
        raise ValidationError("Leave web addresses out here.")


class MailField(forms.EmailField):
    """A mail address that any mail server takes: ASCII, its domain as the post writes it (IDNA)."""

    wrong = "This is not a mail address that we can write to. It looks like name@example.org."

    def __init__(self, **options):
        words = {"required": "Write your mail address here.", "invalid": self.wrong, "max_length": self.wrong}
        widget = forms.EmailInput({"autocomplete": "email"})
        super().__init__(**{"label": "Mail address", "max_length": 254, "error_messages": words, "widget": widget} | options)

    def clean(self, value):
        local, _, domain = super().clean(value).rpartition("@")
        try:
            address = f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:
            raise ValidationError(self.wrong) from None
        if not address.isascii() or not address.isprintable() or len(address) > self.max_length:
            raise ValidationError(self.wrong)
        return address


class PublicForm(forms.Form):
    """A form that anybody can send. Its field “website” is for machines: people do not see it."""

    website = forms.CharField(label="Leave this empty", required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off", "id": None}))

    @property
    def is_from_machine(self) -> bool:
        """Whether the field that people do not see is filled in: the answer is then as always, and nothing is done."""
        return bool(self.data.get("website"))
