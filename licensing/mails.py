"""What the rights desk writes: one function a message. Each is sent by a job, once the change that it tells of is committed."""

from django.conf import settings
from django.urls import reverse

from mail.models import Message


def tell_buyer_of_order(order) -> None:
    """Say that the order has come in; and how to pay, where nobody has to approve it."""
    _to_buyer("order_received", order)


def tell_desk_of_order(order) -> None:
    """Tell the rights desk of an order, with the link to it in the newsroom."""
    admin = settings.SITE_URL + reverse("admin:licensing_licenceorder_change", args=[order.pk])
    context = {"order": order, "admin": admin, "bank_account": settings.BANK_ACCOUNT}
    Message.objects.post("order_desk", settings.RIGHTS_EMAIL, context, {"Reply-To": order.email})


def tell_buyer_of_approval(order) -> None:
    """Say yes, and how to pay."""
    _to_buyer("order_approved", order)


def tell_buyer_of_refusal(order) -> None:
    """Say no, and why."""
    _to_buyer("order_declined", order)


def tell_buyer_of_licence(order, licence) -> None:
    """Send the licence's reference and the address that proves it."""
    _to_buyer("order_licensed", order, licence=licence, proof=settings.SITE_URL + licence.get_absolute_url())


def send_links(email: str, orders: list) -> None:
    """Send somebody the secret links of their own orders."""
    rows = [(order, settings.SITE_URL + order.get_absolute_url()) for order in orders]
    Message.objects.post("order_links", email, {"orders": rows}, {"Reply-To": settings.RIGHTS_EMAIL})


def _to_buyer(template: str, order, **context) -> None:
    context |= {"order": order, "link": settings.SITE_URL + order.get_absolute_url(), "bank_account": settings.BANK_ACCOUNT}
    Message.objects.post(template, order.email, context, {"Reply-To": settings.RIGHTS_EMAIL})
