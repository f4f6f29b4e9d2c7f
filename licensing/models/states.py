"""The states of an order, and the ways between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Worded(models.TextChoices):
    """Choices that are printed in the publication's words, and compared by their own."""

    def __str__(self):
        return str(self.label)


class State(models.TextChoices):
    """Where an order stands."""

    DRAFT = "DRAFT", pgettext_lazy("order", "Draft")
    REQUESTED = "REQUESTED", _("Waits for the desk")
    OFFERED = "OFFERED", _("Waits for the buyer’s answer")
    ACCEPTED = "ACCEPTED", _("Waits for payment")
    CREDITED = "CREDITED", _("Licensed, on account")
    PAID = "PAID", pgettext_lazy("order", "Paid")
    DECLINED = "DECLINED", pgettext_lazy("order", "Declined")
    CANCELLED = "CANCELLED", pgettext_lazy("order", "Cancelled")


IN_A_LINE = {  # after the day of the order
    State.DRAFT: pgettext_lazy("order, in a line", "draft"),
    State.REQUESTED: pgettext_lazy("order, in a line", "waits for the desk"),
    State.OFFERED: pgettext_lazy("order, in a line", "waits for the buyer’s answer"),
    State.ACCEPTED: pgettext_lazy("order, in a line", "waits for payment"),
    State.CREDITED: pgettext_lazy("order, in a line", "licensed, on account"),
    State.PAID: pgettext_lazy("order, in a line", "paid"),
    State.DECLINED: pgettext_lazy("order, in a line", "declined"),
    State.CANCELLED: pgettext_lazy("order, in a line", "cancelled"),
}

MOVES = {
    State.DRAFT: {State.REQUESTED, State.ACCEPTED},
    State.REQUESTED: {State.OFFERED, State.ACCEPTED, State.DECLINED, State.CANCELLED},
    State.OFFERED: {State.ACCEPTED, State.DECLINED, State.CANCELLED},
    State.ACCEPTED: {State.PAID, State.CREDITED, State.DECLINED, State.CANCELLED},
    State.CREDITED: {State.PAID, State.CANCELLED},
    State.PAID: {State.CANCELLED},
    State.DECLINED: set(),
    State.CANCELLED: set(),
}
