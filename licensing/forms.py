"""Everything that comes in from buyers."""

import secrets

from django import forms
from django_countries import countries

from articles.models import Article
from licensing.models import LicenceOrder, LicenceTerms, Licensee, Rate, RateCard, Shown
from licensing.quotes import Choice, Quote, make_quote, sellable_pictures
from licensing.references import as_written, is_sound
from licensing.tasks import send_links
from newsroom.forms import MailField, TextField, no_link, one_line, printable
from newsroom.jobs import defer
from newsroom.models import Use

QUESTIONS = {question.lower(): question for question in Rate.Question.values}
PICTURES = {"without": False, "with": True}
DAY = 86_400  # seconds
WHO = ("name", "organisation", "email", "country", "billing_address", "order_number")
NAME = [one_line, no_link]


def _line(label: str, length: int, autocomplete: str, **options) -> TextField:
    widget = forms.TextInput({"autocomplete": autocomplete})
    return TextField(label=label, max_length=length, validators=NAME, widget=widget, **options)


class OrderForm(forms.Form):
    """A wish to republish one story. Prices are never read from it: it says only which one its sender saw."""

    name = _line("Your name", 120, "name")
    organisation = _line(
        "Organisation", 160, "organization", help_text="It is named on the licence, which anybody can look up. If you publish alone: your own name."
    )
    email = MailField(help_text="The licence goes there.")
    country = forms.ChoiceField(
        label="Country",
        choices=[("", "Choose…"), *countries],
        error_messages={"invalid_choice": "Choose a country."},
        widget=forms.Select({"autocomplete": "country"}),
    )
    billing_address = TextField(
        label="Billing address", max_length=500, validators=[printable, no_link], widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"})
    )
    order_number = _line("Your own order number", 60, "off", required=False, help_text="If you have one: it stands on the order.")
    accepts_terms = forms.BooleanField(
        label="Licence terms", error_messages={"required": "Read the licence terms and tick the box: an order needs them."}
    )
    key = forms.RegexField(
        r"^[\w-]{16,64}$", error_messages={"required": "Please send the form once more.", "invalid": "Please send the form once more."}
    )
    price_shown = forms.CharField(max_length=40, required=False)
    terms_version = forms.RegexField(r"^\d{1,9}$", required=False, error_messages={"invalid": "Please send the form once more."})
    once_more = forms.CharField(max_length=1, required=False)

    def __init__(self, card: RateCard, terms: LicenceTerms, story: Article, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.card, self.terms, self.story = card, terms, story
        for name in set(WHO) - {"email"}:
            self.fields[name].error_messages["required"] = "Please fill this in."
        self.rates = {name: [rate for rate in card.rates.all() if rate.question == question] for name, question in QUESTIONS.items()}
        for name, rates in self.rates.items():
            self.fields[name] = self._radio(Rate.Question(QUESTIONS[name]).label, [(rate.key, rate.name) for rate in rates])
        self.on_offer = sellable_pictures(story)
        self.fields["pictures"] = self._radio("With its pictures", [(key, key) for key in PICTURES] if self.on_offer else [("without", "without")])

    @staticmethod
    def _radio(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
        first = choices[0][0] if choices else None
        return forms.ChoiceField(
            label=label, choices=choices, initial=first, error_messages={"invalid_choice": "Choose one of these.", "required": "Choose one of these."}
        )

    @property
    def licensee(self) -> Licensee:
        return Licensee(**{field: self.cleaned_data[field] for field in WHO})

    @property
    def sent_before(self) -> LicenceOrder | None:
        """The order that this very form has made already."""
        return LicenceOrder.objects.sent_before(self.story, self.choice, self.licensee, self.cleaned_data["key"])

    def save(self) -> LicenceOrder:
        """Place the order; a ValidationError says why there is none."""
        shown = Shown(self.cleaned_data["price_shown"], int(self.cleaned_data["terms_version"] or 0), bool(self.cleaned_data["once_more"]))
        return LicenceOrder.objects.place(self.story, self.choice, self.licensee, self.cleaned_data["key"], shown)

    @property
    def choice(self) -> Choice:
        """What is chosen, or stands there before anything is; what cannot be chosen counts as the first answer."""
        rates = {name: next((rate for rate in rates if rate.key == self[name].value()), rates[0]) for name, rates in self.rates.items()}
        return Choice(**rates, with_pictures=bool(self.on_offer) and PICTURES.get(self["pictures"].value(), False))

    @property
    def quote(self) -> Quote:
        """The price of what is chosen."""
        return make_quote(self.card, self.story, self.choice)

    @property
    def questions(self) -> list[tuple]:
        """Each question's field, its rates, and the one that the price is for."""
        return [(self[name], rates, getattr(self.choice, name)) for name, rates in self.rates.items()]

    @property
    def pictures_chosen(self) -> str:
        return "with" if self.choice.with_pictures else "without"

    @property
    def who(self) -> list:
        """The fields that say who orders."""
        return [self[name] for name in WHO]

    @property
    def key_to_send(self) -> str:
        """What tells this opening of the form from every other; a form that comes back keeps its own."""
        return self.cleaned_data.get("key") if self.is_bound and self.cleaned_data.get("key") else secrets.token_urlsafe(16)

    @property
    def has_accepted(self) -> bool:
        """Whether the box is ticked for the very terms that are shown now."""
        return bool(self["accepts_terms"].value()) and str(self["terms_version"].value()) == str(self.terms.version)


class LinksForm(forms.Form):
    """Somebody who has lost the links to their orders."""

    email = MailField()

    def save(self) -> None:
        """Have a job look for orders, so that the answer takes as long for any address; three times a day for one address."""
        email = self.cleaned_data["email"].lower()
        if Use.objects.allows("links", email, limit=3, seconds=DAY):
            defer(send_links, email=email)


class ReferenceForm(forms.Form):
    """A licence's reference, as somebody read it or heard it."""

    reference = forms.CharField(label="Reference", max_length=40)

    def clean_reference(self) -> str:
        """Return the reference as we write it, or say that it has a slip in it."""
        reference = as_written(self.cleaned_data["reference"])
        if not is_sound(reference):
            raise forms.ValidationError("No licence has such a reference: one character or more is wrong. It looks like K7M4-2QX3.")
        return reference
