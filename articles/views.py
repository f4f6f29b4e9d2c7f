"""The pages that readers see."""

import os
from datetime import date

from django.db.models import Count
from django.db.models.functions import ExtractMonth
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles import renditions
from articles.forms import PlaceForm, ReportForm, SearchForm
from articles.front import front_page
from articles.models import Article, Author, FormerAddress, Image, Section, Source, Topic
from articles.onward import onward
from newsroom.guards import allows, public_form

REPORTS, HOUR = 10, 3600  # of one visitor


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/front.html", front_page())


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Section, slug=slug)
    return _list(request, "section", Article.objects.public().in_section(found), section=found)


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Topic.objects.in_print(), slug=slug)
    return _list(request, "topic", Article.objects.public().on_topic(found), topic=found)


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author.objects.in_print(), slug=slug)
    return _list(request, "author", Article.objects.public().by_author(found), author=found)


@require_safe
def source(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Source.objects.in_print(), slug=slug)
    return _list(request, "source", Article.objects.public().from_source(found), source=found)


@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    stories = Article.objects.public().published_in(year)
    months = stories.order_by().values(month=ExtractMonth("published_on")).annotate(count=Count("pk")).order_by("month")
    months = [{"first": date(year, row["month"], 1), "count": row["count"]} for row in months]
    if not months and year != timezone.localdate().year:  # every page links to the current year, also before its first story
        raise Http404
    most = max((row["count"] for row in months), default=1)
    years = Article.objects.public().dates("published_on", "year", order="DESC")
    return _list(request, "year", stories, year=year, months=months, most=most, years=years)


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    first = _day(year, month, 1)
    stories = Article.objects.public().published_in(year, month)
    days = list(stories.order_by().values("published_on").annotate(count=Count("pk")).order_by("published_on"))
    if not days:
        raise Http404
    return _list(request, "month", stories, first=first, days=days, most=max(row["count"] for row in days))


@require_safe
def day(request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
    when = _day(year, month, day)
    page = PlaceForm(request.GET).page(Article.objects.public().published_on_day(when))
    if not page["stories"]:
        raise Http404
    return render(request, "articles/article_day.html", page | {"day": when})


@require_safe
def article(request: HttpRequest, year: int, month: int, day: int, slug: str) -> HttpResponse:
    when = _day(year, month, day)
    stories = Article.objects.filter(published_on=when, slug=slug)
    story = stories.public().for_reading().first()
    if story:
        return render(request, "articles/article.html", {"article": story} | onward(story))
    if retracted := stories.retracted().first():
        return gone(request, retracted)
    former = get_object_or_404(FormerAddress.objects.select_related("article"), published_on=when, slug=slug)
    return short(request, former.article.short_id)


@require_safe
def short(request: HttpRequest, short_id: str) -> HttpResponse:
    """The permanent address of a story: it leads to where the story is now."""
    if story := Article.objects.public().filter(short_id=short_id).first():
        response = redirect(story, permanent=True)
        response["Cache-Control"] = "public, max-age=60"  # a story that moves away and back must not loop in a browser
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


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    return _list(request, "search", form.stories(), form=form)


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
    headers = {"Cache-Control": "public, max-age=60", "ETag": tag, "Last-Modified": http_date(state.st_mtime)}
    response = FileResponse(file, content_type=copy.content_type, headers=headers)
    answer = get_conditional_response(request, tag, int(state.st_mtime), response)
    if answer is not response:
        file.close()
    return answer


def _list(request: HttpRequest, kind: str, stories, **context) -> HttpResponse:
    page = PlaceForm(request.GET).page(stories)
    return render(request, f"articles/article_{kind}.html", page | context)


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
