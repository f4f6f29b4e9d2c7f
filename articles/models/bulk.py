"""What is done with many stories at once: as a job, one story after the other."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property

from newsroom.jobs import defer

from .imports import reason
from .subjects import Section, Topic

MOST = 5_000  # stories of one change
UNCONFIRMED, KEPT = timedelta(days=1), timedelta(days=90)
BROKEN = "Something went wrong that no editor can mend. It stands in the site’s log."
NOT_ALLOWED = "{} may not do this with this story."
PERMISSIONS = {"PUBLISH": "articles.publish_article", "WITHDRAW": "articles.withdraw_article", "GIVE": "articles.assign_article"}

logger = logging.getLogger(__name__)


class BulkChangeQuerySet(models.QuerySet):
    """Changes of many stories."""

    def counted(self):
        """With the number of their stories, and of those that wait, are done, and failed."""
        states = {state.lower(): Count("stories", filter=Q(stories__state=state)) for state in BulkChangeStory.State.values}
        return self.annotate(total=Count("stories"), **states)


class BulkChangeManager(models.Manager.from_queryset(BulkChangeQuerySet)):
    """Changes of many stories."""

    @transaction.atomic
    def gather(self, verb: str, stories: models.QuerySet, by) -> "BulkChange":
        """Note which stories something is to be done with; it begins once it is confirmed. Raises ValidationError for too many."""
        keys = list(stories.order_by("-pk").values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            raise ValidationError(f"That is more than {MOST:,} stories. Narrow the list, to a section or a year, and do it in parts.")
        change = self.create(verb=verb, made_by=by)
        change.stories.bulk_create([BulkChangeStory(change=change, article_id=key) for key in keys])
        return change

    def forget(self, at=None) -> None:
        """Delete those that nobody confirmed, and those that are long done: each story's log says what was done with it."""
        at = at or timezone.now()
        self.filter(begun_at__isnull=True, made_at__lt=at - UNCONFIRMED).delete()
        self.filter(finished_at__lt=at - KEPT).delete()


class BulkChange(models.Model):
    """One thing that is done with many stories, with each in a transaction of its own."""

    class Verb(models.TextChoices):
        PUBLISH = "PUBLISH", "Publish"
        TAG = "TAG", "Add or take away topics"
        MOVE = "MOVE", "Move to a section"
        WITHDRAW = "WITHDRAW", "Withdraw"
        GIVE = "GIVE", "Give to somebody"

    verb = models.CharField(max_length=10, choices=Verb)
    arguments = models.JSONField(default=dict, encoder=DjangoJSONEncoder)  # what the verb was asked to do, by slugs: they follow a merger
    words = models.CharField("what is done", max_length=200, blank=True)  # in full, such as “Move to City”
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True)  # none before it is confirmed
    stopped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = BulkChangeManager()

    class Meta:
        default_permissions = ("view",)
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(verb__in=["PUBLISH", "TAG", "MOVE", "WITHDRAW", "GIVE"]), name="bulk_change_verb")]

    def __str__(self):
        return self.words or self.get_verb_display()

    # --- Its steps

    @transaction.atomic
    def begin(self, words: str, arguments: dict | None = None) -> None:
        """Put it in the queue, once."""
        row = BulkChange.objects.select_for_update().get(pk=self.pk)
        if row.begun_at:
            raise ValidationError("This has begun already.")
        self.words, self.arguments, self.begun_at = words[:200], arguments or {}, timezone.now()
        self.save(update_fields=["words", "arguments", "begun_at"])
        self._put_in_the_queue()

    @transaction.atomic
    def stop(self) -> None:
        """Leave the stories alone with which it has not been done yet."""
        BulkChange.objects.filter(pk=self.pk, begun_at__isnull=False, finished_at__isnull=True).update(stopped_at=timezone.now())

    @transaction.atomic
    def go_on(self) -> None:
        """Try again with those that failed, and with those that were left alone."""
        if not BulkChange.objects.filter(pk=self.pk, begun_at__isnull=False).update(stopped_at=None, finished_at=None):
            raise ValidationError("This has not begun yet.")
        self.stories.failed().update(state=BulkChangeStory.State.WAITING, problem="")
        self._put_in_the_queue()

    def _put_in_the_queue(self) -> None:
        from articles.tasks import carry_out

        defer(carry_out, change=self.pk)

    # --- Carrying it out

    def carry_out(self) -> None:
        """Do it with each story that it has not been done with, whoever began; a story that refuses holds up no other."""
        for key, article in list(self.stories.waiting().values_list("pk", "article")):
            try:
                with transaction.atomic():
                    self._do_one(key, article)
            except ValidationError as problem:
                self._fail(key, reason(problem))
            except Exception:
                logger.exception("A story of bulk change %s failed", self.pk)
                self._fail(key, BROKEN)
        if not self.stories.waiting().exists():
            BulkChange.objects.filter(pk=self.pk, finished_at__isnull=True).update(finished_at=timezone.now())

    def _do_one(self, key: int, article: int) -> None:
        """Do it with a story, and note in the same transaction that it is done: a worker that dies leaves no story half done, or done unnoted.

        The story is held first: what an editor saves meanwhile is not lost, and a second worker at the same change finds it done.
        """
        from .stories import Article

        story = Article.objects.select_related("section", "source").select_for_update(of=("self",)).filter(pk=article).first()
        row = self.stories.waiting().filter(pk=key, change__stopped_at__isnull=True)
        if story and row.update(state=BulkChangeStory.State.DONE):
            self._act(story)

    def _fail(self, key: int, problem: str) -> None:
        self.stories.waiting().filter(pk=key).update(state=BulkChangeStory.State.FAILED, problem=problem[:500] or BROKEN)

    def _act(self, article) -> None:
        """Do it with a story, in the name of whoever asked, and as far as they may now."""
        by = self.made_by
        may = by.has_perm(PERMISSIONS[self.verb]) if self.verb in PERMISSIONS else article.may_be_changed_by(by)
        if not may:
            raise ValidationError(NOT_ALLOWED.format(by.get_full_name() or by.get_username()))
        getattr(self, f"_{self.verb.lower()}")(article)

    def _publish(self, article) -> None:
        from articles.preflight import stop

        stop(article)
        article.publish(by=self.made_by)

    def _tag(self, article) -> None:
        article.sort(add=self._topics["add"], remove=self._topics["remove"], by=self.made_by)

    def _move(self, article) -> None:
        article.sort(self._section, by=self.made_by)

    def _withdraw(self, article) -> None:
        at = self.arguments["at"] and parse_datetime(self.arguments["at"])
        article.withdraw(self.arguments["reason"], self.arguments["is_legal_takedown"], self.made_by, at)

    def _give(self, article) -> None:
        to = self.arguments["to"] and get_user_model().objects.filter(pk=self.arguments["to"], is_active=True).first()
        if self.arguments["to"] and not to:
            raise ValidationError("Whoever was to have it does not work here any more.")
        article.assign(to, article.due_at, by=self.made_by)

    @cached_property
    def _topics(self) -> dict[str, list[Topic]]:
        found = {name: list(Topic.objects.by_slug(self.arguments[name]).values()) for name in ("add", "remove")}
        if len(found["add"]) < len(self.arguments["add"]):
            raise ValidationError("One of the topics is no longer there.")
        return found

    @cached_property
    def _section(self) -> Section:
        if not (section := Section.objects.called(self.arguments["section"]).first()):
            raise ValidationError("The section is no longer there.")
        return section

    # --- How it stands

    @cached_property
    def tally(self) -> dict[str, int]:
        """How many stories there are, and how many wait, are done, and failed."""
        names = ("total", *(state.lower() for state in BulkChangeStory.State.values))
        row = self if "total" in self.__dict__ else BulkChange.objects.counted().get(pk=self.pk)
        return {name: getattr(row, name) for name in names}

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        if not self.begun_at:
            return "Not confirmed"
        return "Done" if self.finished_at else "Stopped" if self.stopped_at else "Running"

    @property
    def is_running(self) -> bool:
        return self.state == "Running"


class BulkChangeStoryQuerySet(models.QuerySet):
    """Stories of a change."""

    def waiting(self):
        return self.filter(state=BulkChangeStory.State.WAITING)

    def failed(self):
        return self.filter(state=BulkChangeStory.State.FAILED)


class BulkChangeStory(models.Model):
    """One story of a change: whether it is done, and if not why."""

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="stories")
    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=500, blank=True)

    objects = BulkChangeStoryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "article"], name="bulk_change_story_once"),
            models.CheckConstraint(condition=Q(state__in=["WAITING", "DONE", "FAILED"]), name="bulk_change_story_state"),
            models.CheckConstraint(condition=Q(state="FAILED", problem__gt="") | ~Q(state="FAILED") & Q(problem=""), name="bulk_change_says_why"),
        ]

    def __str__(self):
        return f"{self.article}: {self.get_state_display()}"
