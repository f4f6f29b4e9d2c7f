"""What stands under an order: the lines of its quote, and the money that came in for it."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models import Image
from licensing.money import in_words, rounded

from .orders import LicenceOrder


class QuoteLine(models.Model):
    """A line of the quote that an order was placed with."""

    order = models.ForeignKey(LicenceOrder, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    image = models.ForeignKey(Image, on_delete=models.PROTECT, null=True, related_name="quote_lines")
    is_left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="quote_line_position_unique")]

    def __str__(self):
        return self.reason

    @property
    def in_words(self) -> str:
        return in_words(self.amount, self.order.currency)


class Payment(models.Model):
    """Money that came in for an order. Never changed, never deleted."""

    order = models.ForeignKey(LicenceOrder, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))])
    received_on = models.DateField(help_text="The day of the bank statement.")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        permissions = [("record_payment", "Can record a payment and so issue a licence")]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive")]

    def __str__(self):
        return f"{in_words(self.amount, self.order.currency)} on {self.received_on:%d %B %Y}"

    def clean(self):
        """Refuse what is no payment of this order: a day that is wrong, and more than is owed, for what is too much has to go back."""
        if self.received_on and self.received_on > timezone.localdate():
            raise ValidationError({"received_on": "That day is still to come."})
        if self.received_on and self.received_on < timezone.localdate(self.order.created_at):
            raise ValidationError({"received_on": f"The order was placed after that, on {timezone.localdate(self.order.created_at):%d %B %Y}."})
        if self.amount and self.amount != rounded(self.amount, self.order.currency):
            raise ValidationError({"amount": f"{self.order.currency} has no such coin."})
        if self.amount and self.amount > self.order.owed:
            owed = in_words(self.order.owed, self.order.currency)
            raise ValidationError({"amount": f"Only {owed} is owed. Record that, and send the rest back."})
