"""Rights and prices worked out slowly and without our code: every medium, country and day of a use is looked at by itself."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

FREE, YES, ASK, NO = range(4)  # from the most generous to the strictest
Verdict = tuple[int, str]  # and, where it is ASK, what is asked for
STATED = {"FREE": FREE, "FOR_SALE": YES, "ON_REQUEST": ASK, "NONE": NO}
FOR_EVER, ELSEWHERE = date(3000, 1, 1), "elsewhere"
DAY, CENT = timedelta(days=1), Decimal("0.01")


@dataclass
class Contract:
    """What a holder lets us do with a source, a story or a picture (`what`)."""

    what: object
    holder: str
    may: str
    media: tuple = ()
    countries: tuple = ()
    first: date | None = None
    last: date | None = None

    def reaches(self, medium: str, country: str, day: date) -> bool:
        is_there = (not self.media or medium in self.media) and (not self.countries or country in self.countries)
        return is_there and (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(eq=False)
class Source:
    pk: int
    name: str
    is_ours: bool
    terms: str


@dataclass(eq=False)
class Picture:
    pk: int
    short_id: str
    terms: str
    holder: str = ""


@dataclass(eq=False)
class Story:
    pk: int
    source: Source | None
    pictures: list[Picture] = field(default_factory=list)
    terms: str = ""
    is_in_print: bool = True
    changes: int = 0  # that licensees are told of


@dataclass(frozen=True)
class Use:
    """What a story is wanted for; no countries means the whole world, no months means for ever."""

    medium: str
    countries: tuple
    months: int | None
    territory: str
    term: str
    audience: str
    with_pictures: bool

    def last_day(self, first: date) -> date:
        if self.months is None:
            return FOR_EVER
        year, month = divmod(first.year * 12 + first.month - 1 + self.months, 12)
        for day in range(first.day, 27, -1):  # a month from the last of January ends with February
            try:
                return date(year, month + 1, day) - (DAY if day == first.day else timedelta(0))
            except ValueError:
                continue
        return date(year, month + 1, first.day) - DAY


def text_of(story: Story, use: Use, first: date, contracts: list[Contract]) -> Verdict:
    """Say whether the text of a story may be sold for a use that begins on a day."""
    stated = max(STATED[story.source.terms] if story.source else ASK, STATED.get(story.terms, FREE)), "looks" if story.source else "unknown"
    own = [contract for contract in contracts if contract.what is story]
    inherited = [contract for contract in contracts if story.source and contract.what is story.source]
    if stated[0] == NO or _is_refused(own + inherited, use, first):
        return NO, ""
    given = _given(own) or _given(inherited)
    if stated[0] == FREE or not given and (story.source is None or story.source.is_ours):
        return stated
    return _by_contract(stated, given, use, first, story.source.name if story.source else "")


def picture_of(story: Story, picture: Picture, use: Use, first: date, contracts: list[Contract]) -> Verdict:
    """Say the same for one of its pictures."""
    text, own = text_of(story, use, first, contracts), [contract for contract in contracts if contract.what is picture]
    stated = max(text[0], STATED[picture.terms]), text[1] if text[0] == ASK else "looks"
    if stated[0] == NO or _is_refused(own, use, first):
        return NO, ""
    if stated[0] == FREE or not _given(own) and not picture.holder:
        return stated
    return _by_contract(stated, _given(own), use, first, picture.holder)


def _given(contracts: list[Contract]) -> list[Contract]:
    return [contract for contract in contracts if contract.may != "NO"]


def _by_contract(stated: Verdict, given: list[Contract], use: Use, first: date, holder: str) -> Verdict:
    if not given:
        return ASK, f"no contract with {holder}"
    whole = [contract for contract in given if all(contract.reaches(*atom) for atom in _atoms(use, first, given))]
    if any(contract.may == "YES" for contract in whole):
        return stated
    return (ASK, f"ask {min(contract.holder for contract in whole)}") if whole else (NO, "")


def _is_refused(contracts: list[Contract], use: Use, first: date) -> bool:
    refusals = [contract for contract in contracts if contract.may == "NO"]
    return any(contract.reaches(*atom) for contract in refusals for atom in _atoms(use, first, refusals))


def _atoms(use: Use, first: date, contracts: list[Contract]) -> list[tuple]:
    """Return each (medium, country, day) of a use at which one of the contracts could begin or end to reach it."""
    last = use.last_day(first)
    edges = {edge for contract in contracts for day in (contract.first, contract.last) if day for edge in (day - DAY, day, day + DAY)}
    named = {country for contract in contracts for country in contract.countries}
    countries = use.countries or {*named, ELSEWHERE}
    return [(use.medium, country, day) for country in countries for day in {first, last, *edges} if first <= day <= last]


@dataclass(frozen=True)
class Prices:
    """A rate card as plain numbers."""

    media: dict[str, Decimal]
    percents: dict[str, Decimal]  # by the key of the answer
    picture: Decimal
    least: Decimal

    def of(self, use: Use, pictures: list[int]) -> Decimal:
        """Return what a use costs with pictures of these verdicts."""
        price = self.media[use.medium]
        for answer in (use.territory, use.term, use.audience):
            price += (price * self.percents[answer] / 100).quantize(CENT, ROUND_HALF_UP)
        price += self.picture * sum(verdict in {YES, ASK} for verdict in pictures)
        return max(price, self.least)
