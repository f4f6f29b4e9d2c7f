"""What stands under an order: the money that came in, the money that went back, and the log. Never changed, never deleted."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licensing.money import in_words, rounded

from .orders import LicenceOrder

LEAST = MinValueValidator(Decimal("0.01"))


class Movement(models.Model):
    """Money that moved. `key` names the form that recorded it, so that the form sent twice records once."""

    amount = models.DecimalField(max_digits=14, decimal_places=2, validators=[LEAST])
    key = models.CharField(max_length=64, unique=True, editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["pk"]

    def clean(self):
        """Refuse what no bank moves."""
        if self.amount and (not self.amount.is_finite() or self.amount.adjusted() > 12):
            raise ValidationError({"amount": _("That is no amount of money.")})
        if self.amount and self.amount != rounded(self.amount, self.order.currency):
            raise ValidationError({"amount": _("%(currency)s has no such coin.") % {"currency": self.order.currency}})
        if self.moved_on and self.moved_on > timezone.localdate():
            raise ValidationError({self.day_field: _("That day is still to come.")})
        if self.moved_on and self.moved_on < timezone.localdate(self.order.created_at):
            early = _("The order was placed after that, on %(day)s.") % {"day": date_format(timezone.localdate(self.order.created_at))}
            raise ValidationError({self.day_field: early})

    @property
    def moved_on(self):
        return getattr(self, self.day_field)

    def __str__(self):
        return _("%(amount)s on %(day)s") % {"amount": in_words(self.amount, self.order.currency), "day": date_format(self.moved_on)}


class Payment(Movement):
    """Money that came in for an order, as it came: too little, too much or twice."""

    order = models.ForeignKey(LicenceOrder, on_delete=models.PROTECT, related_name="payments")
    received_on = models.DateField(help_text="The day of the bank statement.")
    day_field = "received_on"

    class Meta(Movement.Meta):
        permissions = [("record_payment", "Can record a payment and so issue a licence")]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive")]


class Refund(Movement):
    """Money that we sent back."""

    order = models.ForeignKey(LicenceOrder, on_delete=models.PROTECT, related_name="refunds")
    sent_on = models.DateField(help_text="The day of the bank statement.")
    reason = models.CharField(max_length=1000, help_text="The buyer reads it.")
    day_field = "sent_on"

    class Meta(Movement.Meta):
        permissions = [("record_refund", "Can record money that was sent back, and cancel what was sold")]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive")]

    def clean(self):
        super().clean()
        if self.amount and self.amount > self.order.surplus:
            left = in_words(self.order.surplus, self.order.currency)
            wrong = _("Only %(amount)s of what came in is too much. Cancel what is not wanted any more first.")
            raise ValidationError({"amount": wrong % {"amount": left}})


class OrderEvent(models.Model):
    """A line of an order's log."""

    order = models.ForeignKey(LicenceOrder, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9)  # of the order, from then on
    words = models.CharField(max_length=1500)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.words
