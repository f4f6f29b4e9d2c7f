"""The rights desk's hands: who it is, where its buttons are, and pressing them."""

from django.utils import timezone

from licensing.models import Licence, LicenceOrder, Payment
from mail.models import Message

LIST = "/admin/licensing/licenceorder/"
VIEW, DECIDE, PAY = "licensing.view_licenceorder", "licensing.decide_licenceorder", "licensing.record_payment"
DESK = [VIEW, DECIDE, PAY, "licensing.view_licence"]
BUTTONS = {"approve": {}, "decline": {"reason": "We know of no heir."}, "mark_paid": {"amount": "120.00", "paid_before": "0"}}


def url(order, page="change") -> str:
    return f"{LIST}{order.pk}/{page}/"


def press(client, order, button: str, **changes):
    """Return the answer to a button's form."""
    return client.post(url(order, button), BUTTONS[button] | {"received_on": timezone.localdate().isoformat()} | changes)


def rows() -> tuple:
    """Return what there is of everything that a button could write."""
    orders = list(LicenceOrder.objects.order_by("pk").values_list("pk", "state", "decision_reason", "decided_by"))
    return orders, Payment.objects.count(), Licence.objects.count(), Message.objects.count()
