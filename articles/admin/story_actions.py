"""What is done with stories that are chosen in their list: many at once by a job, or listed in a file."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, BulkChange, Figure
from newsroom.spreadsheets import file_of

CHUNK = 500  # stories that are read at once
COLUMNS = (
    "address", "permanent address", "headline", "kicker", "status", "section", "topics", "byline", "source",
    "published", "updated", "words", "terms", "pictures",
)  # fmt: skip


class StoryActions:
    """The part of ArticleAdmin that answers the menu of its list."""

    actions = ["publish_many", "tag_many", "move_many", "withdraw_many", "give_many", "export_csv"]

    # --- Who may: of each story it is asked again when it is its turn.

    def has_publish_many_permission(self, request):
        return request.user.has_perm("articles.publish_article")

    def has_sort_many_permission(self, request):
        return request.user.has_perm("articles.change_article")

    def has_withdraw_many_permission(self, request):
        return request.user.has_perm("articles.withdraw_article")

    def has_give_many_permission(self, request):
        return request.user.has_perm("articles.assign_article")

    def has_export_permission(self, request):
        return request.user.has_perm("articles.view_article")

    @admin.action(description="Publish…", permissions=["publish_many"])
    def publish_many(self, request: HttpRequest, stories: QuerySet) -> HttpResponse | None:
        return self._gather(request, BulkChange.Verb.PUBLISH, stories)

    @admin.action(description="Add or take away topics…", permissions=["sort_many"])
    def tag_many(self, request: HttpRequest, stories: QuerySet) -> HttpResponse | None:
        return self._gather(request, BulkChange.Verb.TAG, stories)

    @admin.action(description="Move to a section…", permissions=["sort_many"])
    def move_many(self, request: HttpRequest, stories: QuerySet) -> HttpResponse | None:
        return self._gather(request, BulkChange.Verb.MOVE, stories)

    @admin.action(description="Withdraw…", permissions=["withdraw_many"])
    def withdraw_many(self, request: HttpRequest, stories: QuerySet) -> HttpResponse | None:
        return self._gather(request, BulkChange.Verb.WITHDRAW, stories)

    @admin.action(description="Give to somebody…", permissions=["give_many"])
    def give_many(self, request: HttpRequest, stories: QuerySet) -> HttpResponse | None:
        return self._gather(request, BulkChange.Verb.GIVE, stories)

    def _gather(self, request: HttpRequest, verb: str, stories: QuerySet) -> HttpResponse | None:
        try:
            change = BulkChange.objects.gather(verb, stories, request.user)
        except ValidationError as problem:
            self.message_user(request, " ".join(problem.messages), messages.ERROR)
            return None
        return redirect("admin:articles_bulkchange_ask", change.pk)

    @admin.action(description="Export as CSV", permissions=["export"])
    def export_csv(self, request: HttpRequest, stories: QuerySet) -> StreamingHttpResponse:
        return file_of(f"stories-{timezone.localdate()}", _rows(stories))


def _rows(stories: QuerySet) -> Iterator[tuple]:
    """Return what the file says of each story, the newest first: however many there are, some are read at a time."""
    yield COLUMNS
    pictures = Figure.objects.filter(article=OuterRef("pk"), image__isnull=False).order_by().values("article").annotate(number=Count("pk"))
    stories = stories.select_related("section", "source").prefetch_related("topics").defer("body", "captions").order_by("-pk")
    stories = stories.annotate(pictures=Coalesce(Subquery(pictures.values("number")), 0))
    some = list(stories[:CHUNK])
    while some:
        yield from map(_row, some)
        some = list(stories.filter(pk__lt=some[-1].pk)[:CHUNK])


def _row(article: Article) -> tuple:
    return (
        f"{settings.SITE_URL}{article.get_absolute_url()}" if article.has_address else "",
        f"{settings.SITE_URL}{reverse('articles:short', args=[article.short_id])}",
        article.headline, article.kicker, article.state, article.section.name, "; ".join(topic.name for topic in article.topics.all()),
        article.byline, article.source.name if article.source else "Not known", _moment(article.published_at), _moment(article.updated_at),
        article.word_count, article.terms.label, article.pictures,
    )  # fmt: skip


def _moment(at: datetime | None) -> str:
    """Return a moment as spreadsheets understand it, in the publication's time zone."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
