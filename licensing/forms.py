"""Everything that comes in from buyers."""

import secrets
from dataclasses import replace

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from articles.models import Article
from licensing.countries import CountrySelect, to_choose_from
from licensing.models import ONE_COUNTRY, Buyer, Grant, LicenceOrder, LicenceTerms, Rate, RateCard, Shown
from licensing.proof.sheets import unprintable
from licensing.quotes import Choice, Quote, make_quote
from licensing.references import as_written, is_sound
from licensing.rights import pictures_of
from licensing.tasks import send_links
from newsroom.forms import MailField, TextField, no_link, one_line, printable
from newsroom.jobs import defer
from newsroom.models import Use

QUESTIONS = ("medium", "portion", "territory", "translation", "term", "audience", "discount")
DAY = 86_400  # seconds
LONGEST = 300  # letters of a name
WHO = ("name", "organisation", "email", "country", "billing_address", "order_number")
AS_ON_THE_PAGE = ("medium", "portion", "pictures", "territory", "where", "translation", "term", "audience", "discount", *WHO)
ONCE_MORE = {"required": _("Please send the form once more."), "invalid": _("Please send the form once more.")}
ONE_OF_THESE = {"required": _("Choose one of these."), "invalid_choice": _("Choose one of these.")}
A_COUNTRY = {"invalid_choice": _("Choose a country.")}


def on_paper(text: str) -> None:
    """Refuse letters that the licence's certificate could not print."""
    if "\ufffd" in text:  # what is left of a letter that a program could not read
        raise forms.ValidationError(_("A letter of this was lost on its way. Please type it once more."))
    if len(text) <= LONGEST and (missing := unprintable(text)):
        raise forms.ValidationError(gettext("The licence cannot print %(letters)s: please write this without.") % {"letters": " ".join(missing[:10])})


NAME = [one_line, no_link, on_paper]


def _line(label: str, length: int, autocomplete: str, **options) -> TextField:
    widget = forms.TextInput({"autocomplete": autocomplete})
    return TextField(label=label, max_length=length, validators=NAME, widget=widget, **options)


class UseForm(forms.Form):
    """What a story is wanted for. Prices are never read from it: it says only which one its sender saw."""

    key = forms.RegexField(r"^[\w-]{16,64}$", error_messages=ONCE_MORE)
    price_shown = forms.CharField(max_length=40, required=False)
    where = forms.ChoiceField(label=_("Which country"), required=False, choices=to_choose_from, error_messages=A_COUNTRY, widget=CountrySelect)
    country = forms.ChoiceField(required=False, choices=to_choose_from, error_messages=A_COUNTRY)

    def __init__(self, card: RateCard, story: Article, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.card, self.story = card, story
        rates = list(card.rates.all())
        self.rates = {name: answers for name in QUESTIONS if (answers := [rate for rate in rates if rate.question == name.upper()])}
        for name, answers in self.rates.items():
            self.fields[name] = forms.ChoiceField(
                label=Rate.Question(name.upper()).label, initial=answers[0].key, error_messages=ONE_OF_THESE,
                choices=[(rate.key, rate.name) for rate in answers],
            )  # fmt: skip
        self.images = pictures_of(story)
        self.fields["pictures"] = forms.MultipleChoiceField(
            label=_("Its pictures"), required=False, choices=[(image.short_id, str(image)) for image in self.images],
            error_messages={
                "invalid_choice": _("A picture that you chose is not with the story any more."), "invalid_list": _("Choose pictures."),
            },
        )  # fmt: skip
        self.grants = list(Grant.objects.bearing_on([story], self.images))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("territory") == ONE_COUNTRY and not self._country() and not {"where", "country"} & self.errors.keys():
            self.add_error("where", _("Choose the country."))
        return cleaned

    @cached_property
    def choice(self) -> Choice:
        """What is chosen, or stands there before anything is; what cannot be chosen counts as the first answer."""
        rates = {name: next((rate for rate in answers if rate.key == self[name].value()), answers[0]) for name, answers in self.rates.items()}
        offered = {image.short_id for image in self.images}
        pictures = self["pictures"].value() or []
        chosen = offered & set(pictures if isinstance(pictures, list) else [pictures])
        return Choice(**rates, country=self._country(), pictures=frozenset(chosen))

    def _country(self) -> str:
        """Return the one country that is chosen; the buyer's own where they name no other; "" where nothing is known yet."""
        stated = (self[name].value() for name in ("where", "country"))
        return next((code for code in stated if code in countries.countries), "")

    @cached_property
    def quote(self) -> Quote:
        """The price of what is chosen."""
        return self._quote(self.choice)

    def _quote(self, choice: Choice) -> Quote:
        return make_quote(self.card, self.story, choice, grants=self.grants)

    @property
    def price_seen(self) -> str:
        """The price that its sender saw (Quote.as_shown).

        Without scripts, the country is named after the price was looked at, and stands in a line of it: that they named it themselves is no
        news to them, so where nothing else is different they have seen this price.
        """
        seen, before = self.cleaned_data.get("price_shown", ""), self._quote(replace(self.choice, country=""))
        is_same = [(line.amount, line.is_left_out) for line in before.lines] == [(line.amount, line.is_left_out) for line in self.quote.lines]
        return self.quote.as_shown if seen == before.as_shown and is_same and before.asks == self.quote.asks else seen

    @property
    def shown(self) -> Shown:
        return Shown(self.price_seen, None)

    @property
    def questions(self) -> list[tuple]:
        """Each question's field, its rates, and the one that the price is for."""
        chosen = self.choice
        return [(self[name], rates, getattr(chosen, name)) for name, rates in self.rates.items()]

    @property
    def pictures_on_offer(self) -> list[tuple]:
        """Each picture, the ruling on it for the use that is chosen, and whether it is chosen."""
        quote = self.quote
        return [(image, ruling, image.short_id in quote.choice.pictures) for image, ruling in quote.rights.pictures.items()]

    @property
    def key_to_send(self) -> str:
        """What tells this opening of the form from every other; a form that comes back keeps its own."""
        return self.cleaned_data.get("key") if self.is_bound and self.cleaned_data.get("key") else secrets.token_urlsafe(16)

    def save_quote(self) -> LicenceOrder:
        """Keep the quote as a draft; a ValidationError says why there is none."""
        return LicenceOrder.objects.draft(self.story, self.choice, self.cleaned_data["key"], self.shown)


class BuyerForm(forms.Form):
    """Who orders, and on what terms."""

    name = _line(_("Your name"), LONGEST, "name")
    organisation = _line(
        _("Organisation"),
        LONGEST,
        "organization",
        help_text=_("The licence names it, and anybody can look that up. If you publish alone: the name that you publish under."),
    )
    email = MailField(help_text=_("The licence goes there."))
    country = forms.ChoiceField(
        label=_("Country"),
        choices=to_choose_from,
        error_messages=A_COUNTRY,
        widget=CountrySelect({"autocomplete": "country"}),
    )
    billing_address = TextField(
        label=_("Billing address"),
        max_length=500,
        validators=[printable, no_link],
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )
    order_number = _line(_("Your own order number"), 60, "off", required=False, help_text=_("If you have one: it stands on the order."))
    accepts_terms = forms.BooleanField(
        label=_("Licence terms"), error_messages={"required": _("Read the licence terms and tick the box: an order needs them.")}
    )
    terms_version = forms.RegexField(r"^\d{1,9}$", required=False, error_messages=ONCE_MORE)
    once_more = forms.CharField(max_length=1, required=False)
    price_shown = forms.CharField(max_length=400, required=False)

    def __init__(self, terms: LicenceTerms, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.terms = terms
        for name in set(WHO) - {"email"}:
            self.fields[name].error_messages["required"] = _("Please fill this in.")

    @property
    def buyer(self) -> Buyer:
        return Buyer(**{field: self.cleaned_data[field] for field in WHO})

    @property
    def shown(self) -> Shown:
        """What stood before the buyer of a draft."""
        return Shown(self.cleaned_data["price_shown"], int(self.cleaned_data["terms_version"] or 0), bool(self.cleaned_data["once_more"]))

    @property
    def who(self) -> list:
        """The fields that say who orders."""
        return [self[name] for name in WHO]

    @property
    def has_accepted(self) -> bool:
        """Whether the box is ticked for the very terms that are shown now."""
        return bool(self["accepts_terms"].value()) and str(self["terms_version"].value()) == str(self.terms.version)


class OrderForm(BuyerForm, UseForm):
    """A wish to republish one story, on one page."""

    def __init__(self, card: RateCard, terms: LicenceTerms, story: Article, *args, **kwargs):
        super().__init__(terms, card, story, *args, **kwargs)
        self.fields["where"].choices = to_choose_from(_("Yours, as in your address below"))
        self.order_fields(AS_ON_THE_PAGE)

    @property
    def shown(self) -> Shown:
        return replace(super().shown, price=self.price_seen)

    @property
    def fingerprint(self) -> str:
        """What tells this form with these words from every other."""
        return LicenceOrder.objects.fingerprint(self.story, self.choice, self.buyer, self.cleaned_data["key"])

    @property
    def sent_before(self) -> LicenceOrder | None:
        """The order that this very form has made already."""
        return LicenceOrder.objects.sent_before(self.story, self.choice, self.buyer, self.cleaned_data["key"])

    def save(self) -> LicenceOrder:
        """Place the order; a ValidationError says why there is none."""
        return LicenceOrder.objects.place(self.story, self.choice, self.buyer, self.cleaned_data["key"], self.shown)


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

    reference = forms.CharField(label=_("Reference"), max_length=40)

    def clean_reference(self) -> str:
        """Return the reference as we write it, or say that it has a slip in it."""
        reference = as_written(self.cleaned_data["reference"])
        if not is_sound(reference):
            raise forms.ValidationError(_("No licence has such a reference: one character or more is wrong. It looks like K7M4-2QX3."))
        return reference


class AnswerForm(forms.Form):
    """A buyer's answer to an offer, or the end of an order that they do not want any more."""

    TAKE, CANCEL = "take", "cancel"
    answer = forms.ChoiceField(choices=[(TAKE, _("Take the offer")), (CANCEL, _("Cancel the order"))])
    offered = forms.CharField(max_length=64, required=False)

    def save(self, order: LicenceOrder) -> None:
        """Do it; a ValidationError says why that cannot be."""
        if self.cleaned_data["answer"] == self.TAKE:
            order.accept_offer(self.cleaned_data["offered"])
        else:
            order.cancel()
