"""The life of a licence: what its licensee has to be told after it was issued, and whether they have seen it."""

from datetime import date, timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Revision
from licensing import mails

from .licences import Licence
from .stories import OrderedStory

BEFORE_THE_END = (30, 7)  # days
TELLING = (Revision.Event.CORRECTED, Revision.Event.WITHDRAWN, Revision.Event.PUBLISHED)


class NoticeManager(models.Manager):
    """Notices; what has to be told is found by looking, so that nothing is missed while nobody looks."""

    def tell_of_changes(self) -> int:
        """Tell licensees in force of each correction and withdrawal of their story since it was licensed; return how many were told."""
        newer = Revision.objects.filter(_is_seen(), article=OuterRef("article"), event__in=TELLING, number__gt=OuterRef("revision__number"))
        untold = newer.exclude(notices__licence=OuterRef("pk"))
        licences = Licence.objects.standing().filter(Exists(untold)).select_related("order", "revision", "article")
        return sum(self._tell_of_changes_to(licence) for licence in licences.iterator(chunk_size=200))

    @transaction.atomic
    def _tell_of_changes_to(self, licence: Licence) -> int:
        if not Licence.objects.standing().select_for_update().filter(pk=licence.pk).exists():
            return 0  # revoked a moment ago
        newer = Revision.objects.filter(_is_seen(), article=licence.article_id, event__in=TELLING, number__gt=licence.revision.number)
        untold = list(newer.exclude(notices__licence=licence).order_by("number"))
        if not untold:
            return 0
        kind = Notice.Kind.WITHDRAWN if untold[-1].event == Revision.Event.WITHDRAWN else Notice.Kind.CORRECTED
        for earlier in untold[:-1]:  # several at once are told once, as things stand in the end
            self.create(licence=licence, kind=kind, revision=earlier, is_superseded=True)
        self.filter(licence=licence, acknowledged_at=None, kind__in=[Notice.Kind.CORRECTED, Notice.Kind.WITHDRAWN]).update(is_superseded=True)
        notice = self.create(licence=licence, kind=kind, revision=untold[-1])
        if kind == Notice.Kind.CORRECTED:
            licence.pack_soon()
        mails.tell_licensee_of_change(notice)
        return 1

    def tell_of_ends(self, day: date | None = None) -> int:
        """Remind licensees before their licence ends, and tell them to take the story down once it has; return how many were told."""
        day = day or timezone.localdate()
        told = 0
        for days in sorted(BEFORE_THE_END):  # the nearest first: whoever has so few days left is not told of more
            soon = Licence.objects.standing(day).filter(ends_on__lte=day + timedelta(days=days))
            if days > min(BEFORE_THE_END):
                soon = soon.exclude(story__months__lte=1)  # a licence for a month has so few days left from the first
            reminded = self.filter(licence=OuterRef("pk"), kind=Notice.Kind.ENDING, days__lte=days)
            told += self._tell_each(soon.exclude(Exists(reminded)).exclude(Exists(_renewals())), Notice.Kind.ENDING, days)
        ended = Licence.objects.filter(ends_on__lt=day, revoked_at=None)
        known = self.filter(licence=OuterRef("pk"), kind=Notice.Kind.ENDED)
        followed = _renewals().filter(licences__revoked_at=None, licences__isnull=False)  # one that was not paid yet is no licence
        return told + self._tell_each(ended.exclude(Exists(known)).exclude(Exists(followed)), Notice.Kind.ENDED, 0)

    def _tell_each(self, licences, kind: str, days: int) -> int:
        told = 0
        for licence in licences.select_related("order", "revision", "article").iterator(chunk_size=200):
            with transaction.atomic():
                Licence.objects.select_for_update().get(pk=licence.pk)
                notice, is_new = self.get_or_create(licence=licence, kind=kind, days=days)
                if is_new:
                    mails.tell_licensee_of_end(notice)
                    told += 1
        return told


def _is_seen() -> Q | Exists:
    """Return what tells a change that readers see from one that waits for its moment, such as a story that is to come back tomorrow."""
    return Q(event=Revision.Event.WITHDRAWN) | Exists(Article.objects.public().filter(pk=OuterRef("article")))


def _renewals():
    """Return the stories of orders that renew a licence of an outer query."""
    return OrderedStory.objects.renewing(OuterRef("pk"))


class Notice(models.Model):
    """Something that a licensee was told: a correction or withdrawal of their story, or the end of their licence."""

    class Kind(models.TextChoices):
        CORRECTED = "CORRECTED", _("Corrected")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        ENDING = "ENDING", _("Ends soon")
        ENDED = "ENDED", _("Has ended")

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=9, choices=Kind)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="notices")  # which change
    days = models.PositiveSmallIntegerField(null=True)  # how long before the end
    told_at = models.DateTimeField(auto_now_add=True)
    acknowledged_at = models.DateTimeField(null=True)
    is_superseded = models.BooleanField(default=False)  # a later one says what holds

    objects = NoticeManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["licence", "revision"], condition=models.Q(revision__isnull=False), name="notice_once_a_change"),
            models.UniqueConstraint(fields=["licence", "kind", "days"], condition=models.Q(days__isnull=False), name="notice_once_an_end"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.licence}"

    def acknowledge(self) -> None:
        """Note that the licensee has seen it; the first time counts."""
        Notice.objects.filter(pk=self.pk, acknowledged_at=None).update(acknowledged_at=timezone.now())
