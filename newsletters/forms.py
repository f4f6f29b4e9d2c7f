"""The form under every story and at /newsletter/."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from newsletters import consent
from newsletters.models import Subscription
from newsroom.forms import MailField, PublicForm
from newsroom.models import Use

MAILS_A_DAY = 3  # to one address, whoever asks
DAY = 86_400  # seconds


class SubscribeForm(PublicForm):
    """Asks for the newsletter. It carries the version of the wording that its reader saw, and the path of the page that it stood on."""

    email = MailField()
    wording_version = forms.CharField(required=False)
    page = forms.CharField(required=False)

    def clean_email(self) -> str:
        """Return the address in small letters."""
        return self.cleaned_data["email"].lower()

    def clean_wording_version(self) -> str:
        if self.cleaned_data["wording_version"] != consent.VERSION:
            raise ValidationError(_("The wording has changed since you opened this page; please read it and send again."))
        return consent.VERSION

    def clean_page(self) -> str:
        """Return the path, if it is one: it is a note for the record, and nobody is stopped for it."""
        path = self.cleaned_data["page"]
        return path[:300] if path.startswith("/") and path.isprintable() else ""

    def save(self) -> None:
        """Ask for the newsletter, unless a machine filled the form in or the address has been written to often enough today."""
        email = self.cleaned_data["email"]
        if not self.is_from_machine and Use.objects.allows("newsletter_address", email, MAILS_A_DAY, DAY):
            Subscription.objects.ask(email, self.cleaned_data["page"])
