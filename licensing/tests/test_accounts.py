"""On account: only for whom the desk has recorded, only within the limit, and only through the link in the registered address's mail."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.tests.build import make_user
from licensing.models import Licence, LicenceOrder, Licensee, RateCard, Shown
from licensing.tests.build import WHO, filled_in, make_card, make_licence, make_order, make_story, make_terms, pay, post, submit
from licensing.tests.letters import letters, place
from licensing.tests.verbs import anew, log, money, refusal, two_stories, withdraw
from mail.models import Message

pytestmark = pytest.mark.django_db
REGISTERED = "accounts@ferrier-group.example"


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def make_licensee(email=REGISTERED, credit_limit="500.00", **fields) -> Licensee:
    return Licensee.objects.create(organisation="The Farming Group", email=email, credit_limit=Decimal(credit_limit), payment_days=14, **fields)


def on_account(licensee, *stories, **options):
    """Return an order that a licensee may take on its account."""
    order = make_order("ACCEPTED", *stories, **options)
    order.put_on_account(licensee)
    return order


def release_links() -> list[tuple[str, str]]:
    """Return to whom the links that release were mailed, and for which order."""
    found = [(mail.to, mail.text.partition("/orders/release/")[2].partition("/")[0]) for mail in Message.objects.order_by("pk")]
    return [(to, secret) for to, secret in found if secret]


# --- Who may


def test_order_from_a_registered_address_is_offered_on_account_at_that_address():
    licensee = make_licensee(email=WHO["email"].upper())

    order = place(make_story())

    assert (order.account, release_links()) == (licensee, [(WHO["email"].upper(), order.release_secret)])


@pytest.mark.parametrize("limit", ["500.00", "0.00"])
def test_order_of_whoever_has_no_account_is_not_offered_on_account(limit):
    make_licensee(email=REGISTERED if limit != "0.00" else WHO["email"], credit_limit=limit)

    order = place(make_story())

    assert (order.account, release_links(), refusal(order.release)) == (None, [], "No account was agreed on for this order.")


def test_approved_order_and_taken_offer_of_a_registered_address_are_offered_on_account():
    make_licensee(email=WHO["email"])
    approved, offered = make_order("REQUESTED"), make_order("OFFERED")
    asked = release_links()

    approved.approve()
    offered.accept_offer()

    assert (asked, [secret for _, secret in release_links()]) == ([], [approved.release_secret, offered.release_secret])


def test_order_put_on_account_is_told_to_the_registered_address_only():
    order, licensee, clerk = make_order(), make_licensee(), make_user("clerk")

    order.put_on_account(licensee, by=clerk)

    assert (anew(order).account, anew(order).state, anew(order).email) == (licensee, "ACCEPTED", WHO["email"])
    assert (release_links(), Message.objects.exclude(to=REGISTERED).count()) == ([(REGISTERED, order.release_secret)], 0)
    assert (log(order)[-1], order.events.last().by) == (("ACCEPTED", "May be taken on the account of The Farming Group."), clerk)


@pytest.mark.parametrize("state", ["REQUESTED", "OFFERED", "PAID", "DECLINED", "CANCELLED"])
def test_only_what_waits_for_payment_is_put_on_account(state):
    order = make_order(state)

    assert refusal(order.put_on_account, make_licensee()).startswith("Only an order that waits for its payment can be put on account.")


# --- Taking it


def test_release_licenses_at_once_and_moves_the_order_to_an_address_that_only_the_registered_one_is_told():
    order = on_account(make_licensee(), *two_stories())
    secret = order.secret
    before = len(letters(WHO["email"]))

    order.release()

    order = anew(order)
    assert (order.state, order.email, order.pay_by) == ("CREDITED", REGISTERED, timezone.localdate() + timedelta(days=14))
    assert (money(order), order.licences.count()) == (["240.00", "0.00", "0.00", "240.00", "0.00"], 2)
    assert (order.secret != secret, [order.secret in mail.text for mail in letters(REGISTERED)]) == (True, [False, True])
    assert (len(letters(WHO["email"])), log(order)[-2]) == (before, ("CREDITED", "Taken on the account of The Farming Group."))


def test_payment_settles_the_account_without_licensing_twice():
    licensee = make_licensee()
    order = on_account(licensee)
    order.release()
    pay(order, "100.00")
    open_still = (anew(order).state, str(licensee.outstanding))

    pay(order, "20.00")

    assert open_still == ("CREDITED", "20.00")
    assert (anew(order).state, licensee.outstanding, Licence.objects.count()) == ("PAID", 0, 1)
    assert log(order)[-1] == ("PAID", "What was owed on account has come in.")


@pytest.mark.parametrize("state", ["REQUESTED", "OFFERED", "PAID", "DECLINED", "CANCELLED"])
def test_only_what_waits_for_payment_is_taken_on_account(state):
    order = make_order(state)
    type(order).objects.update(account=make_licensee())

    assert refusal(order.release).startswith("Only an order that waits for its payment can be taken on account.")


def test_order_is_taken_on_account_once():
    order = on_account(make_licensee())
    order.release()

    assert refusal(anew(order).release).startswith("Only an order that waits for its payment can be taken on account.")


def test_withdrawn_story_is_not_taken_on_account():
    order = on_account(make_licensee(), story := make_story())
    withdraw(story)

    assert refusal(order.release).startswith("The story is no longer in print, so it cannot be licensed.")


def test_order_that_is_paid_and_waits_is_not_taken_on_account():
    order = on_account(make_licensee(), story := make_story())
    withdraw(story)
    pay(order)
    story.publish()

    assert refusal(order.release) == "Nothing is owed for this order, so there is nothing to take on account."


# --- Within the limit


@pytest.mark.parametrize(("limit", "is_licensed"), [("120.00", True), ("119.99", False)])
def test_limit_may_be_reached_and_not_passed(limit, is_licensed):
    order = on_account(make_licensee(credit_limit=limit))

    if is_licensed:
        order.release()
    else:
        words = f"This is more than your account has room for: €{limit}. Pay what is open, or pay this order by transfer."
        assert refusal(order.release) == words

    assert (anew(order).state == "CREDITED", Licence.objects.count()) == (is_licensed, is_licensed)


def test_several_orders_share_the_limit():
    licensee = make_licensee(credit_limit="250.00")
    first, second, third = (on_account(licensee) for _ in range(3))
    first.release()
    second.release()

    assert refusal(third.release) == "This is more than your account has room for: €10.00. Pay what is open, or pay this order by transfer."
    pay(first)
    third.release()

    assert ([anew(order).state for order in (first, second, third)], str(licensee.outstanding)) == (["PAID", "CREDITED", "CREDITED"], "240.00")


def test_what_was_paid_already_needs_no_room():
    order = on_account(licensee := make_licensee(credit_limit="20.00"))
    pay(order, "100.00")

    order.release()

    assert (anew(order).state, str(licensee.outstanding)) == ("CREDITED", "20.00")


def test_limit_that_was_lowered_since_the_mail_counts():
    order = on_account(make_licensee())
    Licensee.objects.update(credit_limit=Decimal(0))

    assert refusal(order.release).startswith("This is more than your account has room for: €0.00.")


def test_what_is_kept_of_a_cancelled_order_is_still_on_the_account():
    licensee = make_licensee(credit_limit="150.00")
    order, next_order = on_account(licensee), on_account(licensee)
    order.release()

    order.cancel_stories(order.live, "The issue was dropped.", kept=Decimal("40.00"))
    owed = (anew(order).state, str(licensee.outstanding))
    words = refusal(next_order.release)
    pay(order)
    next_order.release()

    assert owed == ("CANCELLED", "40.00")
    assert words == "This is more than your account has room for: €110.00. Pay what is open, or pay this order by transfer."
    assert str(licensee.outstanding) == "120.00"


def test_cancelling_all_but_what_was_paid_settles_the_account():
    order = on_account(make_licensee(), *two_stories())
    order.release()
    pay(order, "120.00")

    order.cancel_stories(order.live[1:], "There was no room for it.")

    assert (anew(order).state, money(anew(order))) == ("PAID", ["120.00", "120.00", "0.00", "0.00", "0.00"])


def test_order_that_is_licensed_on_account_can_neither_be_declined_nor_cancelled_by_its_buyer():
    order = on_account(make_licensee())
    order.release()

    assert refusal(order.decline, "No.").startswith("Only an order that waits for the desk or for its payment can be declined.")
    assert refusal(order.cancel).startswith("Only an order that is not licensed yet can be cancelled like this.")


# --- Which link


def test_link_leads_to_the_account_that_it_was_sent_for_and_not_to_one_that_was_chosen_since(client):
    order = on_account(make_licensee())
    first = order.release_secret
    order.put_on_account(make_licensee("other@farming.example"))

    answer = submit(client, f"/orders/release/{first}/")

    assert (answer.status_code, anew(order).state, Licence.objects.count()) == (404, "ACCEPTED", 0)
    assert [to for to, _ in release_links()] == [REGISTERED, "other@farming.example"]


def test_link_that_went_to_an_address_which_is_not_the_registered_one_any_more_releases_nothing():
    order = on_account(licensee := make_licensee())
    Licensee.objects.filter(pk=licensee.pk).update(email="new@farming.example")

    assert refusal(order.release) == "The registered address has changed since this link was sent. Ask the rights desk for a new one."


def test_form_that_is_sent_again_leads_nobody_to_an_order_that_was_released_since(client):
    make_licensee(email=WHO["email"])
    story = make_story()
    typed = filled_in(client, story)
    first = post(client, story, typed)
    order = LicenceOrder.objects.get()
    order.release()

    again = post(client, story, typed)

    assert (first.status_code, client.get(first["Location"]).status_code) == (302, 404)
    assert anew(order).secret not in again.get("Location", "") + again.content.decode()


def test_renewal_that_was_taken_on_account_is_not_shown_to_whoever_has_the_first_order():
    licence = make_licence()
    renewed = LicenceOrder.objects.renew(licence, Shown(licence.renewal(RateCard.objects.current()).as_shown, 1))
    renewed.put_on_account(make_licensee())
    renewed.release()

    shown = Shown(licence.renewal(RateCard.objects.current()).as_shown, 1)

    assert refusal(LicenceOrder.objects.renew, licence, shown) == "This licence has been renewed already."
