"""What every public form has in common."""

import re

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

JOINERS = "\u200c\u200d"  # Persian and Indian scripts are written with them
SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]")  # as they come with what is pasted
UNSEEN = re.compile(r"[\u00ad\u200b\u200e\u200f\u2060\ufeff]")  # places to break a word, marks of direction, beginnings of files
LINK = re.compile(r"://|www\.", re.IGNORECASE)


def one_line(text: str) -> None:
    """Refuse what would be more than a line in a mail."""
    if not _is_written(text):
        raise ValidationError(_("Write this on one line, without special characters."))


def printable(text: str) -> None:
    """Refuse what is no letter of any script: control characters, and those that turn the direction of reading."""
    if not all(_is_written(line) for line in text.replace("\r\n", "\n").split("\n")):
        raise ValidationError(_("Write this without special characters."))


def _is_written(line: str) -> bool:
    return all(character.isprintable() or character in JOINERS for character in line)


def no_link(text: str) -> None:
    """Refuse a web address where a name belongs: our mails repeat names, and must not carry strangers' links."""
    if LINK.search(text):
        raise ValidationError(_("Leave web addresses out here."))


class TextField(forms.CharField):
    """Words that somebody may have pasted.

    Every kind of space in them is a space, the end of a line is one letter, and what is not seen is left out.
    """

    def to_python(self, value):
        return super().to_python(UNSEEN.sub("", SPACES.sub(" ", value.replace("\r\n", "\n"))) if isinstance(value, str) else value)


class MailField(forms.EmailField):
    """A mail address that any mail server takes: ASCII, its domain a name as the post writes it (IDNA 2008)."""

    default_validators = [EmailValidator(allowlist=[])]
    wrong = _("This is not a mail address that we can write to. It looks like name@example.org.")

    def __init__(self, **options):
        words = {"required": _("Write your mail address here."), "invalid": self.wrong, "max_length": self.wrong}
        widget = forms.EmailInput({"autocomplete": "email"})
        super().__init__(**{"label": _("Mail address"), "max_length": 254, "error_messages": words, "widget": widget} | options)

    def clean(self, value):
        local, _, domain = super().clean(value).rpartition("@")
        if not domain:  # not required, and left empty
            return ""
        try:
            address = f"{local}@{idna.encode(domain, uts46=True).decode()}"
        except idna.IDNAError:
            raise ValidationError(self.wrong) from None
        if not address.isascii() or not address.isprintable() or len(address) > self.max_length:
            raise ValidationError(self.wrong)
        return address


class PublicForm(forms.Form):
    """A form that anybody can send. Its field “website” is for machines: people do not see it."""

    website = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off", "id": None})
    )

    @property
    def is_from_machine(self) -> bool:
        """Whether the field that people do not see is filled in: the answer is then as always, and nothing is done."""
        return bool(self.data.get("website"))
