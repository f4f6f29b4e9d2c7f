"""Licences: the right to republish a story, and the proof of it."""

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from articles.models import Article, Image, Revision
from licensing import mails
from licensing.facts import LicenceFacts, LicensedPicture
from licensing.proof import signing
from licensing.quotes import Quote, last_day, make_quote
from licensing.references import make_reference

from .cards import RateCard
from .orders import LicenceOrder
from .placing import SELLABLE
from .states import Worded
from .stories import OrderedStory


class LicenceQuerySet(models.QuerySet):
    """Licences."""

    def in_force(self, day: date | None = None):
        """Those under which a story may be republished on a day (today)."""
        day = day or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day, revoked_at=None)

    def standing(self, day: date | None = None):
        """Those in force, and those that will be."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day or timezone.localdate()), revoked_at=None)


class LicenceManager(models.Manager.from_queryset(LicenceQuerySet)):
    """Licences, one for each story of a paid order."""

    def issue(self, story: OrderedStory, at: datetime) -> "Licence":
        """Make and sign the licence of an ordered story, bound to its latest revision; the order and the story are held by a verb."""
        starts_on, order = story.starts_on(timezone.localdate(at)), story.order
        licence = self.create(
            order=order, story=story, article=story.article, revision=story.article.revisions.printed().last(), issued_at=at,
            organisation=order.organisation, country=order.country, medium=story.medium, territory=story.territory, term=story.term,
            audience=story.audience, starts_on=starts_on, ends_on=last_day(starts_on, story.months), fee=story.fee, currency=order.currency,
            pictures=[_picture(image) for image in story.pictures],
        )  # fmt: skip
        licence.sign()
        licence.pack_soon()
        return licence


class Licence(models.Model):
    """The right of one organisation to republish one story as it stood in one revision. What it says never changes; it can be revoked."""

    class Standing(Worded):
        IN_FORCE = "In force", pgettext_lazy("licence", "In force")
        NOT_BEGUN = "Not begun", pgettext_lazy("licence", "Not begun")
        ENDED = "Ended", pgettext_lazy("licence", "Ended")
        REVOKED = "Revoked", pgettext_lazy("licence", "Revoked")

    reference = models.CharField(max_length=9, unique=True, default=make_reference, editable=False)
    order = models.ForeignKey(LicenceOrder, on_delete=models.PROTECT, related_name="licences")
    story = models.ForeignKey(OrderedStory, on_delete=models.PROTECT, related_name="licences", verbose_name="as ordered")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="licences", verbose_name="story")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="licences")
    issued_at = models.DateTimeField()
    organisation = models.CharField("licensee", max_length=300)
    country = CountryField()
    medium = models.CharField(max_length=60)
    territory = models.CharField(max_length=120)
    term = models.CharField(max_length=60)
    audience = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day; none means without end.")
    fee = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    pictures = models.JSONField(default=list, editable=False)  # short id, alt text, credit, holder and SHA-256 of the file, as they were
    jws = models.TextField(editable=False)  # the licence as it was signed
    revoked_at = models.DateTimeField(null=True, editable=False)
    revocation_reason = models.CharField(max_length=1000, blank=True, editable=False)

    objects = LicenceManager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        permissions = [("revoke_licence", "Can revoke a licence")]
        constraints = [
            models.UniqueConstraint(fields=["story"], name="licence_once_an_ordered_story"),
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="licence_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(revoked_at=None) | ~Q(revocation_reason=""), name="licence_revoked_with_reason"),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("licensing:licence", args=[self.reference])

    # --- Verbs

    def sign(self) -> None:
        """Sign what it says, once; the public key is kept for whoever checks it later."""
        from .keys import PublicKey

        if not self.jws:
            self.jws = signing.sign_licence(self.facts)
            self.save(update_fields=["jws"])
            PublicKey.objects.keep()

    def pack_soon(self) -> None:
        """Have a job make the package, once the change that asks for it is committed."""
        from licensing.tasks import pack
        from newsroom.jobs import defer

        defer(pack, licence=self.pk)

    @transaction.atomic
    def revoke(self, reason: str, by=None, tell: bool = True) -> None:
        """End it before its day, with a reason that the licensee reads; that it ended, and when, stays on its page."""
        self.order.hold()  # the order before its licence, as when a story of it is cancelled
        locked = Licence.objects.select_for_update().get(pk=self.pk)
        if locked.revoked_at:
            raise ValidationError(_("This licence is revoked already."))
        if not reason.strip():
            raise ValidationError(_("Say why: the licensee reads it."))
        self.revoked_at, self.revocation_reason = timezone.now(), reason.strip()
        self.save(update_fields=["revoked_at", "revocation_reason"])
        self.order.note(_("Licence %(licence)s is revoked: %(reason)s") % {"licence": self, "reason": reason.strip()}, by)
        if tell:
            mails.tell_licensee_of_revocation(self)

    def renewal(self, card: RateCard) -> Quote | None:
        """Price the same use by today's card, from the day on which this one ends; None where that is not on offer any more."""
        choice = self.story.choice_on(card)
        story = Article.objects.public().for_licensing().filter(pk=self.article_id).first()
        if not choice or not story or story.terms not in SELLABLE or not self.ends_on or self.revoked_at:
            return None
        return make_quote(card, story, choice, max(timezone.localdate(), self.ends_on + timedelta(days=1)))

    # --- What it says

    def is_in_force(self, day: date | None = None) -> bool:
        """Whether the story may be republished under it on a day (today)."""
        day = day or timezone.localdate()
        return not self.revoked_at and self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def state(self) -> Standing:
        """In force, not begun, ended or revoked."""
        today = timezone.localdate()
        if self.revoked_at:
            return self.Standing.REVOKED
        if today < self.starts_on:
            return self.Standing.NOT_BEGUN
        return self.Standing.ENDED if self.ends_on and self.ends_on < today else self.Standing.IN_FORCE

    @cached_property
    def headline(self) -> str:
        """The headline that was licensed; "" where it must not be said any more."""
        return self.revision.story["headline"] if Article.objects.nameable().filter(pk=self.article_id).exists() else ""

    @property
    def corrected_revision(self) -> Revision | None:
        """The text that stands in print now, where it was corrected since it was licensed; None where it was not, or was withdrawn."""
        notice = self.notices.filter(is_superseded=False, revision__isnull=False).select_related("revision").last()
        return notice.revision if notice and notice.kind == "CORRECTED" else None

    def facts_with(self, snapshot: dict) -> LicenceFacts:
        """Return all that it says, with its pictures where they stand in another text of the story; those that have left it are left out."""
        return replace(self.facts, pictures=tuple(self._licensed_pictures(snapshot)))

    @property
    def files_link(self) -> str:
        """A signed address that leads to its files for two weeks."""
        from .deliveries import Package

        return Package(licence=self, revision=self.corrected_revision or self.revision).link

    @property
    def facts(self) -> LicenceFacts:
        """All that it says, as plain values."""
        snapshot, order, story = self.revision.story, self.order, self.story
        source = self.article.source
        return LicenceFacts(
            reference=self.reference, url=settings.SITE_URL + self.get_absolute_url(), issued_at=self.issued_at,
            licensor=settings.PUBLICATION_NAME, licensor_url=f"{settings.SITE_URL}/", licensee=self.organisation, country=self.country.code,
            short_id=snapshot["short_id"], headline=snapshot["headline"], byline=", ".join(row["name"] for row in snapshot["byline"]),
            story_url=settings.SITE_URL + reverse("articles:short", args=[snapshot["short_id"]]),
            first_published_on=timezone.localdate(datetime.fromisoformat(snapshot["published_at"])),
            source=source.name if source else settings.PUBLICATION_NAME,
            revision=self.revision.number, revision_sha256=self.revision.sha256,
            medium=story.medium_key, medium_words=self.medium, territory_words=self.territory, countries=tuple(story.countries),
            term_words=self.term, starts_on=self.starts_on, ends_on=self.ends_on,
            audience_words=self.audience, most_readers=story.most_readers,
            portion_words=story.portion or "The whole text", most_words=story.most_words, may_translate=story.may_translate,
            pictures=tuple(self._licensed_pictures(snapshot)),
            fee=self.fee, currency=self.currency,
            terms_url=settings.SITE_URL + reverse("licensing:terms", args=[order.terms_version]), terms_version=order.terms_version,
            terms_sha256=hashlib.sha256(order.terms_text.encode()).hexdigest(),
        )  # fmt: skip

    def _licensed_pictures(self, snapshot: dict) -> list[LicensedPicture]:
        """Return the licensed pictures as they stand in a text, each with its number and caption there."""
        figures = {figure["picture"]["short_id"]: figure for figure in reversed(snapshot["figures"]) if figure["picture"]}
        rows = [(figures[row["short_id"]], row) for row in self.pictures if row["short_id"] in figures]
        return [LicensedPicture(number=figure["position"], caption=figure["caption"], **row) for figure, row in rows]


def _picture(image: Image) -> dict:
    """Return what is kept of a picture in its licence."""
    with image.file.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "short_id": image.short_id,
        "alt_text": image.alt_text,
        "credit": image.credit,
        "holder": image.copyright_holder,
        "sha256": sha256,
    }
