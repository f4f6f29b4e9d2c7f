"""Licensees that the desk knows: who may take licences on account."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class LicenseeQuerySet(models.QuerySet):
    """Licensees."""

    def with_account(self, email: str):
        """Return the one whose registered address this is and that may buy on account, or None."""
        return self.filter(email__iexact=email, credit_limit__gt=0).first()


class Licensee(models.Model):
    """An organisation that the desk has recorded, with the address it is registered under and what it may owe us."""

    organisation = models.CharField(max_length=300)
    email = models.EmailField("registered address", help_text="Links that release a licence on account go there, and nowhere else.")
    credit_limit = models.DecimalField(
        max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)], help_text="The most it may owe at a time; 0 for no account."
    )
    payment_days = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(1)], help_text="In how many days it pays.")
    note = models.CharField(max_length=1000, blank=True, help_text="Who agreed to it, and when.")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = LicenseeQuerySet.as_manager()

    class Meta:
        ordering = ["organisation"]
        constraints = [
            models.UniqueConstraint(Upper("email"), name="licensee_email_unique", violation_error_message=_("Another licensee has this address.")),
            models.CheckConstraint(condition=Q(credit_limit__gte=0), name="licensee_limit_not_negative"),
        ]

    def __str__(self):
        return self.organisation

    @property
    def outstanding(self) -> Decimal:
        """What it owes for licences that it took on account."""
        return sum((order.owed for order in self.orders.on_account().with_money()), Decimal(0))
