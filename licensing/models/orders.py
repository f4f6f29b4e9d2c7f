"""Orders: what a buyer wants, what the rights desk said, and what was paid. Once placed, never deleted."""

import hashlib
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries.fields import CountryField

from licensing.money import in_words
from licensing.references import make_reference

from .accounts import Licensee
from .deciding import DecidingVerbs
from .paying import PayingVerbs, make_secret
from .placing import LicenceOrderManager, PlacingVerbs
from .states import IN_A_LINE, MOVES, State


class LicenceOrder(PlacingVerbs, DecidingVerbs, PayingVerbs, models.Model):
    """One buyer's wish to republish stories, with the quotes and the licence terms as they were shown."""

    State = State

    reference = models.CharField(max_length=9, unique=True, default=make_reference, editable=False)
    secret = models.CharField(max_length=43, unique=True, default=make_secret, editable=False)
    release_secret = models.CharField(max_length=43, unique=True, default=make_secret, editable=False)  # mailed to a registered address only
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)  # of the form that was sent, so that it orders once
    wish = models.CharField(max_length=64, db_index=True, editable=False)  # of what was written in it: the same words may be sent again
    state = models.CharField(max_length=9, choices=State)
    created_at = models.DateTimeField("ordered", default=timezone.now)
    waits_since = models.DateTimeField(default=timezone.now, editable=False)  # in this state

    # Who. A draft does not know yet.
    name = models.CharField(max_length=300)
    organisation = models.CharField(max_length=300)
    country = CountryField()
    email = models.EmailField()
    billing_address = models.TextField(max_length=500)
    order_number = models.CharField("the buyer’s own order number", max_length=60, blank=True)

    # At what price and on what terms.
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    terms_version = models.PositiveIntegerField(null=True)
    terms_text = models.TextField()

    # What the desk said, and until when an offer of it or a payment is waited for.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_reason = models.CharField(max_length=1000, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    pay_by = models.DateField(null=True, blank=True)
    release_email = models.EmailField(blank=True, editable=False)  # where the link went that takes it on account
    account = models.ForeignKey(Licensee, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")

    objects = LicenceOrderManager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "order"
        permissions = [("decide_licenceorder", "Can approve, price, decline and cancel orders")]
        indexes = [
            models.Index(Upper("email"), name="order_email"),  # as iexact asks
            models.Index(fields=["state", "waits_since"], name="order_state_waits"),
            models.Index(fields=["created_at"], name="order_created"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(condition=~Q(state="DECLINED") | ~Q(decision_reason=""), name="order_declined_with_reason"),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | ~Q(email="") & ~Q(organisation="") & Q(terms_version__isnull=False), name="order_placed_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(state="CREDITED") | Q(account__isnull=False), name="order_credited_has_account"),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("licensing:order", args=[self.secret])

    # --- How every verb begins and ends.

    def hold(self, *states: str, refusal: str = "") -> None:
        """Hold the row, so that no two verbs do the same thing twice, and refuse unless its state is one of these."""
        list(LicenceOrder.objects.select_for_update().filter(pk=self.pk).values_list("pk"))
        self.refresh_from_db()
        if states and self.state not in states:
            stands = _("This one is in the state “%(state)s”.") % {"state": self.get_state_display()}
            raise ValidationError(f"{refusal} {stands}")

    def refuse_unless_last(self, seen: int | None) -> None:
        """Refuse what was asked for on a page that is older than the log's last line."""
        if seen is not None and seen != self.last_line:
            raise ValidationError(_("Something was done about this order since you opened this page. Look at its log before you go on."))

    @property
    def last_line(self) -> int:
        """The number of the log's last line."""
        return self.events.aggregate(last=models.Max("pk"))["last"] or 0

    def note(self, words: str, by=None) -> None:
        """Write a line into the log."""
        self.events.create(state=self.state, words=words[:1500], by=by)

    def move(self, state: str, words: str, by=None, **fields) -> None:
        """Go to another state, where the way leads there, and log it."""
        if state not in MOVES[self.state]:
            wrong = _("An order that is in the state “%(state)s” cannot become “%(next)s”.")
            raise ValidationError(wrong % {"state": self.get_state_display(), "next": State(state).label})
        self.state, self.waits_since = state, timezone.now()
        for field, value in fields.items():
            setattr(self, field, value)
        self.save(update_fields=["state", "waits_since", *fields])
        self.note(words, by)

    # --- Money: what is due, what came in, what went back.

    @property
    def paid(self) -> Decimal:
        """All that came in."""
        return sum((payment.amount for payment in self.payments.all()), Decimal(0))

    @property
    def refunded(self) -> Decimal:
        """All that went back."""
        return sum((refund.amount for refund in self.refunds.all()), Decimal(0))

    @property
    def due(self) -> Decimal:
        """What the buyer has to have paid in all, as things stand."""
        if self.state in {State.DRAFT, State.REQUESTED, State.OFFERED, State.DECLINED}:
            return Decimal(0)
        return sum((story.due for story in self.stories.all()), Decimal(0))

    @property
    def owed(self) -> Decimal:
        """What is still to come in."""
        return max(self.due - self.paid + self.refunded, Decimal(0))

    @property
    def surplus(self) -> Decimal:
        """What came in beyond what is due, and has to go back."""
        return max(self.paid - self.refunded - self.due, Decimal(0))

    # --- Looks

    @property
    def live(self) -> list:
        """The stories that are not cancelled."""
        return [story for story in self.stories.all() if not story.cancelled_at]

    @property
    def problem(self) -> str:
        """Why a story of it can no longer be licensed as it was ordered, in a sentence for the desk; "" while all can."""
        from .stories import Known

        stories = self.live
        known = Known.of(stories)
        return next((problem for story in stories if (problem := story.problem(known=known))), "")

    @property
    def is_open(self) -> bool:
        """Whether the desk has still to name a price."""
        return any(story.is_open for story in self.live)

    @property
    def valid_until(self) -> date | None:
        """The day until which the quotes of a draft hold."""
        return min((story.valid_until for story in self.stories.all()), default=None)

    @property
    def has_expired(self) -> bool:
        return bool(self.valid_until and self.valid_until < timezone.localdate())

    @property
    def offered(self) -> str:
        """The desk's offer as the form sends it back, so that nobody takes what they did not see: every price, the reason and the day."""
        prices = [f"{story.pk} {story.fee}" for story in self.stories.all()]
        return hashlib.sha256("\n".join([*prices, str(self.answer_by), self.decision_reason]).encode()).hexdigest()

    @property
    def price(self) -> str:
        return in_words(self.total, self.currency)

    @property
    def state_in_a_line(self) -> str:
        """Its state as it is written behind the day of the order."""
        return str(IN_A_LINE[State(self.state)])

    @property
    def as_shown(self) -> str:
        """What tells a draft as its buyer saw it from what it became since: each change of a story is a row of its own."""
        return f"{self.total}-{'-'.join(str(story.pk) for story in self.stories.all())}"

    @property
    def headline(self) -> str:
        """What it is for, in a line: the first headline of its stories, and how many more there are; "" where none may be said any more."""
        stories = self.stories.all()
        name = next((story.headline for story in stories if story.headline), "")
        if not name or len(stories) < 2:
            return name
        more = ngettext("%(headline)s and %(number)s more", "%(headline)s and %(number)s more", len(stories) - 1)
        return more % {"headline": name, "number": len(stories) - 1}
