"""What the archive has to say on the newsroom's first page: what waits for whom, what comes next, and where one stopped."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.contrib import admin
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.db.models.fields.json import KT
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from articles.models import Article, ArticleEvent, ErrorReport, Image, Revision, Sitting
from articles.models.desk import SENT_BACK
from articles.models.story_sets import ArticleQuerySet

OWN, NEXT, LAST = 8, 6, 5  # stories of each list
LOOKED_AT = 50  # revisions: so many of an editor's are of LAST stories at least, unless one was saved all day


class Task(NamedTuple):
    """Rows of one kind that wait for somebody, and the address of the list that shows exactly these."""

    words: str
    rows: QuerySet
    address: str


class Series(NamedTuple):
    """Rows that are counted over time, by a moment of each: by the day for four weeks, or by the week for twelve."""

    words: str
    rows: QuerySet
    moment: str
    is_weekly: bool = True


class Kind(NamedTuple):
    """Stories, or pictures, that wait: in words, who is told of them, and which they are."""

    words: str
    permission: str
    rows: Callable


STORIES: dict[str, Kind] = {
    "back": Kind("Sent back to you", "articles.write_article", lambda stories, user: stories.own(user).sent_back()),
    "own": Kind("Your own, not yet in print", "articles.write_article", lambda stories, user: stories.own(user).at_work()),
    "review": Kind("In review", "articles.change_article", lambda stories, user: stories.in_review()),
    "overdue": Kind("Overdue", "articles.change_article", lambda stories, user: stories.overdue()),
    "given": Kind("Given to somebody", "articles.change_article", lambda stories, user: stories.given()),
    "scheduled": Kind("Scheduled", "articles.change_article", lambda stories, user: stories.scheduled()),
    "embargoed": Kind("Under embargo", "articles.change_article", lambda stories, user: stories.embargoed()),
    "leaving": Kind("To be withdrawn", "articles.change_article", lambda stories, user: stories.to_be_withdrawn()),
    "copies": Kind("Working copies to publish", "articles.correct_article", lambda stories, user: stories.with_working_copy()),
}
PICTURES: dict[str, Kind] = {
    "words": Kind("Pictures without alternative text", "articles.change_image", lambda pictures, user: pictures.without_description()),
    "credit": Kind("Pictures without a credit", "articles.change_image", lambda pictures, user: pictures.without_credit()),
    "rights": Kind("Pictures whose rights are unknown", "articles.change_image", lambda pictures, user: pictures.of_unknown_rights()),
}


class KindFilter(DropdownFilter):
    """The rows that the first page counts, of those kinds that somebody is told of."""

    title, parameter_name = "what waits", "waits"
    kinds: dict[str, Kind]

    def __init__(self, request, *args):
        self.user = request.user
        super().__init__(request, *args)

    def lookups(self, request, model_admin):
        return [(key, kind.words) for key, kind in self.kinds.items() if self.user.has_perm(kind.permission)]

    def queryset(self, request, queryset):
        chosen = self.value() in dict(self.lookup_choices)
        return self.kinds[self.value()].rows(queryset, self.user) if chosen else queryset


class StoriesThatWait(KindFilter):
    kinds = STORIES


class PicturesThatWait(KindFilter):
    kinds = PICTURES


def tasks(user) -> list[Task]:
    """Return what the archive has for somebody to do, or to know."""
    found = [
        Task(kind.words, kind.rows(model.objects.all(), user), f"{reverse(f'admin:articles_{model._meta.model_name}_changelist')}?waits={key}")
        for model, kinds in ((Article, STORIES), (Image, PICTURES))
        for key, kind in kinds.items()
        if user.has_perm(kind.permission)
    ]
    if user.has_perms(["articles.view_errorreport", "articles.view_article"]):
        found.append(Task("Errors reported by readers", ErrorReport.objects.open(), reverse("admin:articles_errorreport_changelist")))
    return found


def series(user) -> list[Series]:
    """Return what the archive counts over time."""
    found = [Series("Stories published", Article.objects.public(), "published_at", is_weekly=False)]
    if user.has_perms(["articles.view_errorreport", "articles.view_article"]):
        found.append(Series("Errors reported", ErrorReport.objects.all(), "reported_at"))
    return found


def at_hand(request) -> dict:
    """Return the lists of stories beside the counts: what was typed and not saved, one's own, what was last worked at, and what comes next."""
    user = request.user
    stories = admin.site.get_model_admin(Article).get_queryset(request).defer("body", "captions")
    may_write = user.has_perm("articles.write_article") or user.has_perm("articles.change_article")
    return {
        "typed": typed(user) if may_write else [],
        "own": own(stories, user) if may_write else [],
        "last": last(stories, user) if may_write else [],
        "coming": coming(stories) if user.has_perm("articles.change_article") else [],
        "now": timezone.now(),
    }


def typed(user) -> QuerySet[Sitting]:
    """Return the windows in which somebody typed what is not saved, with the headline as it was typed."""
    windows = Sitting.objects.of(user).left().annotate(typed_headline=KT("typed__headline__0"))
    return windows.defer("typed")[:LAST]


def own(stories: ArticleQuerySet, user) -> ArticleQuerySet:
    """Return somebody's stories that are not in print yet, the first one due first, with the reason why one was sent back."""
    reasons = ArticleEvent.objects.filter(article=OuterRef("pk"), words=SENT_BACK).order_by("-pk").values("reason")[:1]
    reason = Case(When(status=Article.Status.DRAFT, then=Subquery(reasons)))
    return stories.own(user).at_work().annotate(sent_back_for=reason).order_by(F("due_at").asc(nulls_last=True), "-pk")[:OWN]


def last(stories: ArticleQuerySet, user) -> list[Article]:
    """Return the stories that somebody last saved, the latest first, with the moment."""
    saved = {}
    revisions = Revision.objects.filter(made_by=user).exclude(event=Revision.Event.CHANGED)  # that a merger or a bulk change leaves behind
    for key, moment in revisions.order_by("-pk").values_list("article", "made_at")[:LOOKED_AT]:
        saved.setdefault(key, moment)
    found = stories.in_bulk(list(saved)[:LAST])
    for key, story in found.items():
        story.saved_at = saved[key]
    return [found[key] for key in saved if key in found]


def coming(stories: ArticleQuerySet, at: datetime | None = None) -> ArticleQuerySet:
    """Return the next stories that readers will see, or will see no more, with the moment."""
    at = at or timezone.now()
    found = (stories.scheduled(at) | stories.to_be_withdrawn(at)).alias(opens=Greatest("published_at", "embargoed_until"))
    return found.annotate(comes_at=Case(When(opens__gt=at, then=F("opens")), default=F("withdrawn_at"))).order_by("comes_at", "pk")[:NEXT]
