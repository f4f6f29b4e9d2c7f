"""What is looked over before a story is printed: what stops it, and what deserves a second thought."""

from collections.abc import Collection, Iterator
from typing import NamedTuple
from urllib.parse import unquote
from zlib import crc32

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from articles import body, links
from articles.models import Article, Figure
from articles.models.verbs import in_words
from articles.terms import Syndication

LONGEST_HEADLINE = 110  # letters: what search engines and phones show whole (Google's rule for NewsArticle)
LONGEST_STANDFIRST = 300


class Finding(NamedTuple):
    """Something about a story; `name` tells it from others about the same story, without a space; `image` is the key of a picture to mend."""

    name: str
    words: str
    stops: bool = False
    image: int | None = None


def look_over(article: Article) -> list[Finding]:
    """Return what is to be said of a story before it is printed, what stops it first. It is read through its relations: fetch them with it."""
    found = [*_words(article), *_sorting(article), *_pictures(article), *_links(article), *_moments(article)]
    return sorted(found, key=lambda finding: not finding.stops)


def stop(article: Article, known: Collection[str] = ()) -> None:
    """Raise ValidationError where something stops the story that was not known before."""
    prefetch_related_objects([article], Prefetch("figures", Figure.objects.select_related("image")))
    found = [*_words(article), *_pictures(article), *_links(article)]  # nothing else stops one
    if stopping := [finding.words for finding in found if finding.stops and finding.name not in known]:
        raise ValidationError(stopping)


def _words(article: Article) -> Iterator[Finding]:
    if not body.plain_text(article.body):
        yield Finding("text", "The story has no text yet.", stops=True)
    if (letters := len(article.headline)) > LONGEST_HEADLINE:
        words = f"The headline has {letters} letters. Search engines and phones cut it after {LONGEST_HEADLINE}."
        yield Finding("headline", words)
    if not article.standfirst:
        yield Finding("standfirst", "There is no standfirst: lists show how the story begins.")
    if (letters := len(article.standfirst)) > LONGEST_STANDFIRST:
        yield Finding("standfirst-long", f"The standfirst has {letters} letters: more than two sentences.")


def _sorting(article: Article) -> Iterator[Finding]:
    if not article.contributions.all():
        yield Finding("byline", "The byline names nobody.")
    if not article.topics.all():
        yield Finding("topics", "No topic: “More about” stays empty, and no topic page has the story.")
    if not article.source and not article.syndication:
        yield Finding("source", "No source: every request to republish it goes to the rights desk.")


def _pictures(article: Article) -> Iterator[Finding]:
    figures = {figure.position: figure for figure in article.figures.all()}
    for number in map(int, body.PLACE.findall(article.body)):
        if number not in figures:
            yield Finding(f"picture-{number}", f"The text has a place for picture {number}, and there is none.", stops=True)
    for number, words in article.refused_pictures().items():
        yield Finding(f"picture-{number}-refused", words, stops=True, image=figures[number].image_id)
    for number, figure in figures.items():
        if not figure.image:
            yield Finding(f"picture-{number}-file", f"Picture {number} has a caption and no picture: readers are told that it is missing.")
            continue
        if not figure.caption:
            yield Finding(f"picture-{number}-caption", f"Picture {number} has no caption.")
        if not figure.image.credit:
            yield Finding(f"picture-{number}-credit", f"Picture {number} has no credit.", image=figure.image_id)
        if figure.image.syndication == Syndication.ON_REQUEST:
            words = f"Nobody has said whether picture {number} may be republished: buyers have to ask for it."
            yield Finding(f"picture-{number}-terms", words, image=figure.image_id)


def _moments(article: Article) -> Iterator[Finding]:
    now = timezone.now()
    if article.embargoed_until and article.embargoed_until > max(now, article.published_at or now):
        yield Finding("embargo", f"Under embargo: readers see it from {in_words(article.embargoed_until)}.")
    if article.published_at and timezone.localdate(article.published_at) < timezone.localdate(now) and not article.has_address:
        yield Finding("date", f"It will bear the date of {in_words(article.published_at)}, which has passed.")


def _links(article: Article) -> Iterator[Finding]:
    """Follow the links that lead to a page of our own. What is not in print is not named: whoever writes may not know of it."""
    if links.count(article.body) > links.MOST:
        yield Finding("links", f"The text has more than {links.MOST} links: those after that were not followed.")
    readers_from = max(moment for moment in (timezone.now(), article.published_at, article.embargoed_until) if moment)
    for href, target in links.follow(article.body).items():
        name = f"link-{crc32(href.encode()):08x}"
        if not target:
            yield Finding(name, f"The link to {unquote(href)} leads nowhere that readers can go.", stops=True)
        elif not isinstance(target, Article) or target == article:
            continue
        elif not target.has_address:
            yield Finding(name, f"The link to {unquote(href)} leads to a story that is not published.", stops=True)
        elif target.status == Article.Status.WITHDRAWN:
            yield Finding(name, f"There is a link to “{target}”, which was withdrawn.")
        elif (opens := target.opens_at) > readers_from:
            yield Finding(name, f"The link to {unquote(href)} leads to a story that readers see only from {in_words(opens)}.")
