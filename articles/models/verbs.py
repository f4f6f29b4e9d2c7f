"""What the newsroom does with a story: its verbs."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import Truncator

from articles import body
from articles.slugs import free_slug, make_slug

from .addresses import FormerAddress
from .record import Correction, Revision
from .story_sets import Status

SUMMARY = 30  # words


class Verbs:
    """A story's verbs. Each writes the whole row, keeps a Revision, and holds the row's lock meanwhile."""

    @transaction.atomic
    def publish(self, at: datetime | None = None, by=None) -> None:
        """Put the story in print at a moment (the one already set, else now); one to come schedules it."""
        if self._locked_status() == Status.PUBLISHED and type(self).objects.public().filter(pk=self.pk).exists():
            raise ValidationError("This story is in print already. Correct it instead.")
        self.published_at = at or self.published_at or max(timezone.now(), self.embargoed_until or timezone.now())
        self.status = Status.PUBLISHED
        self.withdrawn_at, self.withdrawal_reason, self.is_legal_takedown = None, "", False
        self._settle_address()
        self._print(Revision.Event.PUBLISHED, by)

    @transaction.atomic
    def correct(self, text: str, kind: str = Correction.Kind.CORRECTION, by=None, at: datetime | None = None) -> Correction:
        """Put what has changed in print, and say so under the story."""
        if self._locked_status() != Status.PUBLISHED:
            raise ValidationError("Only a story in print can be corrected.")
        self.updated_at = at or timezone.now()
        correction = Correction(article=self, text=text.strip(), kind=kind, made_at=self.updated_at)
        correction.full_clean()
        correction.save()
        self._print(Revision.Event.CORRECTED, by)
        return correction

    @transaction.atomic
    def withdraw(self, reason: str, is_legal_takedown: bool = False, by=None, at: datetime | None = None) -> None:
        """Take the story out of print; its address stays and says why."""
        if self._locked_status() != Status.PUBLISHED:
            raise ValidationError("Only a story in print can be withdrawn.")
        self.refresh_from_db()  # what is withdrawn is what is in print, whoever corrected it meanwhile
        if not reason.strip():
            raise ValidationError("Say why the story is withdrawn: readers are told.")
        self.status = Status.WITHDRAWN
        self.withdrawn_at, self.withdrawal_reason, self.is_legal_takedown = at or timezone.now(), reason.strip(), is_legal_takedown
        self._print(Revision.Event.WITHDRAWN, by)

    @transaction.atomic
    def move(self, slug: str | None = None, published_at: datetime | None = None, by=None) -> None:
        """Give a story that has been in print another slug or date; its old address leads to the new one."""
        self._locked_status()
        old = type(self).objects.get(pk=self.pk)
        if not old.has_address:
            raise ValidationError("This story was never in print: it has no address yet.")
        self.slug, self.published_at = slug or old.slug, published_at or old.published_at
        self._settle_address()
        self.save(update_fields=["slug", "published_at", "published_on"])
        Revision.objects.note(self, by)

    def _locked_status(self) -> str:
        return type(self).objects.select_for_update().values_list("status", flat=True).get(pk=self.pk)

    def _settle_address(self) -> None:
        """Find the story's day and a slug that is free on it; an address that readers may know leads to the new one."""
        self.published_on = timezone.localdate(self.published_at)
        with connection.cursor() as cursor:  # twins of one day get their slugs one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [self.published_on.toordinal()])
        wanted = self.slug or make_slug(self.headline, self.short_id)
        others = type(self).objects.filter(published_on=self.published_on).exclude(pk=self.pk)
        left = FormerAddress.objects.filter(published_on=self.published_on).exclude(article=self)
        self.slug = free_slug(wanted, others, left)
        old = type(self).objects.get(pk=self.pk)
        if old.has_address and (old.published_on, old.slug) != (self.published_on, self.slug):
            FormerAddress.objects.update_or_create(published_on=old.published_on, slug=old.slug, defaults={"article": self})

    def _print(self, event: str, by) -> None:
        """Write what readers see and search, and keep it as a Revision."""
        self.byline = "; ".join(str(contribution) for contribution in self.contributions.select_related("author"))
        figures = self.figures.select_related("image")
        self.captions = "\n".join(f"{figure.caption} {figure.image.credit if figure.image else ''}".strip() for figure in figures)
        self.full_clean()
        text = body.plain_text(self.body)
        self.summary = self.standfirst or Truncator(text).words(SUMMARY).replace("\n", " ")[:600]
        self.word_count = len(text.split())
        self.save()
        Revision.objects.keep(self, event, by)
