"""Sitemaps (sitemaps.org 0.9, Google's image 1.1 and news 0.9): an index, files by month, so that old ones never change, the news, and all else."""

import re
from datetime import date, timedelta
from math import ceil

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef
from django.db.models.functions import Greatest, JSONObject, TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import renditions
from articles.models import Article, Author, Figure, Section, Source, Topic
from newsroom.caching import kept

MOST_URLS = 50_000  # of one file, by the standard
PART, MOST_PARTS = 5_000, 1_000  # stories of one file, files of a month
MOST_PICTURES = 50  # of a story: the largest file stays under the standard's 50 MB
NEWS, MOST_NEWS = timedelta(days=2), 1_000  # by Google's document
LAST_CHANGE = Greatest("published_at", "updated_at", "embargoed_until")  # PostgreSQL leaves out what is null
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no text of XML 1.0 may hold these


@kept()
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    months = (
        Article.objects.public().found_here().order_by().annotate(month=TruncMonth("published_on")).values("month")
        .annotate(changed_at=Max(LAST_CHANGE), count=Count("pk")).order_by("month")
    )  # fmt: skip
    files = [{"address": reverse(name), "changed_at": None} for name in ("sitemap_pages", "sitemap_news")]
    files += [{"address": address, "changed_at": row["changed_at"]} for row in months for address in _parts(row["month"], row["count"])]
    return _xml(request, "sitemap_index.xml", {"files": files})


@kept()
@require_safe
def month(request: HttpRequest, year: int, month: int, part: int = 1) -> HttpResponse:
    """The stories of a month with their pictures: its first five thousand, or those of a later part."""
    if not 1 <= month <= 12 or not 1 <= part <= MOST_PARTS:
        raise Http404
    stories = Article.objects.public().found_here().published_in(year, month).order_by("published_on", "pk")
    stories = stories.annotate(changed_at=LAST_CHANGE, shown=_shown()).only("published_on", "slug")[(part - 1) * PART : part * PART]
    pages = [{"address": story.get_absolute_url(), "changed_at": story.changed_at, "pictures": _addresses(story.shown)} for story in stories]
    if not pages:
        raise Http404
    return _xml(request, "sitemap.xml", {"pages": pages})


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Our own stories of the last two days, for news search."""
    stories = Article.objects.public().ours().published_since(timezone.now() - NEWS).newest_first()
    stories = list(stories.only("published_on", "published_at", "slug", "headline", "language")[:MOST_NEWS])
    for story in stories:
        story.headline = NO_XML.sub(" ", story.headline)
        story.language = news_language(story.language or settings.LANGUAGE_CODE)
    return _xml(request, "sitemap_news.xml", {"stories": stories, "name": settings.PUBLICATION_NAME})


@kept()
@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    subjects = [subject for model in (Topic, Author, Source) for subject in model.objects.in_print()[: MOST_URLS // 4]]
    found = [*Section.objects.all(), *subjects, *FlatPage.objects.filter(registration_required=False)]
    addresses = [reverse("articles:front"), *(page.get_absolute_url() for page in found)]
    return _xml(request, "sitemap.xml", {"pages": [{"address": address} for address in addresses]})


def news_language(tag: str) -> str:
    """Return a language as news sitemaps name it: ISO 639 alone, but zh-cn and zh-tw."""
    language = tag.lower().partition("-")[0]
    if language != "zh":
        return language
    return "zh-tw" if {"hant", "tw", "hk", "mo"} & set(tag.lower().split("-")) else "zh-cn"


def _parts(first: date, count: int) -> list[str]:
    """Return the addresses of the files of a month with so many stories."""
    numbers = [[], *([part] for part in range(2, ceil(count / PART) + 1))]
    return [reverse("sitemap_month", args=[first.year, first.month, *number]) for number in numbers]


def _shown() -> ArraySubquery:
    """Return the pictures that a story shows, in its order, as far as there are copies of them."""
    figures = Figure.objects.filter(article=OuterRef("pk"), image__recipe__gt=0).order_by("position")
    picture = JSONObject(short_id="image__short_id", width="image__width", height="image__height")
    return ArraySubquery(figures.values(picture=picture)[:MOST_PICTURES])


def _addresses(pictures: list[dict]) -> list[str]:
    """Return the address of the largest copy of each picture, which its page shows, once."""
    copies = [renditions.offered(picture["short_id"], (picture["width"], picture["height"]))[-1] for picture in pictures]
    return list(dict.fromkeys(copy.url for copy in copies))


def _xml(request: HttpRequest, template: str, context: dict) -> HttpResponse:
    return render(request, template, context | {"site_url": settings.SITE_URL}, content_type="application/xml")
