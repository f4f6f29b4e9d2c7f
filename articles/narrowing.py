"""What a search is narrowed to, and what it can be narrowed to: each with the address of the search without it, or with it."""

from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from articles.forms import SearchForm
from articles.search import Tally

KINDS = {
    "section": gettext_lazy("Sections"),
    "topic": gettext_lazy("Topics"),
    "author": gettext_lazy("Authors"),
    "source": gettext_lazy("Sources"),
    "language": gettext_lazy("Languages"),
}
SWITCHES = {"pictures": gettext_lazy("With pictures"), "republish": gettext_lazy("Can be republished")}


class Choice(NamedTuple):
    """One way to narrow a search, and where that leads."""

    name: str
    address: str
    stories: int = 0


class Group(NamedTuple):
    """Choices of one kind."""

    name: str
    rows: list[Choice]


def chosen(form: SearchForm) -> list[Choice]:
    """Return what the search is narrowed to, with the addresses that undo it."""
    data = form.cleaned_data
    choices = [Choice(subject.name, _address(form, **{kind: None})) for kind, subject in form.subjects.items()]
    if data["language"]:
        choices.append(Choice(language_name(data["language"]), _address(form, language=None)))
    choices += [Choice(name, _address(form, **{switch: None})) for switch, name in SWITCHES.items() if data[switch]]
    if form.period:
        choices.append(Choice(form.period, _address(form, since=None, until=None)))
    return choices


def offered(form: SearchForm, tally: Tally) -> list[Group]:
    """Return what the search can be narrowed to: of every kind that it is not, where there is more than one to choose from."""
    groups = []
    for kind, name in KINDS.items():
        rows = tally.facets.get(kind, [])
        if not form.cleaned_data[kind] and len(rows) > 1:
            groups.append(Group(name, [_choice(form, kind, row) for row in rows]))
    switches = [Choice(name, _address(form, **{switch: "1"})) for switch, name in SWITCHES.items() if not form.cleaned_data[switch]]
    return groups + [Group(_("Only"), switches)] * bool(switches and tally.total)


def _choice(form: SearchForm, kind: str, row) -> Choice:
    if kind != "language":
        return Choice(row.name, _address(form, **{kind: row.slug}), row.stories)
    tag = row.key or settings.LANGUAGE_CODE
    return Choice(language_name(tag), _address(form, language=tag), row.stories)


def _address(form: SearchForm, **changes: str | None) -> str:
    asked = form.known
    for name, value in (changes | {"before": None, "after": None}).items():
        asked.pop(name, None)
        if value:
            asked[name] = value
    return f"?{asked.urlencode()}"


def language_name(tag: str) -> str:
    """Return the name of a language in the paper's own."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(to_locale(get_language() or settings.LANGUAGE_CODE)) or tag
    except (UnknownLocaleError, ValueError):
        return tag
