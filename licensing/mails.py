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


def tell_buyer_of_offer(order) -> None:
    """Name the desk's own price, its reason, and until when it can be taken."""
    _to_buyer("order_offered", order)


def tell_buyer_of_refusal(order) -> None:
    """Say no, and why."""
    _to_buyer("order_declined", order)


def tell_buyer_of_cancellation(order, reason: str) -> None:
    """Say what of an order is cancelled, and what goes back."""
    _to_buyer("order_cancelled", order, reason=reason)


def tell_buyer_of_payment(order, payment) -> None:
    """Say what has come in, and what is missing, or goes back."""
    _to_buyer("order_payment", order, payment=payment)


def tell_buyer_of_refund(order, refund) -> None:
    """Say that money is on its way back."""
    _to_buyer("order_refunded", order, refund=refund)


def tell_buyer_of_licences(order) -> None:
    """Send the licences' references, the addresses that prove them, and the way to the packages."""
    _to_buyer("order_licensed", order, licences=list(order.licences.select_related("revision", "article")))


def tell_licensee_of_account(order) -> None:
    """Send the link that takes an order on account to the licensee's registered address, and nowhere else."""
    link = settings.SITE_URL + reverse("licensing:release", args=[order.release_secret])
    Message.objects.post("account_release", order.account.email, {"order": order, "link": link}, {"Reply-To": settings.RIGHTS_EMAIL})


def tell_licensee_of_change(notice) -> None:
    """Tell of a correction or a withdrawal, and ask for a sign that it was seen."""
    _to_buyer("licence_changed", notice.licence.order, notice=notice, licence=notice.licence)


def tell_licensee_of_end(notice) -> None:
    """Remind of the end of a licence, or say that it has ended and the story has to come down."""
    _to_buyer("licence_ending", notice.licence.order, notice=notice, licence=notice.licence)


def tell_licensee_of_revocation(licence) -> None:
    """Say that a licence is revoked, and why."""
    _to_buyer("licence_revoked", licence.order, licence=licence)


def send_links(email: str, orders: list) -> None:
    """Send somebody the secret links of their own orders."""
    rows = [(order, settings.SITE_URL + order.get_absolute_url()) for order in orders]
    Message.objects.post("order_links", email, {"orders": rows}, {"Reply-To": settings.RIGHTS_EMAIL})


def _to_buyer(template: str, order, **context) -> None:
    context |= {"order": order, "link": settings.SITE_URL + order.get_absolute_url(), "bank_account": settings.BANK_ACCOUNT}
    Message.objects.post(template, order.email, context, {"Reply-To": settings.RIGHTS_EMAIL})
