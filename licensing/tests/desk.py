"""The rights desk's hands: who it is, where its buttons are, and pressing them."""

from secrets import token_urlsafe

from django.utils import timezone
from django.utils.html import escape

from licensing.models import Licence, LicenceOrder, Licensee, OrderEvent, Payment, Refund
from licensing.tests.build import make_order, make_story, pay
from mail.models import Message

LIST = "/admin/licensing/licenceorder/"
VIEW, DECIDE, PAY, REFUND = (f"licensing.{name}" for name in ("view_licenceorder", "decide_licenceorder", "record_payment", "record_refund"))
DESK = [VIEW, DECIDE, PAY, REFUND, "licensing.view_licence", "licensing.revoke_licence"]
MAY = {
    "approve": DECIDE,
    "offer": DECIDE,
    "decline": DECIDE,
    "record_payment": PAY,
    "record_refund": REFUND,
    "put_on_account": DECIDE,
    "cancel_stories": REFUND,
}
BUTTONS = list(MAY)


def url(row, page="change") -> str:
    return f"/admin/licensing/{row._meta.model_name}/{row.pk}/{page}/"


def answers(order, button: str) -> dict:
    """Return what the desk types into a button's form."""
    if button == "offer":
        return (
            {"seen": order.last_line}
            | {f"price_{story.pk}": "75.00" for story in order.live}
            | {"reason": "A photographer has to be paid."}
            | {"answer_by": today()}
        )
    if button == "record_payment":
        return {"amount": "120.00", "received_on": today(), "paid_before": order.paid, "key": token_urlsafe(16)}
    if button == "record_refund":
        return {"amount": "10.00", "sent_on": today(), "reason": "It was too much.", "key": token_urlsafe(16)}
    if button == "put_on_account":
        return {
            "seen": order.last_line,
            "licensee": Licensee.objects.get_or_create(organisation="Skagen Avis", email="desk@skagen.example", credit_limit=500)[0].pk,
        }
    if button == "cancel_stories":
        return {"stories": [story.pk for story in order.live], "reason": "The buyer has no room for it.", "kept": "0"}
    return {"decline": {"reason": "We know of no heir."}, "revoke": {"reason": "It was printed with another byline."}}.get(button, {})


def press(client, order, button: str, **changes):
    """Return the answer to a button's form."""
    return client.post(url(order, button), answers(order, button) | changes)


def said(client, order) -> str:
    """Return an order's page, which says above it what was done."""
    return client.get(url(order)).content.decode()


def made_for(button: str) -> LicenceOrder:
    """Return an order for which a button is there."""
    if button in {"approve", "offer"}:
        return make_order("REQUESTED")
    order = make_order("ACCEPTED")
    if button == "record_refund":
        pay(order, "150.00")
    return order


def order_of(*headlines: str, **options) -> LicenceOrder:
    """Return an order of several stories, of one source that is ours to sell."""
    first, *more = headlines
    stories = [make_story(headline=first)]
    stories += [make_story(headline=headline, source=stories[0].source) for headline in more]
    return make_order(options.pop("state", "ACCEPTED"), *stories, **options)


def rows() -> tuple:
    """Return what there is of everything that a button could write."""
    orders = list(LicenceOrder.objects.order_by("pk").values_list("pk", "state", "total", "decision_reason", "decided_by", "account"))
    licences = list(Licence.objects.order_by("pk").values_list("pk", "revoked_at"))
    return orders, licences, *(model.objects.count() for model in (Payment, Refund, OrderEvent, Message))


def complaints(response) -> list[str]:
    """Return what the page says is wrong with the form, all of which can be read there."""
    found = [error for errors in response.context["form"].errors.values() for error in errors]
    page = response.content.decode()
    assert [error for error in found if escape(error) not in page] == []
    return found


def today() -> str:
    return timezone.localdate().isoformat()
