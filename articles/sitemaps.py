"""Sitemaps (sitemaps.org 0.9): an index with one file a month, so that old files never change, and one of the other pages."""

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db.models import Max
from django.db.models.functions import Coalesce, TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, Author, Section, Source, Topic

MOST_URLS = 50_000  # of one file, by the standard
LAST_CHANGE = Coalesce("updated_at", "published_at")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    months = (
        Article.objects.public().order_by().annotate(month=TruncMonth("published_on")).values("month")
        .annotate(changed_at=Max(LAST_CHANGE)).order_by("month")
    )  # fmt: skip
    files = [{"address": reverse("sitemap_pages"), "changed_at": None}]
    files += [{"address": reverse("sitemap_month", args=[row["month"].year, row["month"].month]), **row} for row in months]
    return _xml(request, "sitemap_index.xml", {"files": files})


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    if not 1 <= month <= 12:
        raise Http404
    stories = Article.objects.public().published_in(year, month).annotate(changed_at=LAST_CHANGE).order_by("published_on", "pk")
    pages = [{"address": story.get_absolute_url(), "changed_at": story.changed_at} for story in stories.only("published_on", "slug")[:MOST_URLS]]
    if not pages:
        raise Http404
    return _xml(request, "sitemap.xml", {"pages": pages})


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    subjects = [subject for model in (Topic, Author, Source) for subject in model.objects.in_print()[: MOST_URLS // 4]]
    found = [*Section.objects.all(), *subjects, *FlatPage.objects.filter(registration_required=False)]
    addresses = [reverse("articles:front"), *(page.get_absolute_url() for page in found)]
    return _xml(request, "sitemap.xml", {"pages": [{"address": address} for address in addresses]})


def _xml(request: HttpRequest, template: str, context: dict) -> HttpResponse:
    return render(request, template, context | {"site_url": settings.SITE_URL}, content_type="application/xml")
