"""What a feed says of its stories, as plain values that each format writes in its own words: no more than the pages say."""

import html
import re
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from articles import citations, structured
from articles.models import Article, Contribution
from articles.sitemaps import NO_XML
from articles.terms import Syndication

FULL, SUMMARY = "full", "summary"  # what FEED_TEXT may be
MOST_TEXT = 1_000_000  # bytes of full text in one feed; the stories that follow have their summaries
LINK = re.compile(r'(?<=<a href=")[^"]*')


def entries(articles: list[Article]) -> list[dict]:
    """Return what is said of each story, from what for_reading() has loaded, fit for XML."""
    found, room = [], MOST_TEXT
    for article in articles:
        text = full_text(article) if _is_full(article) and room > 0 else ""
        room -= len(text.encode())
        found.append(without_controls(_entry(article) | {"html": text if room >= 0 else ""}))
    return found


def changed_at(article: Article) -> datetime:
    """Return the last moment at which readers saw something new of a story."""
    return max(filter(None, (article.published_at, article.embargoed_until, article.updated_at)))


def without_controls(said):
    """Return a value, and all that it holds, without the letters that XML has no room for."""
    if isinstance(said, str):
        return NO_XML.sub(" ", said)
    if isinstance(said, dict):
        return {name: without_controls(value) for name, value in said.items()}
    return [without_controls(each) for each in said] if isinstance(said, list) else said


def full_text(article: Article) -> str:
    """Return a story as it is read, with its pictures and corrections, every address in it whole."""
    context = {"article": article, "site_url": settings.SITE_URL}
    page = citations.address(article)
    return LINK.sub(lambda link: _joined(page, link[0]), render_to_string("articles/_feed_text.html", context).strip())


def _joined(page: str, link: str) -> str:
    try:
        return html.escape(urljoin(page, html.unescape(link)))
    except ValueError:  # such as //[bad
        return link


def _is_full(article: Article) -> bool:
    """Say whether the text may leave the site: not that of others, and none that is not to be republished."""
    return settings.FEED_TEXT == FULL and article.is_ours and article.terms != Syndication.NONE


def _entry(article: Article) -> dict:
    """Return the arguments of add_item() of Django's feeds, and more of our own."""
    summary, licence = article.summary or article.headline, structured.licence(article, article.terms)
    return {
        "title": article.headline,
        "link": citations.address(article),
        "description": html.escape(summary),  # RSS and Atom take it for HTML
        "summary": summary,
        "unique_id": structured.absolute(reverse("articles:short", args=[article.short_id])),
        "unique_id_is_permalink": True,
        "pubdate": article.published_at,
        "updateddate": changed_at(article),
        "categories": [article.section.name, *(topic.name for topic in article.topics.all())],
        "item_copyright": structured.copyright_notice(article) or None,
        "language": article.language or settings.LANGUAGE_CODE,
        "licence": licence.get("license", ""),
        "acquire": licence.get("acquireLicensePage", ""),
        "credit": citations.publication(article),
        "original": "" if article.is_ours else iri_to_uri(article.source_url),
        "source": None if article.is_ours else _named(structured.source_of(article)),
        "picture": _picture(article),
        **_makers(article),
    }


def _makers(article: Article) -> dict:
    """Return who wrote a story, its publication where nobody signed it, and who else had a part in it."""
    rows = article.contributions.all()
    writers = [_named(structured.person(row.author)) for row in rows if row.role == Contribution.Role.WRITER]
    others = [_named(structured.person(row.author) | {"name": str(row)}) for row in rows if row.role != Contribution.Role.WRITER]
    return {"authors": writers or [_named(structured.source_of(article))], "contributors": others}


def _named(maker: dict) -> dict:
    return {"name": maker["name"], "url": iri_to_uri(maker["url"])}


def _picture(article: Article) -> dict | None:
    """Return the picture that stands for a story: the lead, else the first that has copies."""
    figures = sorted(article.figures.all(), key=lambda figure: not figure.is_lead)
    figure = next((figure for figure in figures if figure.image and figure.image.largest), None)
    if not figure:
        return None
    image, copy = figure.image, figure.image.largest
    return {
        "url": structured.absolute(copy.url), "type": copy.content_type, "width": copy.width, "height": copy.height,
        "caption": figure.caption, "alt": image.alt_text, "credit": image.credit or image.creator,
        "copyright": f"© {image.copyright_holder}" if image.copyright_holder else "",
        "licence": structured.licence(article, article.terms_of(image)).get("license", ""),
    }  # fmt: skip
