"""Sheets of paper, read by other programs than the one that sets them."""

import re
import subprocess
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typst

from licensing.proof import keys, sheets
from licensing.proof.sheets import CannotPrint, QuotedStory, QuoteSheet, certificate, quote_sheet, unprintable
from licensing.tests.facts import make_facts, make_picture
from licensing.tests.programs import needed

A4 = (595.276, 841.89)
STORY = QuotedStory(
    headline="The shepherd’s rain gauge",
    scope=("A newspaper, in print", "The whole text", "France", "One year"),
    lines=(("A newspaper, in print", "€120.00"), ("2 pictures, €35.00 each", "€70.00"), ("A school, 20 % less", "−€38.00")),
    subtotal="€152.00",
)
QUOTE = QuoteSheet(
    publication="The Halyard",
    reference="H4XK-92QP",
    quoted_on=date(2026, 11, 24),
    valid_until=date(2026, 12, 24),
    currency="EUR",
    stories=(STORY, replace(STORY, headline="마지막 항해", subtotal="€171.00")),
    total="€323.00",
    link="https://halyard.example/orders/abcdef0123456789abcdef0123456789/",
    rights_email="rights@halyard.example",
    terms_version=3,
    card_version=7,
)


CERTIFICATE = """The Halyard / Licence to republish / K7M4-2QX3 / Busan Maritime Review (부산해양평론) / South Korea / A website or app /
2 March 2026 / 1 March 2027, that day included / £213.75 / Up to 50,000 readers a month / Allowed / 3, with their credits / ليلى حداد /
The timetable that hung at the quay & was never once right Photo: Ines Calloway / Issued on 2 March 2026 under licence terms 3 /
Text licensed: revision 2"""
QUOTE_SHEET = """The Halyard / Quote to republish / H4XK-92QP / 24 November 2026 / 24 December 2026 / The shepherd’s rain gauge / 마지막 항해 /
A newspaper, in print · The whole text · France · One year / 2 pictures, €35.00 each / €70.00 / −€38.00 / €152.00 / €171.00 /
Total, in EUR / €323.00 / rights@halyard.example / By rate card 7, for a licence under licence terms 3. /
This is a quote and no licence."""


@pytest.fixture(autouse=True)
def secrets(settings, tmp_path):
    settings.SECRETS_DIR = tmp_path / "secrets"


@pytest.fixture
def read(tmp_path):
    """Return what pdftotext reads on a sheet, in one line and in the letters that were meant."""

    def _read(pdf: bytes) -> str:
        done = subprocess.run([needed("pdftotext"), "-", "-"], input=pdf, capture_output=True, check=True)
        text = unicodedata.normalize("NFKC", done.stdout.decode()).replace("\u200b", "")
        return " ".join(re.sub("[\u202a-\u202e\u2066-\u2069]", "", text).split())

    return _read


def one_by_one(said: str) -> list[str]:
    return [words.strip() for words in said.split(" /")]


def words_outside_the_margins(pdf: bytes) -> list[str]:
    done = subprocess.run([needed("pdftotext"), "-bbox", "-", "-"], input=pdf, capture_output=True, check=True, encoding=None)
    words = re.findall(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', done.stdout.decode())
    return [
        word
        for left, top, right, bottom, word in words
        if float(left) < 70 or float(top) < 40 or float(right) > A4[0] - 70 or float(bottom) > A4[1] - 40
    ]


def pages(pdf: bytes, folder: Path) -> list[Path]:
    subprocess.run([needed("pdftoppm"), "-r", "150", "-png", "-", str(folder / "page")], input=pdf, check=True)
    return sorted(folder.glob("page*.png"))


def code_on(picture: Path) -> str:
    return subprocess.run([needed("zbarimg"), "--raw", "--quiet", str(picture)], capture_output=True, check=True, encoding="utf-8").stdout.strip()


def test_certificate_says_who_may_republish_what_and_how_far(read):
    facts = make_facts()
    said = [
        *one_by_one(CERTIFICATE),
        facts.headline,
        facts.byline,
        facts.credit_line,
        facts.url,
        facts.terms_url,
        facts.revision_sha256,
        keys.current().kid,
    ]

    text = read(certificate(facts))

    assert [words for words in said if words not in text] == []


def test_certificate_without_pictures_or_end_says_so(read):
    text = read(certificate(make_facts(pictures=(), ends_on=None), kid="the-key-of-that-day"))

    assert "None: the text alone" in text
    assert "Without end" in text
    assert "the-key-of-that-day" in text


def test_certificate_of_today_fits_one_page_and_its_code_leads_to_the_page_that_knows(tmp_path):
    facts = make_facts()

    printed = pages(certificate(facts), tmp_path)

    assert [code_on(page) for page in printed] == [facts.url]


def test_credit_names_the_holder_once(read):
    text = read(certificate(make_facts(pictures=(make_picture(3), make_picture(4, holder="Estate of I. Calloway")))))

    assert "Photo: Port Merrow Museum" in text
    assert "© Port Merrow" not in text
    assert "Photo: Ines Calloway © Estate of I. Calloway" in text


def test_same_licence_is_the_same_sheet():
    assert certificate(make_facts()) == certificate(make_facts())
    assert certificate(make_facts()) != certificate(make_facts(issued_at=datetime(2026, 3, 2, 9, 31, tzinfo=UTC)))


def test_sheets_are_pdf_a():
    for pdf in (certificate(make_facts()), quote_sheet(QUOTE)):
        assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in re.sub(rb">\s+<", b"><", pdf)


@pytest.mark.parametrize(
    "name",
    [
        ("부산해양평론사주식회사" * 28)[:300],
        ("صحيفة الميناء " * 22)[:300],
        "م" * 300,
        "W" * 300,
        "新聞" * 150,
        ("समाचार पत्र " * 25)[:300],
        ("หนังสือพิมพ์" * 25)[:300],
        ("Donaudampfschifffahrtsgesellschaftskapitän" * 8)[:300],
    ],
    ids=["hangul", "arabic", "one arabic word", "latin", "han", "devanagari", "thai", "german"],
)
def test_long_name_is_printed_whole_and_stays_within_the_page(name, read):
    facts = make_facts(licensee=name, headline=name, byline=name, licensor=name[:100], pictures=(make_picture(1, caption=name, credit=name),))
    long = replace(STORY, headline=name, scope=(name, name), lines=((name, "€1.00"),))

    for pdf in (certificate(facts), quote_sheet(replace(QUOTE, publication=name[:100], stories=(long,)))):
        assert words_outside_the_margins(pdf) == []
    printed = re.sub(r"\s", "", read(certificate(facts)))
    assert {letter for letter in unicodedata.normalize("NFKC", name) if letter.isalpha()} - set(printed) == set()
    assert "\N{REPLACEMENT CHARACTER}" not in printed


def test_long_hangul_arabic_and_latin_names_are_printed_letter_for_letter(read):
    for name in (("부산해양평론사주식회사" * 28)[:300], ("صحيفة الميناء " * 22)[:300], ("Merrow Steam Packet " * 15).strip()):
        assert re.sub(r"\s", "", name) in re.sub(r"\s", "", read(certificate(make_facts(licensee=name))))


def test_many_pictures_take_a_second_page_and_each_page_is_numbered(read):
    text = read(certificate(make_facts(pictures=(make_picture(1),) * 40)))

    assert text.count("The Margaret Lyle leaves Brackwater for the last time") == 40
    assert [f"Licence K7M4-2QX3 Page {number} of 3" in text for number in (1, 2, 3)] == [True] * 3


def test_names_are_text_and_never_markup(read):
    sly = '#panic("x") *bold* $1+1$ @ref <label> \\ // `raw` "quoted" [x] #{1}'

    assert sly in read(certificate(make_facts(licensee=sly)))


# --- Letters


def test_letters_that_no_font_has_are_named():
    assert unprintable("Boat 😀 and 👨‍👩‍👧, 😀") == ["😀", "👨‍👩‍👧"]
    assert unprintable("Half a \ud83d letter") == ["\ud83d"]


def test_one_letter_among_three_hundred_is_found_in_few_settings_and_five_are_enough():
    sheets._prints.cache_clear()

    found = unprintable("".join(map(chr, range(0x4E00, 0x4E00 + 299))) + "😀")
    settings_for_one = sheets._prints.cache_info().misses

    assert (found, settings_for_one < 25) == (["😀"], True)
    assert unprintable("".join(map(chr, range(0x1F600, 0x1F600 + 60)))) == ["😀", "😁", "😂", "😃", "😄"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Æsir & Søn A/S — “Ελλάδα”, Москва, Việt Nam, Łódź, ẞ",
        "부산해양평론",
        "日本海新聞 / 臺灣日報 / 人民日报",
        "اَلْعَرَبِيَّةُ پارسی اردو",
        "हिन्दी क्षत्रिय",
        "ไทยที่สุด",
        "e\u0331 q\u0308 a\u0323\u0302 \u1112\u1161\u11ab",
        "a\u200db\u200cc\u00add\u200be\ufeff\u2066f\u2069\u3000",
        "one\ttwo\nthree\x00\x1b\x9f",
        "£ € ₩ ₹ ฿ ₫ ₺ ₴ © ® ™ § ½ → ★ ①",
    ],
)
def test_ordinary_letters_of_many_scripts_can_be_printed(text):
    assert unprintable(text) == []
    assert certificate(make_facts(licensee=text))


def test_letter_that_takes_no_such_mark_is_named_with_it():
    assert unprintable("1\u0592 and 2") == ["1\u0592"]


def test_text_that_cannot_be_printed_is_never_said_to_be_printable():
    """Where each letter could be, but not one after the other: a mark of the Samaritans on what their font lacks."""
    assert unprintable("ộⓑ\u0829") == ["ộⓑ\u0829"]


def test_licensee_that_cannot_be_printed_is_refused():
    with pytest.raises(CannotPrint, match="😀"):
        certificate(make_facts(licensee="Boat 😀"))


def test_letters_of_the_story_that_cannot_be_printed_keep_nobody_from_the_licence(read):
    facts = make_facts(
        headline="Ship 🚢 ahoy", byline="Ines 😀 Calloway", pictures=(make_picture(1, caption="A \ud83d boat ⛵🚤", credit="Photo: 👻"),)
    )

    text = read(certificate(facts))

    assert "Ship ahoy" in text
    assert "By Ines Calloway." in text
    assert "without some letters of the story that it has no type for" in text
    assert "without some letters" not in read(certificate(make_facts()))
    assert "Ship ahoy" in read(quote_sheet(replace(QUOTE, stories=(replace(STORY, headline="Ship 🚢 ahoy"),))))


def test_mistake_in_a_sheet_is_no_matter_of_letters(monkeypatch):
    monkeypatch.setattr(sheets, "_code", lambda url: {"qr": "no drawing", "qr_leads_to": url})

    with pytest.raises(typst.TypstError):
        certificate(make_facts())


# --- Quotes


def test_quote_says_every_line_and_until_when_it_holds(read):
    text = read(quote_sheet(QUOTE))

    assert [words for words in one_by_one(QUOTE_SHEET) if words not in text] == []
    assert QUOTE.link in text.replace(" ", "")
    assert quote_sheet(QUOTE) == quote_sheet(QUOTE)


def test_quote_without_terms_names_none(read):
    assert "By rate card 7. Questions" in read(quote_sheet(replace(QUOTE, terms_version=0)))


def test_code_of_a_quote_leads_to_the_order(tmp_path):
    assert [code_on(page) for page in pages(quote_sheet(QUOTE), tmp_path)] == [QUOTE.link]
