"""The states of an order, and the ways between them."""

from django.db import models


class State(models.TextChoices):
    """Where an order stands."""

    DRAFT = "DRAFT", "Draft"
    REQUESTED = "REQUESTED", "Waits for the desk"
    OFFERED = "OFFERED", "Waits for the buyer’s answer"
    ACCEPTED = "ACCEPTED", "Waits for payment"
    CREDITED = "CREDITED", "Licensed, on account"
    PAID = "PAID", "Paid"
    DECLINED = "DECLINED", "Declined"
    CANCELLED = "CANCELLED", "Cancelled"


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
