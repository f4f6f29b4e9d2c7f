"""Builders of a licence's facts and of the story they are about, as plain values: no database."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape
from io import BytesIO

from PIL import Image as Pillow

from licensing.facts import LicenceFacts, LicensedPicture

FIGURES = {  # by position: caption, alternative text, credit, copyright holder
    1: (
        "The Margaret Lyle leaves Brackwater for the last time, eleven minutes late.",
        "A white ferry with a red funnel turning in a narrow harbour",
        "Photo: Owen Strand / The Halyard",
        "",
    ),
    2: (
        "Seo-yeon Kang (강서연) with the log that her father kept: “every crossing, every fog”",
        "A woman holding a thick ledger open on a ship’s bridge",
        "Photo: Layla Haddad (ليلى حداد)",
        "Layla Haddad",
    ),
    3: (
        "Shareholders of Merrow Steam Packet at their only summer outing, 1961",
        "Men in hats on a ship’s afterdeck",
        "Photo: Port Merrow Museum",
        "Port Merrow Museum",
    ),
    4: (
        "The timetable that hung at the quay & was never once right",
        "A painted wooden board with seven times of departure",
        "Photo: Ines Calloway",
        "",
    ),
}
BODY = """
<p>At 17.41 on Sunday the <em>Margaret Lyle</em> did what she had done 62,000 times, and left Brackwater late. “Eleven minutes,” said the mate,
Seo-yeon Kang (강서연), who had put money on twelve. Her father, 강민호, kept the log before her.</p>
<h2>Every crossing, every fog</h2>
<p>The log, 41 volumes of it, goes to the <a href="https://museum.port-merrow.example/ferries?room=2&amp;floor=1">museum in Port Merrow</a>. A line of
18 March 1974 reads “مرحبا بالعالم”: Yusuf Haddad, a cook, was teaching the crew to write.</p>
<figure data-figure="2"></figure>
<blockquote><p>“I never learned to swim. I thought it would look like doubt.”</p></blockquote>
<p>What she burned has been reckoned for the first time:</p>
<table><thead><tr><th>Decade</th><th>Tonnes of oil</th><th>CO<sub>2</sub>, kg</th></tr></thead>
<tbody><tr><td>1970s</td><td>19,400</td><td>6.1 × 10<sup>7</sup></td></tr><tr><td>1980s</td><td colspan="2">not kept</td></tr></tbody></table>
<figure data-figure="3"></figure>
<p>Three things stay on board:</p>
<ul><li>the bell, which is cracked;</li><li>a brass plate with the words <strong>Mind your head</strong>;
<ul><li>and its twin, for the tall</li></ul></li></ul>
<p>The council sold her on Friday for 1 crown. &lt;b&gt; was chalked on the hull, for “broken up” &amp; nobody had washed it off.</p>
""".strip()

HOSTILE = (
    "<script>alert('x')</script> &amp; & *stars* _lines_ [a](javascript:b) ![c](d) `code` 1. # {b} | \\ ]]> --> + - ~~s~~ =\x01\x1b\ufffe 강 مرحبا"
)
PRINTABLE = HOSTILE.replace("\x01\x1b\ufffe", "")


def make_picture(number=1, **changes) -> LicensedPicture:
    """Return the licensed picture at this position of the story that make_snapshot() tells."""
    caption, alt_text, credit, holder = FIGURES[number]
    fields = {"caption": caption, "alt_text": alt_text, "credit": credit, "holder": holder}
    sha256 = hashlib.sha256(f"picture {number}".encode()).hexdigest()
    return LicensedPicture(**({"number": number, "short_id": f"pict0r{number}", "sha256": sha256} | fields | changes))


def make_facts(**changes) -> LicenceFacts:
    """Return a licence of the whole story and three of its four pictures, for a year on a website in Korea."""
    fields = {
        "reference": "K7M4-2QX3",
        "url": "https://halyard.example/licences/K7M4-2QX3/",
        "issued_at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "licensor": "The Halyard",
        "licensor_url": "https://halyard.example/",
        "licensee": "Busan Maritime Review (부산해양평론)",
        "country": "KR",
        "short_id": "k3x9f2b",
        "headline": "Eleven minutes late, and for ever: the “Margaret Lyle” makes her last crossing",
        "byline": "Ines Calloway; Tobias Renn; Owen Strand (photographer)",
        "story_url": "https://halyard.example/2019/09/29/margaret-lyle-last-crossing/",
        "first_published_on": date(2019, 9, 29),
        "source": "The Halyard",
        "revision": 2,
        "revision_sha256": hashlib.sha256(BODY.encode()).hexdigest(),
        "medium": "web",
        "medium_words": "A website or app",
        "territory_words": "South Korea",
        "countries": ("KR",),
        "term_words": "One year",
        "starts_on": date(2026, 3, 2),
        "ends_on": date(2027, 3, 1),
        "audience_words": "Up to 50,000 readers a month",
        "most_readers": 50_000,
        "portion_words": "The whole text",
        "most_words": None,
        "may_translate": True,
        "pictures": (make_picture(1), make_picture(2), make_picture(4)),
        "fee": Decimal("213.75"),
        "currency": "GBP",
        "terms_url": "https://halyard.example/republish/terms/3/",
        "terms_version": 3,
        "terms_sha256": hashlib.sha256(b"terms").hexdigest(),
    }
    return LicenceFacts(**(fields | changes))


def make_snapshot(**changes) -> dict:
    """Return a story as a revision keeps it: a lead, two pictures placed in the body, one placed nowhere, and a correction."""
    story = {
        "short_id": "k3x9f2b",
        "headline": "Eleven minutes late, and for ever: the “Margaret Lyle” makes her last crossing",
        "kicker": "Ferries",
        "standfirst": "For 58 years she was the reason people in Brackwater gave for missing things. On Sunday it was her turn.",
        "dateline": "BRACKWATER",
        "body": BODY,
        "slug": "margaret-lyle-last-crossing",
        "published_at": "2019-09-29T18:05:00Z",
        "status": "PUBLISHED",
        "withdrawal_reason": "",
        "section": "harbour",
        "source": "halyard",
        "topics": ["ferries", "local-history"],
        "syndication": "FOR_SALE",
        "byline": [
            {"author": "ines-calloway", "name": "Ines Calloway", "role": "WRITER"},
            {"author": "tobias-renn", "name": "Tobias Renn", "role": "WRITER"},
            {"author": "owen-strand", "name": "Owen Strand", "role": "PHOTOGRAPHER"},
        ],
        "figures": [make_figure(number, is_lead=number == 1) for number in FIGURES],
        "corrections": [
            {
                "kind": "CORRECTION",
                "text": "The ferry was sold for 1 crown. An earlier version of this story said that she was given away.",
                "made_at": "2019-10-02T08:15:00Z",
            }
        ],
    }
    return story | changes


def make_figure(position=1, is_lead=False, **changes) -> dict:
    """Return a figure of a snapshot; picture=None is one whose file is lost."""
    caption, alt_text, credit, holder = FIGURES[position]
    picture = {"short_id": f"pict0r{position}", "alt_text": alt_text, "credit": credit, "copyright_holder": holder, "syndication": "FOR_SALE"}
    return {"position": position, "is_lead": is_lead, "caption": caption, "picture": picture} | changes


def picture_of(kind="JPEG", mode="RGB", size=(240, 160), **options) -> bytes:
    """Return a picture's file with something to see in it: noise, in which a lost pixel shows."""
    bands = [Pillow.effect_noise(size, 40 + 20 * band) for band in range(len(Pillow.new(mode, (1, 1)).getbands()))]
    file = BytesIO()
    Pillow.merge(mode, bands).save(file, kind, **options)
    return file.getvalue()


def make_originals(**changes) -> dict[str, bytes]:
    """Return the original files of the pictures of make_facts(), by short_id."""
    return {f"pict0r{number}": picture_of() for number in FIGURES} | changes


def make_hostile(text=HOSTILE) -> tuple[LicenceFacts, dict]:
    """Return a licence and a story that have this text wherever somebody can write one."""
    words = (
        "headline",
        "byline",
        "licensee",
        "licensor",
        "source",
        "medium_words",
        "territory_words",
        "term_words",
        "audience_words",
        "portion_words",
    )
    picture = make_picture(1, caption=text, alt_text=text, credit=text, holder=text)
    story = make_snapshot(
        headline=text,
        kicker=text,
        standfirst=text,
        dateline=text,
        body=f"<p>{escape(text, quote=False)}</p>",
        byline=[{"author": "ines-calloway", "name": text, "role": "WRITER"}],
        figures=[make_figure(1, is_lead=True, caption=text)],
        corrections=[{"kind": "UPDATE", "text": text, "made_at": "2019-10-02T08:15:00Z"}],
    )
    return make_facts(pictures=(picture,), **dict.fromkeys(words, text)), story
