"""Everything that comes in from readers: a place in a list, what is searched for, and word of what is wrong."""

import re
from datetime import date

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, ErrorReport, Section, Source, Topic
from articles.models.story_sets import ArticleQuerySet
from articles.search import Order, TooSlow, ask, either, facet, find, meant, newest, of_series, suggested, without
from articles.short_ids import PATTERN
from articles.terms import Syndication
from newsroom.forms import MailField, PublicForm, TextField, printable

LONGEST_REPORT = ErrorReport._meta.get_field("text").max_length  # letters
TOO_LONG = format_lazy(_("Write it in at most {number} letters."), number=lazy(number_format, str)(LONGEST_REPORT, force_grouping=True))
TOO_SLOW = _("That search takes longer than we let one take. Add a word, or narrow it to a section or some years.")
FIRST_YEAR = 1001  # of a story (Article.clean)
MONTH = re.compile(r"([12]\d{3})(?:-(0[1-9]|1[0-2]))?", re.ASCII)
OFFERED = ("section", "topic", "author", "source", "language")  # what a search can be narrowed to, beside years
PLACES = {"before", "after"}
LITTLE = 3  # stories; where no more are found, another spelling may have been meant
SUBJECTS = {"section": Section, "topic": Topic, "author": Author, "source": Source}


class MonthField(forms.CharField):
    """A year or a month, such as 2019 or 2019-05."""

    def clean(self, value):
        value = super().clean(value)
        found = MONTH.fullmatch(value)
        if value and not (found and FIRST_YEAR <= int(found[1]) <= timezone.localdate().year):
            raise ValidationError(_("Write a year such as 1998, or a month such as 1998-05, that is not to come."))
        return value


class PlaceField(forms.RegexField):
    """A place in a list: the short id of the story that the page comes after, which may have been withdrawn meanwhile."""

    def __init__(self):
        super().__init__(PATTERN, required=False, error_messages={"invalid": _("This page of the list is not there. Here it is from the beginning.")})

    def clean(self, value):
        short_id = super().clean(value)
        if not short_id:
            return None
        story = (Article.objects.public() | Article.objects.retracted()).filter(short_id=short_id).first()
        if not story:
            raise ValidationError(self.error_messages["invalid"])
        return story


class PageForm(forms.Form):
    """A place in a list of stories with the newest first."""

    before = PlaceField()
    time, period = None, ""  # that the list is narrowed to

    def page(self, *facets: str, kinds: tuple[str, ...] = (), time: tuple[str, str] | None = None) -> dict:
        """Return a page of the stories that are of all these facets, or of a time; where the place or the time in the address cannot be read,
        as if there were none."""
        self.is_valid()
        return find(ask("", *facets, time=time or self.time), *kinds, after=self.cleaned_data.get("before"))

    @property
    def known(self) -> QueryDict:
        """Return what of the address this form knows and does not refuse: what the links on the page keep."""
        known = QueryDict(mutable=True)
        known.update({name: value for name in self.fields if name not in self.errors and (value := self.data.get(name))})
        return known


class ListForm(PageForm):
    """A place in a list of stories with the newest first, and the time that it is narrowed to."""

    since, until = MonthField(required=False), MonthField(required=False)

    def clean(self):
        """Refuse a time that ends before it begins; a list is narrowed by no half of a time that is refused."""
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and since[: len(until)] > until[: len(since)]:
            self.add_error("until", _("This time ends before it begins. Write the earlier one first."))
        if self.errors.keys() & {"since", "until"}:
            data["since"] = data["until"] = ""
        return data

    @property
    def time(self) -> tuple[str, str] | None:
        """Return the first and the last month that the list is narrowed to; None for all of it."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if not since and not until:
            return None
        return f"{since or FIRST_YEAR}-01"[:7], f"{until or timezone.localdate().year}-12"[:7]

    @property
    def period(self) -> str:
        """Return the time that the list is narrowed to in words, such as “from 1998 to May 2004”; "" for all of it."""
        since, until = (_in_words(self.cleaned_data.get(name)) for name in ("since", "until"))
        if since and until:
            return gettext("in {time}").format(time=since) if since == until else gettext("from {since} to {until}").format(since=since, until=until)
        if since:
            return gettext("since {time}").format(time=since)
        return gettext("until {time}").format(time=until) if until else ""


def _in_words(period: str | None) -> str:
    """Return a year or a month as it is written."""
    return date_format(date(int(period[:4]), int(period[5:]), 1), "YEAR_MONTH_FORMAT") if period and period[4:] else period or ""


class SearchForm(ListForm):
    """What is searched for: words, filters and an order. All of it stands in the address, which means the same next year."""

    q = forms.CharField(
        label=_("Search the archive"), required=False, max_length=200,
        error_messages={"max_length": _("That is too long to search for. Use at most 200 letters: the few words that matter.")},
        widget=forms.TextInput({"type": "search", "placeholder": _("Words, names, “a phrase”"), "maxlength": 200, "data-suggest": _("Suggestions")}),
    )  # fmt: skip
    section, topic, author, source = (forms.CharField(required=False, max_length=100) for _kind in SUBJECTS)
    language = forms.CharField(required=False, max_length=16)
    pictures, republish = forms.BooleanField(required=False), forms.BooleanField(required=False)
    sort = forms.ChoiceField(choices=[(order, order) for order in Order], required=False)
    after = PlaceField()  # as `before`, in the other orders

    def clean(self):
        """Find the subjects that are named, and refuse a search that would find nearly everything."""
        super().clean()
        facets = self._facets()
        if not self._is_readable:
            return self.cleaned_data
        asked = self.asked = ask(self.cleaned_data["q"], *facets, time=self.time)
        if not asked.facets and not asked.time and (asked.is_open or self.cleaned_data["q"] and not asked.query):
            raise ValidationError(_("Nearly every story fits that. Add a word that a story must hold, a rarer one."))
        return self.cleaned_data

    @property
    def is_filled(self) -> bool:
        """Whether anything is asked, and readable, be it with a place that is not there."""
        return self._is_readable and bool(self.asked.query or self.asked.time)

    @property
    def _is_readable(self) -> bool:
        return not self.errors.keys() - PLACES

    @property
    def title(self) -> str:
        """Return what the search is for, in short."""
        return f"“{words}”" if (words := self.cleaned_data["q"]) else gettext("Search")

    def newest(self, size: int) -> ArticleQuerySet:
        """Return the newest stories that hold all that is asked, `size` at most; none where nothing is, or nothing readable."""
        return Article.objects.public().filter(pk__in=newest(self.asked, size) if self.is_filled else ())

    def results(self) -> dict:
        """Return what find() does for the search, with the spelling that may have been meant; {} where nothing is asked, or nothing readable."""
        if not self.is_filled:
            return {}
        order = self.order
        after = self.cleaned_data.get("before" if order == Order.NEWEST else "after")
        try:
            found = find(self.asked, *OFFERED, order=order, after=after)
        except LookupError:
            self.add_error("after", self.fields["after"].error_messages["invalid"])
            found = find(self.asked, *OFFERED, order=order)
        return found | {"order": order, "meant": meant(self.cleaned_data["q"]) if found["tally"].total <= LITTLE else ""}

    @property
    def filters(self) -> list[tuple[str, str]]:
        """Return what of the address another search for words keeps, as it came: neither the words, nor the place, nor what was refused."""
        return [(name, value) for name, value in self.known.items() if name != "q" and name not in PLACES]

    @property
    def order(self) -> Order:
        chosen = Order(self.cleaned_data["sort"] or Order.BEST)
        return Order.NEWEST if chosen == Order.BEST and not self.asked.words else chosen

    def _facets(self) -> list[str]:
        data = self.cleaned_data
        facets = [facet(kind, subject.pk) for kind, subject in self.subjects.items() if kind != "topic"]
        if topic := self.subjects.get("topic"):
            facets.append(of_series(topic, *self.parts))
        if data.get("language"):
            facets.append(facet("language", "" if data["language"] == settings.LANGUAGE_CODE else data["language"]))
        if data.get("pictures"):
            facets.append(facet("pictures"))
        if data.get("republish"):
            refused = [facet("source", key) for key in Source.objects.filter(syndication=Syndication.NONE).values_list("pk", flat=True)]
            facets.append(without(either(facet("terms", Syndication.NONE), *refused)))
        return facets

    @cached_property
    def subjects(self) -> dict:
        """Return the section, topic, author and source that the search is narrowed to, by kind, in one query, and learn the parts of the topic."""
        named = {kind: self.cleaned_data[kind] for kind in SUBJECTS if self.cleaned_data.get(kind)}
        phrases = {kind: SUBJECTS[kind].objects.with_page().called(slug) for kind, slug in named.items()}
        if topic := named.get("topic"):
            phrases["part"] = Topic.objects.filter(part_of__in=Topic.objects.called(topic).values("pk"))
        rows = [phrase.order_by().values_list(Value(kind), "pk", "name", "slug") for kind, phrase in phrases.items()]
        rows = list(rows[0].union(*rows[1:])) if rows else []
        found = {kind: SUBJECTS[kind](pk=pk, name=name, slug=slug) for kind, pk, name, slug in rows if kind != "part"}
        self.parts = [Topic(pk=pk) for kind, pk, _name, _slug in rows if kind == "part"]
        for kind in named.keys() - found:
            self.add_error(kind, MISSING[kind])
        return found


KINDS = {Section: _("Section"), Topic: _("Topic"), Author: _("Author"), Source: _("Source"), Article: _("Story")}
MISSING = {
    "section": _("There is no such section here."),
    "topic": _("There is no such topic here."),
    "author": _("There is no such author here."),
    "source": _("There is no such source here."),
}


class SuggestionForm(forms.Form):
    """What somebody has typed so far."""

    q = forms.CharField(required=False, max_length=200)

    def suggestions(self) -> list:
        """Return the words as they came, then of each suggestion its name, what it is, and its address; nothing for what cannot be read."""
        try:
            found = suggested(self.cleaned_data["q"]) if self.is_valid() else []
        except TooSlow:  # it took too long; whoever types on asks again
            found = []
        return [
            self.data.get("q", "")[:200],
            [str(each) for each in found],
            [KINDS[type(each)] for each in found],
            [each.get_absolute_url() for each in found],
        ]


class ReportForm(PublicForm):
    """A reader's word that something in a story is wrong."""

    text = TextField(
        label=_("What is wrong?"), max_length=LONGEST_REPORT, validators=[printable], widget=forms.Textarea({"rows": 7, "maxlength": LONGEST_REPORT}),
        error_messages={"required": _("Write what is wrong."), "max_length": TOO_LONG},
    )  # fmt: skip
    email = MailField(label=_("Your mail address"), required=False, help_text=_("Only if you would like an answer. We use it for nothing else."))

    def save(self, story: Article) -> None:
        """Put it into the desk's queue, unless a machine has sent it."""
        if not self.is_from_machine:
            ErrorReport.objects.create(article=story, text=self.cleaned_data["text"], email=self.cleaned_data["email"])
