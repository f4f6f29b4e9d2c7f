"""Who gets the newsletter and how they agreed to it, and the newsletter of each day."""

import hashlib
import secrets
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Greatest, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from mail.models import AT_LEISURE, Message
from newsletters import consent

TOKEN_LIFE = timedelta(hours=48)
FORGOTTEN_AFTER = timedelta(days=14)  # what nobody confirmed
FIRST_WINDOW = timedelta(days=1)  # of the very first newsletter: there is none before it to go on from
LATEST = timedelta(hours=12)  # after its hour a newsletter is still made; later, its stories go into the next one
MOST_STORIES = 30
BATCH = 500  # readers written to in one transaction


def make_secret() -> str:
    """Return 128 random bits as 22 letters that an address can hold."""
    return secrets.token_urlsafe(16)


def fingerprint(token: str) -> str:
    """Return the SHA-256 of a token, in hexadecimal: all that is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


class SubscriptionQuerySet(models.QuerySet):
    """Every set of subscriptions that has a name."""

    def awaiting(self, token: str, at: datetime | None = None):
        """The one that this token would confirm at a moment; none where it is forged, used, replaced by a newer one or too old."""
        return self.filter(token_sha256=fingerprint(token), asked_at__gt=(at or timezone.now()) - TOKEN_LIFE)

    def active_since(self, at: datetime):
        """Those that had been confirmed by a moment and still are."""
        return self.filter(state=Subscription.State.ACTIVE, confirmed_at__lte=at)

    def forget_unconfirmed(self, at: datetime | None = None) -> None:
        """Forget the addresses that nobody confirmed; one that was a reader's before is kept with its proofs."""
        self.filter(state=Subscription.State.PENDING, asked_at__lt=(at or timezone.now()) - FORGOTTEN_AFTER).delete()


class SubscriptionManager(models.Manager.from_queryset(SubscriptionQuerySet)):
    """Subscriptions, and what somebody does who holds an address, a token or a key."""

    @transaction.atomic
    def ask(self, email: str, page: str, at: datetime | None = None) -> None:
        """Send a link to confirm to an address in small letters that asked on a page; who gets the newsletter already is told so instead."""
        at = at or timezone.now()
        self.get_or_create(email=email, defaults={"asked_at": at})
        subscription = self.select_for_update().get(email=email)
        if subscription.state == Subscription.State.ACTIVE:
            Message.objects.post("newsletter_known", email, {"key": subscription.key}, subscription.headers)
            return
        token, wording = make_secret(), _(consent.WORDING)
        subscription.token_sha256, subscription.asked_at = fingerprint(token), at
        subscription.save(update_fields=["token_sha256", "asked_at"])
        subscription.consents.create(event=Consent.Event.ASKED, at=at, page=page, wording=wording, wording_version=consent.VERSION)
        Message.objects.post("newsletter_confirm", email, {"token": token, "wording": wording})

    @transaction.atomic
    def confirm(self, token: str, at: datetime | None = None) -> bool:
        """Use a token up, and say whether it was good. Of two at once the second finds it used."""
        at = at or timezone.now()
        subscription = self.awaiting(token, at).select_for_update().first()
        if not subscription:
            return False
        asked = subscription.asked
        subscription.state, subscription.confirmed_at, subscription.token_sha256 = Subscription.State.ACTIVE, at, ""
        subscription.save(update_fields=["state", "confirmed_at", "token_sha256"])
        subscription.consents.create(
            event=Consent.Event.CONFIRMED, at=at, page=asked.page, wording=asked.wording, wording_version=asked.wording_version
        )
        return True

    @transaction.atomic
    def leave(self, key: str, channel: str, at: datetime | None = None) -> None:
        """Send nothing more to the holder of a key; once more, or with an unknown key, nothing happens."""
        at = at or timezone.now()
        subscription = self.filter(key=key, state=Subscription.State.ACTIVE).select_for_update().first()
        if subscription:
            subscription.state, subscription.left_at = Subscription.State.LEFT, at
            subscription.save(update_fields=["state", "left_at"])
            subscription.consents.create(event=Consent.Event.WITHDRAWN, at=at, channel=channel)


class Subscription(models.Model):
    """A mail address that the newsletter goes to, once whoever reads its mail has confirmed that."""

    class State(models.TextChoices):
        PENDING = "PENDING", "Not confirmed yet"
        ACTIVE = "ACTIVE", "Gets the newsletter"
        LEFT = "LEFT", "Has left"

    email = models.EmailField(unique=True)  # in small letters
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    token_sha256 = models.CharField(max_length=64, blank=True)  # of the link that was mailed last; the link itself is kept nowhere
    key = models.CharField(max_length=22, unique=True, default=make_secret)  # in every link to leave, for good
    asked_at = models.DateTimeField(db_index=True)
    confirmed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    objects = SubscriptionManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="subscription_in_small_letters"),
            models.UniqueConstraint(fields=["token_sha256"], condition=~Q(token_sha256=""), name="subscription_token_unique"),
            models.CheckConstraint(
                condition=Q(state="PENDING", confirmed_at__isnull=True)
                | Q(state="ACTIVE", confirmed_at__isnull=False, token_sha256="")
                | Q(state="LEFT", confirmed_at__isnull=False, left_at__isnull=False),
                name="subscription_state_has_its_moments",
            ),
        ]

    def __str__(self):
        return self.email

    @property
    def asked(self) -> "Consent":
        """What was agreed to when the newsletter was last asked for."""
        return self.consents.filter(event=Consent.Event.ASKED).latest()

    @property
    def headers(self) -> dict[str, str]:
        """What a mail program needs to show the list and its own button to leave it (RFC 2369, 2919, 8058)."""
        return {
            "List-Id": f"<newsletter.{settings.SITE_HOST}>",
            "List-Unsubscribe": f"<{settings.SITE_URL}{reverse('newsletters:leave', args=[self.key])}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }


class Consent(models.Model):
    """The proof of one step: what was agreed to, in the very words that were shown, or that it was taken back. Kept, and never changed."""

    class Event(models.TextChoices):
        ASKED = "ASKED", "Asked for it"
        CONFIRMED = "CONFIRMED", "Confirmed it by mail"
        WITHDRAWN = "WITHDRAWN", "Left"

    class Channel(models.TextChoices):
        LINK = "LINK", "Link in a mail"
        ONE_CLICK = "ONE_CLICK", "Button of the mail program"

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="consents")
    event = models.CharField(max_length=9, choices=Event)
    at = models.DateTimeField()
    wording = models.TextField(blank=True)
    wording_version = models.CharField(max_length=20, blank=True)
    page = models.CharField(max_length=300, blank=True)  # the path of the page whose form was used
    channel = models.CharField(max_length=9, choices=Channel, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        get_latest_by = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(event__in=["ASKED", "CONFIRMED"], channel="") & ~Q(wording="") & ~Q(wording_version="")
                | Q(event="WITHDRAWN", channel__in=["LINK", "ONE_CLICK"]),
                name="consent_says_what_or_how",
            )
        ]

    def __str__(self):
        return f"{self.get_event_display()}, {self.at:%Y-%m-%d %H:%M}"


class IssueManager(models.Manager):
    """The newsletters, one a day."""

    @transaction.atomic
    def make(self, at: datetime | None = None) -> "Issue | None":
        """Make the newsletter of the day, once its hour has struck and if there is news; of two at once one does."""
        at = at or timezone.now()
        day = timezone.localdate(at)
        if at < closing(day):
            day -= timedelta(days=1)  # a worker may be late, also past midnight
        if at - closing(day) > LATEST or self.filter(day=day).exists():
            return None
        stories = self._news(closing(day), at)
        if not stories:
            return None
        issue, is_new = self.get_or_create(day=day, defaults={"closed_at": closing(day)})
        if not is_new:
            return None
        IssueStory.objects.bulk_create(IssueStory(issue=issue, article=story, position=place) for place, story in enumerate(stories, start=1))
        return issue

    def unfinished(self):
        """Those that are still to be written to some of their readers."""
        return self.filter(written_at__isnull=True).order_by("day")

    def _news(self, closed_at: datetime, at: datetime) -> list[Article]:
        """Return the stories that readers can see and could first see since the last newsletter closed, the newest first."""
        last = self.order_by("closed_at").last()
        since = last.closed_at if last else closed_at - FIRST_WINDOW
        visible_at = Greatest("published_at", "embargoed_until")  # PostgreSQL's passes over what is empty
        stories = Article.objects.public(at).annotate(visible_at=visible_at).filter(visible_at__gt=since, visible_at__lte=closed_at)
        return list(stories.exclude(issue_stories__isnull=False).order_by("-visible_at", "-pk")[:MOST_STORIES])


class Issue(models.Model):
    """The newsletter of one day: the stories that were chosen, and how far it has been written to its readers."""

    day = models.DateField(unique=True)
    closed_at = models.DateTimeField()  # later stories, and readers who confirmed later, wait for the next one
    stories = models.ManyToManyField(Article, through="IssueStory", related_name="issues")
    written_through = models.BigIntegerField(default=0)  # the key of the last subscription that was written to
    written_at = models.DateTimeField(null=True)  # when nobody was left to write to

    objects = IssueManager()

    class Meta:
        ordering = ["-day"]

    def __str__(self):
        return f"Newsletter of {self.day}"

    def get_absolute_url(self):
        return reverse("newsletters:issue", args=[self.day.year, self.day.month, self.day.day])

    @transaction.atomic
    def write_to_next(self, number: int = BATCH) -> bool:
        """Write to the next readers, and say whether there may be more.

        The mails and how far we are change together, so whoever is killed meanwhile leaves nobody out and writes to nobody twice.
        """
        issue = Issue.objects.select_for_update().get(pk=self.pk)
        if issue.written_at:
            return False
        stories = list(issue.public_stories())
        readers = Subscription.objects.active_since(issue.closed_at).filter(pk__gt=issue.written_through).order_by("pk")
        readers = readers[:number] if stories else []
        for reader in readers:
            issue._write_to(reader, stories)
            issue.written_through = reader.pk
        issue.written_at = None if readers else timezone.now()
        issue.save(update_fields=["written_through", "written_at"])
        return not issue.written_at

    def public_stories(self):
        """The stories that readers can see now, in order: one that was withdrawn since is left out."""
        return Article.objects.public().filter(issue_stories__issue=self).select_related("section").order_by("issue_stories__position")

    def _write_to(self, reader: Subscription, stories: list[Article]) -> None:
        context = {"issue": self, "stories": stories, "others": len(stories) - 1, "key": reader.key}
        Message.objects.post("newsletter_issue", reader.email, context, reader.headers, priority=AT_LEISURE)


class IssueStory(models.Model):
    """A story's place in a newsletter."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="issue_stories")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="issue_stories")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["issue", "position"]
        verbose_name_plural = "stories"
        constraints = [
            models.UniqueConstraint(fields=["issue", "position"], name="issue_place_once"),
            models.UniqueConstraint(fields=["issue", "article"], name="issue_story_once"),
        ]

    def __str__(self):
        return f"{self.position}: {self.article}"


def closing(day: date) -> datetime:
    """Return the moment of a day at which its newsletter closes: NEWSLETTER_TIME on the publication's own clock, as UTC."""
    return timezone.make_aware(datetime.combine(day, settings.NEWSLETTER_TIME)).astimezone(UTC)
