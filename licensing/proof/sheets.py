"""Sheets of paper: the certificate of a licence, and a quote, as PDF/A-2b set by Typst (templates/sheets)."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from itertools import islice

import segno
import typst
from django.conf import settings
from django.utils import timezone
from django_countries import countries

from licensing.facts import LicenceFacts
from licensing.money import in_words
from licensing.package.scope import scope

from . import keys

FONTS = ["fontpkg_noto_sans", "fontpkg_amiri", "fontpkg_noto_sans_devanagari", "fontpkg_noto_sans_thai", "justmytype_intl_cjk"]
ENOUGH = 5  # letters to name in a complaint; they are found by setting halves of the text, and halves of those
EAST_ASIAN = {"JP": "Noto Sans JP", "KR": "Noto Sans KR", "HK": "Noto Sans TC", "MO": "Noto Sans TC", "TW": "Noto Sans TC", "CN": "Noto Sans SC"}
JOINER = "\N{ZERO WIDTH JOINER}"


class CannotPrint(ValueError):
    """A text has letters that no font of the sheets has; the text of the error names them."""


@dataclass(frozen=True)
class QuotedStory:
    """A story on a quote: what it would be licensed for, and what that costs, line by line."""

    headline: str
    scope: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]  # reason, and amount as it is printed
    subtotal: str
    asks: tuple[str, ...] = ()  # why the rights desk has to say yes first


@dataclass(frozen=True)
class QuoteSheet:
    """A quote as it is printed; amounts are text."""

    publication: str
    reference: str
    quoted_on: date
    valid_until: date
    currency: str
    stories: tuple[QuotedStory, ...]
    total: str
    link: str  # where it can be ordered
    rights_email: str
    terms_version: int  # 0 where there are none yet
    card_version: int
    is_open: bool = False  # the rights desk has still to name a part of the price
    cannot_be_ordered: bool = False  # a story of it is not in print any more


def certificate(facts: LicenceFacts, kid: str = "") -> bytes:
    """Return the certificate of a licence; `kid` names the key that signed it, which is the current one unless said.

    Raises CannotPrint where a party's name cannot be printed. Of the story, letters that cannot be are left out, and the sheet says so: a smiley
    in a caption keeps nobody from a licence.
    """
    rows = [[what, answer[:1].upper() + answer[1:]] for what, answer in scope(facts) if what not in {"Licensee", "Pictures"}]
    rows.insert(3, ["Fee", in_words(facts.fee, facts.currency)])
    rows.append(["Pictures", f"{len(facts.pictures)}, with their credits" if facts.pictures else "None: the text alone"])
    data = {
        "publication": facts.licensor,
        "reference": facts.reference,
        "licensee": facts.licensee,
        "country": countries.name(facts.country),
        "story_url": facts.story_url,
        "rows": rows,
        "url": facts.url,
        "issued": _day(timezone.localdate(facts.issued_at)),
        "terms": str(facts.terms_version),
        "terms_url": facts.terms_url,
        "revision": str(facts.revision),
        "fingerprint": facts.revision_sha256,
        "kid": kid or keys.current().kid,
        "keys_url": f"{facts.licensor_url.rstrip('/')}/.well-known/jwks.json",
    }
    return _printed("certificate", data | _story(facts) | _code(facts.url), facts.country, facts.issued_at)


def _story(facts: LicenceFacts) -> dict:
    """Return the story's own words."""
    words = {
        "headline": facts.headline,
        "byline": f"By {facts.byline}. First published on {_day(facts.first_published_on)}",
        "pictures": [[f"{picture.number}", picture.caption, _credit(picture.credit, picture.holder)] for picture in facts.pictures],
        "credit_line": facts.credit_line,
    }
    printed = _each(words, _printable)
    return printed | {"is_short_of_letters": printed != words}


def quote_sheet(quote: QuoteSheet) -> bytes:
    """Return a quote as a sheet, without the letters that cannot be printed."""
    data = asdict(quote) | {"quoted_on": _day(quote.quoted_on), "valid_until": _day(quote.valid_until)} | _code(quote.link)
    at = datetime.combine(quote.quoted_on, time(), UTC)
    try:
        return _printed("quote", data, "", at)
    except CannotPrint:
        return _printed("quote", _each(data, _printable), "", at)


def unprintable(text: str) -> list[str]:
    """Return letters of a text that no font of the sheets has, each once, with the marks on it: the first ENOUGH of them.

    Control characters are left out anyway.
    """
    if _prints(text):
        return []
    letters: list[str] = []
    for character in text:
        if letters and (unicodedata.category(character).startswith("M") or JOINER in {character, letters[-1][-1]}):
            letters[-1] += character
        else:
            letters.append(character)
    return list(islice(_missing(list(dict.fromkeys(letters))), ENOUGH)) or [text]


def _missing(letters: list[str]) -> Iterator[str]:
    """Yield the letters that do not print; whatever prints as a whole is not looked at letter by letter."""
    if _prints("".join(letters)):
        return
    if len(letters) == 1:
        yield letters[0]
        return
    half = len(letters) // 2
    yield from _missing(letters[:half])
    yield from _missing(letters[half:])


@lru_cache(maxsize=5_000)
def _prints(text: str) -> bool:
    try:
        _printed("letters", {"text": text}, "", datetime(2000, 1, 1, tzinfo=UTC))
    except CannotPrint:
        return False
    return True


def _printed(sheet: str, data: dict, country: str, at: datetime) -> bytes:
    """Return a sheet with its data; the same data and moment give the same bytes. Han letters are drawn as in `country`."""
    folder = settings.BASE_DIR / "templates" / "sheets"
    first = EAST_ASIAN.get(country, "Noto Sans SC")
    data = _each(data, _visible) | {"east_asian": [first, *sorted(set(EAST_ASIAN.values()) - {first})]}
    try:
        return typst.compile(
            str(folder / f"{sheet}.typ"), root=str(folder), font_paths=_fonts(), ignore_system_fonts=True, pdf_standards="a-2b",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, timestamp=int(at.timestamp()),
        )  # fmt: skip
    except UnicodeEncodeError:
        raise CannotPrint("The sheet has half a letter, which nothing can print.") from None
    except typst.TypstError as problem:
        if "could not be displayed" not in problem.message:
            raise
        raise CannotPrint(f"The sheet cannot be printed: {problem.message.removeprefix('PDF/A-2b error: ')}.") from None


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(files(package)) for package in FONTS])


def _each(value, change: Callable[[str], str]):
    """Return the same data with every text in it changed."""
    if isinstance(value, dict):
        return {name: _each(part, change) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_each(part, change) for part in value]
    return change(value) if isinstance(value, str) else value


def _visible(text: str) -> str:
    """Return a text without control characters, which nobody sees and no font has; a line break is a space."""
    return "".join(letter for letter in " ".join(text.split()) if unicodedata.category(letter) != "Cc")


def _printable(text: str) -> str:
    """Return a text without the letters that cannot be printed."""
    while missing := unprintable(text):
        for letter in missing:
            text = text.replace(letter, "")
    return text


def _code(url: str) -> dict:
    """Return the QR code that leads to an address, as SVG, and what it is in words."""
    drawing = BytesIO()
    segno.make(url, error="m", micro=False).save(drawing, kind="svg", border=0, dark="#1b1a17")
    return {"qr": drawing.getvalue().decode(), "qr_leads_to": f"A code that leads to {url}"}


def _credit(credit: str, holder: str) -> str:
    return f"{credit} © {holder}" if holder and holder not in credit else credit


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
