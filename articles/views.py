"""The pages that readers see."""

import os
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles import narrowing, renditions, structured, timeline
from articles.forms import TOO_SLOW, ListForm, PageForm, ReportForm, SearchForm, SuggestionForm
from articles.forwarding import forwards
from articles.front import front_page
from articles.models import Article, Author, FormerAddress, Image, Section, Source, Topic
from articles.onward import onward
from articles.reading import parts_of, story_at, subject_at
from articles.search import COUNTED, TooSlow, count_days, facet, of_series
from newsroom.caching import kept, public
from newsroom.guards import allows, public_form

REPORTS, HOUR = 10, 3600  # of one visitor


@kept()
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/front.html", front_page())


@kept(*ListForm.base_fields)
@require_safe
@forwards(Section)
def section(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Section, slug=slug)
    return _list(request, "section", facet("section", found.pk), section=found)


@kept(*ListForm.base_fields)
@require_safe
@forwards(Topic)
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = subject_at(Topic, slug)
    parts = parts_of(found)
    form, page = _listed(request, of_series(found, *parts), kinds=("topic", "author"))
    related = [row for row in page["tally"].facets.get("topic", ()) if row.slug not in {each.slug for each in (found, *parts)}]
    return _page(request, "topic", form, page | {"topic": found, "parts": parts, "related": related})


@kept(*ListForm.base_fields)
@require_safe
@forwards(Author)
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = subject_at(Author, slug)
    return _list(request, "author", facet("author", found.pk), kinds=("topic",), author=found)


@kept(*ListForm.base_fields)
@require_safe
@forwards(Source)
def source(request: HttpRequest, slug: str) -> HttpResponse:
    found = subject_at(Source, slug)
    return _list(request, "source", facet("source", found.pk), source=found)


@kept(*PageForm.base_fields)
@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    form = PageForm(request.GET)
    page = form.page(time=(f"{year:04}-01", f"{year:04}-12"))
    if not page["tally"].total and year != timezone.localdate().year:  # every page links to the current year, also before its first story
        raise Http404
    months = timeline.of_year(year, page["tally"], lambda month: reverse("articles:month", args=[year, int(month[5:])]))
    context = {"year": year, "timeline": months, "years": Article.objects.public().years()}
    return _page(request, "year", form, page | context)


@kept(*PageForm.base_fields)
@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    first, form = _day(year, month, 1), PageForm(request.GET)
    page = form.page(time=(f"{first:%Y-%m}",) * 2)
    if not page["tally"].total:
        raise Http404
    days = timeline.of_days(count_days(facet("month", f"{first:%Y-%m}")), lambda day: reverse("articles:day", args=[day.year, day.month, day.day]))
    return _page(request, "month", form, page | {"first": first, "timeline": days})


@kept(*PageForm.base_fields)
@require_safe
def day(request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
    """The stories of a day, and the nearest days before and after it that have any."""
    when, form = _day(year, month, day), PageForm(request.GET)
    page = form.page(facet("day", f"{when}"))
    if not page["stories"] and page["is_first_page"]:
        raise Http404
    earlier, later = Article.objects.public().days_beside(when)
    return _page(request, "day", form, page | {"day": when, "earlier": earlier, "later": later})


@kept()
@require_safe
def article(request: HttpRequest, year: int, month: int, day: int, slug: str) -> HttpResponse:
    when = _day(year, month, day)
    if story := story_at(when, slug):
        return render(request, "articles/article.html", {"article": story} | onward(story))
    if retracted := Article.objects.filter(published_on=when, slug=slug).retracted().first():
        return gone(request, retracted)
    former = get_object_or_404(FormerAddress.objects.select_related("article"), published_on=when, slug=slug)
    return short(request, former.article.short_id)


@require_safe
def short(request: HttpRequest, short_id: str) -> HttpResponse:
    """The permanent address of a story: it leads to where the story is now."""
    if story := Article.objects.public().filter(short_id=short_id).first():
        response = redirect(story, permanent=True)
        response["Cache-Control"] = public(max_age=60)  # a story that moves away and back must not loop in a browser
        return response
    return gone(request, get_object_or_404(Article.objects.retracted(), short_id=short_id))


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, short_id: str) -> HttpResponse:
    """The form that tells the desk of an error in a story."""
    story = get_object_or_404(Article.objects.public(), short_id=short_id)
    form, status = ReportForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            if allows(request, "report", REPORTS, HOUR):
                form.save(story)
                return redirect("articles:reported", short_id)
            form.add_error(None, _("There have been many reports from where you are. Please wait an hour and send again."))
            status = 429
    return render(request, "articles/article_report.html", {"article": story, "form": form}, status=status)


@require_safe
def reported(request: HttpRequest, short_id: str) -> HttpResponse:
    return render(request, "articles/article_reported.html", {"article": get_object_or_404(Article.objects.public(), short_id=short_id)})


@kept(*SearchForm.base_fields)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    try:
        found = form.results()
    except TooSlow:  # it took too long
        form.add_error(None, TOO_SLOW)
        found = {}
    if found:
        bars = timeline.of_tally(found["tally"], _narrowed(form))
        found |= {"timeline": bars, "chosen": narrowing.chosen(form), "offered": narrowing.offered(form, found["tally"])}
    return _page(request, "search", form, found)


@kept(*SuggestionForm.base_fields, max_age=60)
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What somebody who types may be looking for, as browsers want it (OpenSearch Suggestions 1.1): names, kinds and addresses."""
    form = SuggestionForm(request.GET)
    return JsonResponse(form.suggestions(), safe=False, content_type="application/x-suggestions+json")


@kept()
@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """How a browser searches the archive from its address bar (OpenSearch 1.1, draft 6)."""
    context = {
        "name": settings.PUBLICATION_NAME,
        "description": _("Search every story of {name}.").format(name=settings.PUBLICATION_NAME)[:1024],
        "site_url": settings.SITE_URL,
        "language": settings.LANGUAGE_CODE,
        "image": structured.absolute(static(structured.LOGO["path"])),
    }
    return render(request, "opensearch.xml", context, content_type="application/opensearchdescription+xml")


@require_safe
def picture(request: HttpRequest, short_id: str, name: str) -> HttpResponseBase:
    """One copy of a picture, as long as a story that readers can see holds it."""
    image = get_object_or_404(Image.objects.public(), short_id=short_id)
    return rendition_response(request, image, name)


def rendition_response(request: HttpRequest, image: Image, name: str) -> HttpResponseBase:
    """Answer with a copy of a picture, or with 304 to those who have it; they ask again after a minute at most."""
    copy = next((copy for copy in image.copies if copy.name == name), None)
    try:
        file = renditions.path(image.short_id, copy.name).open("rb") if copy else None
    except FileNotFoundError:
        file = None
    if not file:
        raise Http404
    state = os.fstat(file.fileno())
    tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
    headers = {"Cache-Control": public(max_age=60), "ETag": tag, "Last-Modified": http_date(state.st_mtime)}
    response = FileResponse(file, content_type=copy.content_type, headers=headers)
    answer = get_conditional_response(request, tag, int(state.st_mtime), response)
    if answer is not response:
        file.close()
    return answer


def _list(request: HttpRequest, kind: str, *facets: str, kinds: tuple[str, ...] = (), **context) -> HttpResponse:
    form, page = _listed(request, *facets, kinds=kinds)
    return _page(request, kind, form, page | context)


def _listed(request: HttpRequest, *facets: str, kinds: tuple[str, ...] = ()) -> tuple[ListForm, dict]:
    """Return a page of the stories of these facets, and when all of them were published."""
    form = ListForm(request.GET)
    page = form.page(*facets, kinds=kinds)
    return form, page | {"timeline": timeline.of_tally(page["tally"], _narrowed(form))}


def _page(request: HttpRequest, kind: str, form: PageForm, context: dict) -> HttpResponse:
    return render(request, f"articles/article_{kind}.html", {"form": form, "counted": COUNTED} | context, status=200 if form.is_valid() else 400)


def _narrowed(form: ListForm) -> Callable[[str], str]:
    """Return what says where the same list is, narrowed to a year or a month."""

    def address(period: str) -> str:
        asked = form.known
        for place in ("before", "after"):
            asked.pop(place, None)
        asked["since"] = asked["until"] = period
        return f"?{asked.urlencode()}"

    return address


def gone(request: HttpRequest, story: Article) -> HttpResponse:
    """Say that a story was withdrawn and why, and nothing else of it: 410, or 451 (RFC 7725) after a legal demand.

    A browser would keep a 410 for ever; the story may come back.
    """
    context = {"reason": story.withdrawal_reason, "is_legal": story.is_legal_takedown, "at": story.withdrawn_at, "is_order": request.method == "POST"}
    response = render(request, "410.html", context, status=451 if story.is_legal_takedown else 410)
    response["Cache-Control"] = "no-cache"
    return response


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Http404 from None
