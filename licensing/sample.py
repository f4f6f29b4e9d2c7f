"""A sample of what a licensee gets: the form of the package, made of a text that says nothing, and worth nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow

from licensing import package
from licensing.facts import LicenceFacts, LicensedPicture
from licensing.proof import sheets

NAME = "SAMPLE"
SAYS_NOTHING = "This paragraph stands where a paragraph of the story would stand. "
BODY = (
    f'<p>{SAYS_NOTHING * 3}</p><p>{SAYS_NOTHING * 2}</p><figure data-figure="2"></figure>'
    f"<h2>A heading inside the story</h2><p>{SAYS_NOTHING * 3}</p><blockquote><p>{SAYS_NOTHING}</p></blockquote>"
)
FILES = {
    "READ-ME-FIRST.txt": _("How to publish the story: what has to stand with it, and until when."),
    "story.html": _("The story as clean HTML, with its pictures, the canonical link and the line for search engines."),
    "story.docx": _("The story for Word, LibreOffice and Google Docs, its pictures in place."),
    "story.md": _("The story in Markdown."),
    "story.txt": _("The story as plain text."),
    "story.ninjs.json": _("The story for newsroom systems: ninjs 3.1 of the IPTC."),
    "pictures/": _("The pictures that you licensed, in full size, with credit and licence written into the files."),
    "licence.pdf": _("The certificate, with a code that leads to the page where anybody can check it."),
    "licence.jws": _("The licence, signed: proof that needs neither us nor this site."),
    "manifest.json, manifest.jws": _("The fingerprint of every file, signed."),
}


@cache
def sample() -> bytes:
    """Return the sample as a ZIP; nothing in it is signed."""
    facts = _facts()
    files = package.files(facts, _story(), {"sample2": _picture()}, language=settings.LANGUAGE_CODE) | {"licence.pdf": sheets.certificate(facts)}
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{NAME}/{name}", data)
    return content.getvalue()


def _picture() -> bytes:
    file = BytesIO()
    Pillow.new("RGB", (1200, 800), "#c9c2b4").save(file, "JPEG")
    return file.getvalue()


def _facts() -> LicenceFacts:
    check = settings.SITE_URL + reverse("licensing:check")
    picture = LicensedPicture(2, "sample2", "What the caption says would stand here.", "A grey rectangle", "Picture: its maker", "", "0" * 64)
    return LicenceFacts(
        reference=NAME, url=check, issued_at=datetime(2026, 1, 1, tzinfo=UTC), licensor=settings.PUBLICATION_NAME,
        licensor_url=f"{settings.SITE_URL}/", licensee="Your organisation (this is a sample, and no licence)", country="GB",
        short_id=NAME, headline="The headline of the story", byline="Its author", story_url=f"{settings.SITE_URL}/",
        first_published_on=date(2026, 1, 1), source=settings.PUBLICATION_NAME, revision=1, revision_sha256="0" * 64,
        medium="web", medium_words="Where you publish it", territory_words="Where it may be read", countries=(), term_words="As long as you chose",
        starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), audience_words="As many as you chose", most_readers=None,
        portion_words="The whole text, or an excerpt", most_words=None, may_translate=False, pictures=(picture,),
        fee=Decimal(0), currency=settings.PUBLICATION_CURRENCY,
        terms_url=settings.SITE_URL + reverse("licensing:terms"), terms_version=1, terms_sha256="0" * 64,
    )  # fmt: skip


def _story() -> dict:
    picture = {
        "short_id": "sample2",
        "alt_text": "A grey rectangle",
        "credit": "Picture: its maker",
        "copyright_holder": "",
        "syndication": "FOR_SALE",
    }
    return {
        "short_id": NAME, "headline": "The headline of the story", "kicker": "Its kicker", "slug": "sample", "dateline": "",
        "standfirst": "The standfirst of the story, in a sentence or two.", "body": BODY, "published_at": "2026-01-01T08:00:00Z",
        "status": "PUBLISHED", "withdrawal_reason": "", "section": "news", "source": None, "topics": [], "syndication": "",
        "byline": [{"author": "author", "name": "Its author", "role": "WRITER"}], "corrections": [],
        "figures": [{"position": 2, "is_lead": False, "caption": "What the caption says would stand here.", "picture": picture}],
    }  # fmt: skip
