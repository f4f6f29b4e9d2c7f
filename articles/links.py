"""Where the links of a story lead, as far as they stay inside the archive."""

import html
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db.models import Q
from django.urls import Resolver404, resolve

from articles.models import Article, Author, FormerAddress, Section, Source, Topic

MOST = 300  # links that are followed
LINK = re.compile(r'<a href="([^"]*)"')
SUBJECTS = {"section": Section, "topic": Topic, "author": Author, "source": Source}
PAGE = True  # a page of ours that is always there


def count(body: str) -> int:
    return len(LINK.findall(body))


def follow(body: str) -> dict[str, Article | bool]:
    """Return, for each link of a body to an address of ours, the story that it leads to, else whether there is such a page.

    A few queries for each kind of page that is linked to, however many links there are.
    """
    places = {href: place for href in dict.fromkeys(map(html.unescape, LINK.findall(body)[:MOST])) if (place := _place(href)) is not None}
    wanted = {place for place in places.values() if isinstance(place, tuple)}
    found = _stories(wanted) | _subjects(wanted) | _pages(wanted)
    return {href: found.get(place, False) if isinstance(place, tuple) else place for href, place in places.items()}


def _place(href: str) -> tuple | bool | None:
    """Return what an address of ours names: a kind of page and what is told by; False where there is no such page, None for an address elsewhere."""
    try:
        address = urlsplit(href)
    except ValueError:
        return None
    ours = urlsplit(settings.SITE_URL).hostname
    if not address.path or (address.hostname or ours) != ours or address.scheme not in {"", "http", "https"}:
        return None
    for path in (unquote(address.path), f"{unquote(address.path)}/"):
        with suppress(Resolver404):
            view = resolve(path)
            return _named(view.view_name, **view.kwargs)
    return False


def _named(view: str, **parts) -> tuple | bool:
    app, _, name = view.rpartition(":")
    if view == "flatpage":
        return "page", f"/{parts['url'].strip('/')}/"
    if app == "admin" or name.startswith("preview"):
        return False
    if app != "articles" or name not in {"article", "short", *SUBJECTS}:
        return PAGE
    if name != "article":
        return ("story", parts["short_id"]) if name == "short" else (name, parts["slug"])
    try:
        return "story", date(parts["year"], parts["month"], parts["day"]), parts["slug"]
    except ValueError:
        return False


def _stories(wanted: set[tuple]) -> dict[tuple, Article]:
    """Return the stories of these addresses; a second query finds those that have moved."""
    dated = {place for place in wanted if place[0] == "story" and len(place) == 3}
    short_ids = [place[1] for place in wanted - dated if place[0] == "story"]
    if not dated and not short_ids:
        return {}
    found = {}
    for story in Article.objects.filter(_at(dated) | Q(short_id__in=short_ids)).defer("body", "captions"):
        found |= {("story", story.short_id): story, ("story", story.published_on, story.slug): story}
    if moved := dated - found.keys():
        for row in FormerAddress.objects.filter(_at(moved)).select_related("article"):
            found["story", row.published_on, row.slug] = row.article
    return found


def _at(dated: Iterable[tuple]) -> Q:
    wanted = Q(pk__in=[])
    for _, day, slug in dated:
        wanted |= Q(published_on=day, slug=slug)
    return wanted


def _subjects(wanted: set[tuple]) -> dict[tuple, bool]:
    found = {}
    for kind, model in SUBJECTS.items():
        if slugs := [place[1] for place in wanted if place[0] == kind]:
            rows = model.objects.by_slug(slugs)
            open_ones = set(model.objects.with_page().filter(pk__in=[row.pk for row in rows.values()]).values_list("pk", flat=True))
            found |= {(kind, slug): True for slug, row in rows.items() if row.pk in open_ones}
    return found


def _pages(wanted: set[tuple]) -> dict[tuple, bool]:
    urls = [place[1] for place in wanted if place[0] == "page"]
    return {("page", url): True for url in FlatPage.objects.filter(url__in=urls).values_list("url", flat=True)} if urls else {}
