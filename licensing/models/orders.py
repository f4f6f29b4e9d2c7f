"""Orders: what a buyer asked for, what the rights desk said, and what was paid. Never deleted."""

import secrets
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django_countries.fields import CountryField

from articles.models import Article, Image
from articles.terms import Syndication
from licensing import mails
from licensing.money import in_words
from licensing.references import make_reference

from .cards import RateCard
from .placing import SELLABLE, LicenceOrderManager


def make_secret() -> str:
    """Return the unguessable part of an order's address (256 bits)."""
    return secrets.token_urlsafe(32)


class LicenceOrder(models.Model):
    """One buyer's wish to republish one story, with the quote and the licence terms as they were shown. The order is never deleted."""

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", "Waits for the desk"
        ACCEPTED = "ACCEPTED", "Waits for payment"
        DECLINED = "DECLINED", "Declined"
        PAID = "PAID", "Paid"

    reference = models.CharField(max_length=9, unique=True, default=make_reference, editable=False)
    secret = models.CharField(max_length=43, unique=True, default=make_secret, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)  # of the form that was sent, so that it orders once
    wish = models.CharField(max_length=64, db_index=True, editable=False)  # of what was written in it: the same words may be sent again
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="licence_orders", verbose_name="story")
    state = models.CharField(max_length=9, choices=State)
    created_at = models.DateTimeField("ordered", default=timezone.now)

    # What for, in the card's words of the day.
    medium = models.CharField(max_length=60)
    territory = models.CharField(max_length=120)
    term = models.CharField(max_length=60)
    months = models.PositiveSmallIntegerField(null=True)  # none: without end
    audience = models.CharField(max_length=60)
    with_pictures = models.BooleanField()

    # Who.
    name = models.CharField(max_length=120)
    organisation = models.CharField(max_length=160)
    country = CountryField()
    email = models.EmailField()
    billing_address = models.TextField(max_length=500)
    order_number = models.CharField("the buyer’s own order number", max_length=60, blank=True)

    # At what price and on what terms.
    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="orders")
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    terms_version = models.PositiveIntegerField()
    terms_text = models.TextField()

    # What the desk said.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_reason = models.CharField(max_length=1000, blank=True)

    objects = LicenceOrderManager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "order"
        permissions = [("decide_licenceorder", "Can approve and decline orders")]
        indexes = [models.Index(Upper("email"), name="order_email")]  # as iexact asks
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["REQUESTED", "ACCEPTED", "DECLINED", "PAID"]), name="order_state"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(condition=~Q(state="DECLINED") | ~Q(decision_reason=""), name="order_declined_with_reason"),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("licensing:order", args=[self.secret])

    # --- Verbs. Each holds the order's row, so that two of the desk never do the same thing twice.

    @transaction.atomic
    def approve(self, by=None) -> None:
        """Say yes to a request: the buyer is told how to pay."""
        self._lock(self.State.REQUESTED, "Only an order that waits for the desk can be approved.")
        self._refuse_unless_sellable()
        self._decide(self.State.ACCEPTED, "", by)
        mails.tell_buyer_of_approval(self)
        self.settle()

    @transaction.atomic
    def decline(self, reason: str, by=None, seen: str = "", is_sent_back: bool = False) -> None:
        """Say no, with a reason that the buyer reads; where money has come in, only once it is on its way back.

        `seen` is the state that the desk saw: what was approved meanwhile is not declined by a page that was opened before.
        """
        self._lock(self.State.REQUESTED, self.State.ACCEPTED, "Only an order that waits for the desk or for its payment can be declined.")
        if seen and seen != self.state:
            raise ValidationError("Somebody has decided about this order meanwhile. Look at it again before you go on.")
        if self.paid and not is_sent_back:
            raise ValidationError(f"{in_words(self.paid, self.currency)} has come in for this order. Send it back first, and say so here.")
        if not reason.strip():
            raise ValidationError("Say why: the buyer reads it.")
        self._decide(self.State.DECLINED, reason.strip(), by)
        mails.tell_buyer_of_refusal(self)

    @transaction.atomic
    def record_payment(self, amount: Decimal, received_on: date, paid_before: Decimal, by=None):
        """Note money that came in by bank transfer; once the whole price is there, the licence is issued.

        `paid_before` is what had been paid when the desk looked: a second clerk who notes the same transfer is refused.
        """
        self._lock(self.State.ACCEPTED, "Only an order that waits for its payment can be marked paid.")
        if self.paid != paid_before:
            raise ValidationError("Somebody has recorded a payment for this order meanwhile. Look at it again before you go on.")
        self._refuse_unless_sellable()
        payment = self.payments.model(order=self, amount=amount, received_on=received_on, recorded_by=by)
        payment.full_clean()
        payment.save()
        self.settle()
        return payment

    def settle(self) -> None:
        """Issue the licence if nothing is owed any more; the row is locked by the verb that calls this."""
        if self.state == self.State.ACCEPTED and not self.owed:
            self.state = self.State.PAID
            self.save(update_fields=["state"])
            mails.tell_buyer_of_licence(self, self.issue_licence())

    def issue_licence(self, at: datetime | None = None):
        """Make the licence of a paid order, for the story as it stands; it runs from that day."""
        from .licences import Licence

        return Licence.objects.issue(self, at or timezone.now())

    def _lock(self, *expected) -> None:
        """Hold the row, and refuse (the last argument says so) unless its state is one of the others."""
        *states, refusal = expected
        list(LicenceOrder.objects.select_for_update().filter(pk=self.pk).values_list("pk"))
        self.refresh_from_db()
        if self.state not in states:
            raise ValidationError(f"{refusal} This one is in the state “{self.get_state_display()}”.")

    def _refuse_unless_sellable(self) -> None:
        """Refuse to sell what was withdrawn, or made NONE, since it was ordered. Holds the story meanwhile."""
        list(Article.objects.select_for_update().filter(pk=self.article_id).values_list("pk"))
        if problem := self.problem:
            raise ValidationError(f"{problem} Decline the order; send back what was paid.")

    def _decide(self, state: str, reason: str, by) -> None:
        self.state, self.decision_reason, self.decided_by, self.decided_at = state, reason, by, timezone.now()
        self.save(update_fields=["state", "decision_reason", "decided_by", "decided_at"])

    # --- Properties

    @property
    def problem(self) -> str:
        """Why the story can no longer be licensed as it was ordered, in a sentence for the desk; "" while it can."""
        story = Article.objects.public().select_related("source").filter(pk=self.article_id).first()
        if not story:
            return "The story is no longer in print, so it cannot be licensed."
        if story.terms not in SELLABLE:
            return f"The story’s terms are now “{story.terms.label}”, so it cannot be licensed."
        lost = [str(image) for image in self.pictures if story.terms_of(image) == Syndication.NONE]
        return f"A picture of this order is not ours to sell any more: {'; '.join(lost)}. The buyer can order without it." if lost else ""

    @property
    def paid(self) -> Decimal:
        """What has come in so far."""
        return self.payments.aggregate(paid=models.Sum("amount"))["paid"] or Decimal(0)

    @property
    def owed(self) -> Decimal:
        """What is still to come in."""
        return max(self.total - self.paid, Decimal(0))

    @property
    def price(self) -> str:
        return in_words(self.total, self.currency)

    @cached_property
    def headline(self) -> str:
        """The story's headline; "" where it must not be said any more."""
        return self.article.headline if Article.objects.nameable().filter(pk=self.article_id).exists() else ""

    @property
    def pictures(self) -> list[Image]:
        """The pictures that go with the story."""
        return [line.image for line in self.lines.select_related("image") if line.image and not line.is_left_out]
