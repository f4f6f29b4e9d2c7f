"""The feeds that readers' programs fetch, one for every list; what is no list in print has none."""

import hashlib
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.utils.cache import get_conditional_response
from django.utils.encoding import iri_to_uri
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.forms import TOO_SLOW, SearchForm
from articles.forwarding import forwards
from articles.models import Article, Author, Section, Source, Topic
from articles.models.story_sets import ArticleQuerySet
from articles.models.subjects import Subject
from articles.search import Asked, TooSlow, ask, facet, newest, of_series
from articles.structured import LOGO, absolute
from newsroom.caching import kept

from .entries import SUMMARY, changed_at, entries, without_controls
from .formats import FORMATS

STORIES = 20  # of a feed, the newest
POLITE = 300  # seconds, before a program asks again
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # when a feed without stories has changed


@kept(max_age=POLITE)
@require_safe
def front(request: HttpRequest, format: str) -> HttpResponse:
    return _feed(request, format, Article.objects.public(), settings.PUBLICATION_NAME, settings.PUBLICATION_TAGLINE)


@kept(max_age=POLITE)
@require_safe
@forwards(Section)
def section(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    found = get_object_or_404(Section, slug=slug)
    return _feed(request, format, Article.objects.public().in_section(found), titled(found), found.description)


@kept(max_age=POLITE)
@require_safe
@forwards(Topic)
def topic(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    found = get_object_or_404(Topic.objects.in_print(), slug=slug)
    return _feed(request, format, _found(ask("", of_series(found, *found.parts.all()))), titled(found), found.description)


@kept(max_age=POLITE)
@require_safe
@forwards(Author)
def author(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    found = get_object_or_404(Author.objects.in_print(), slug=slug)
    return _feed(request, format, _found(ask("", facet("author", found.pk))), titled(found), found.bio)


@kept(max_age=POLITE)
@require_safe
@forwards(Source)
def source(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    found = get_object_or_404(Source.objects.in_print(), slug=slug)
    return _feed(request, format, _found(ask("", facet("source", found.pk))), titled(found), found.description)


@kept(*SearchForm.base_fields, max_age=POLITE)
@require_safe
def search(request: HttpRequest, format: str) -> HttpResponse:
    form, stories = SearchForm(_without_place(request)), None
    try:
        stories = form.newest(STORIES) if form.is_filled else None
    except TooSlow:  # it took too long
        form.add_error(None, TOO_SLOW)
    if stories is None:
        wrong = [error for errors in form.errors.values() for error in errors] or [_("Say in the address what to search for, such as ?q=ferry.")]
        return HttpResponse(f"{wrong[0]}\n", status=400, content_type="text/plain; charset=utf-8")
    return _feed(request, format, stories, titled(form.title), query=query_of(request))


def _found(asked: Asked) -> ArticleQuerySet:
    return Article.objects.public().filter(pk__in=newest(asked, STORIES))


def titled(subject: Subject | str) -> str:
    """Return the name of a list's feed."""
    return f"{subject} – {settings.PUBLICATION_NAME}"


def query_of(request: HttpRequest) -> str:
    """Return the query of a search, without the place in its list: a feed has the newest."""
    asked, query = _without_place(request), QueryDict(mutable=True)
    query.update({name: value for name in SearchForm.base_fields if (value := asked.get(name))})
    return f"?{query.urlencode()}" if query else ""


def _without_place(request: HttpRequest) -> QueryDict:
    asked = request.GET.copy()
    for name in ("before", "after", "sort"):
        asked.pop(name, None)
    return asked


def _feed(request: HttpRequest, format: str, stories: ArticleQuerySet, title: str, description: str = "", query: str = "") -> HttpResponse:
    """Answer with the newest of `stories` in a format; the page of the same list is where the feed's name is taken off."""
    stories = stories.for_reading().newest_first()
    articles = list((stories.defer("body") if settings.FEED_TEXT == SUMMARY else stories)[:STORIES])
    path = iri_to_uri(request.path)
    head = {
        "title": title, "description": description or title, "subtitle": description or title, "link": absolute(path.removesuffix(format)) + query,
        "feed_url": absolute(path) + query, "language": settings.LANGUAGE_CODE, "feed_copyright": f"© {settings.PUBLICATION_NAME}",
        "author_name": settings.PUBLICATION_NAME, "author_link": absolute("/"),
        "logo": absolute(static(LOGO["path"])), "icon": absolute(static("img/icon.svg")),
        "changed_at": max(map(changed_at, articles), default=NEVER),
    }  # fmt: skip
    feed = FORMATS[format](**without_controls(head))
    for entry in entries(articles):
        feed.add_item(**entry)
    return _conditional(request, feed.writeString("utf-8").encode(), feed.content_type, head["changed_at"])


def _conditional(request: HttpRequest, content: bytes, content_type: str, at: datetime) -> HttpResponse:
    """Answer with a feed, or with 304 to those who have these very bytes.

    If-Modified-Since alone is not heeded: a story that comes with an old date, or leaves, changes the feed and not its newest moment.
    """
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Last-Modified": http_date(at.timestamp())}
    return get_conditional_response(request, tag, None, HttpResponse(content, content_type=content_type, headers=headers))
