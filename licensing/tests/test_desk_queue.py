"""The queue of the rights desk: what waits, and for how long."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.models import Article
from articles.tests.build import make_source
from articles.tests.newsroom import sign_in
from licensing.admin import queue as queues
from licensing.admin.queue import queue, working_days_before
from licensing.models import Buyer, Licence, LicenceOrder, Licensee, Notice
from licensing.tests.build import (
    WHO,
    change_licences,
    days_ago,
    make_card,
    make_licence,
    make_notice,
    make_order,
    make_story,
    make_terms,
    pay,
    unkept,
)
from licensing.tests.desk import DECIDE, DESK, LIST, VIEW, url

pytestmark = pytest.mark.django_db
DESK_PAGE = f"{LIST}desk/"


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def waiting(key: str, now=None) -> list:
    """Return the rows of one kind."""
    return next(kind for kind in queue(now) if kind.key == key).rows


def references(key: str, now=None) -> list[str]:
    return [row.reference for row in waiting(key, now)]


def waits_for(order: LicenceOrder, **ago) -> LicenceOrder:
    """Let an order have come to its state so long ago: days=3."""
    LicenceOrder.objects.filter(pk=order.pk).update(waits_since=timezone.now() - timedelta(**ago))
    return order


def another(state: str, headline: str = "Another story", **options) -> LicenceOrder:
    """Return an order of a story of its own."""
    source = make_source("The For sale") if state not in {"REQUESTED", "OFFERED"} else make_source("The Asked", syndication="ON_REQUEST")
    return make_order(state, make_story(None, headline=headline, source=source), **options)


def test_nothing_waits_where_nobody_ordered():
    assert [(kind.key, kind.rows, kind.count, kind.left_off) for kind in queue()] == [
        (key, [], 0, 0) for key in ("decide", "stuck", "surplus", "overdue", "offers", "silent", "ending")
    ]


def test_request_waits_for_a_decision_the_oldest_first():
    young, old = waits_for(make_order("REQUESTED"), hours=2), waits_for(another("REQUESTED"), days=3)

    rows = waiting("decide")

    assert [(row.reference, row.waits) for row in rows] == [(old.reference, "3\xa0days"), (young.reference, "2\xa0hours")]
    assert (rows[1].link, rows[1].organisation, rows[1].about, rows[1].what) == (
        url(young), "Hill Farming Monthly", "The shepherd’s rain gauge", "€120.00"
    )  # fmt: skip


def test_request_without_a_price_says_so():
    order = make_order("REQUESTED")
    order.stories.update(is_open=True)

    assert [row.what for row in waiting("decide")] == ["€120.00 so far: you name the price"]


def test_paid_order_that_cannot_be_licensed_waits_with_the_reason():
    story = make_story()
    order = make_order("ACCEPTED", story)
    another("ACCEPTED")
    story.withdraw("It was wrong.")
    unpaid = references("stuck")
    pay(order)

    assert (unpaid, [(row.reference, row.what) for row in waiting("stuck")]) == (
        [], [(order.reference, "The story is no longer in print, so it cannot be licensed.")]
    )  # fmt: skip


def test_overdue_payments_wait_the_longest_overdue_first():
    licensee = Licensee.objects.create(organisation="Skagen Avis", email="desk@skagen.example", credit_limit=500)
    late, later, credited, due_today = make_order(), another("ACCEPTED", "A"), another("ACCEPTED", "B"), another("ACCEPTED", "C")
    credited.put_on_account(licensee)
    credited.release()
    for order, days in ((late, 1), (later, 9), (credited, 4), (due_today, 0)):
        LicenceOrder.objects.filter(pk=order.pk).update(pay_by=days_ago(days))
    paid = another("PAID", "D")
    stuck = another("ACCEPTED", "E")
    LicenceOrder.objects.filter(pk__in=[paid.pk, stuck.pk]).update(pay_by=days_ago(30))
    Article.objects.filter(headline="E").update(status="DRAFT")
    pay(stuck)
    pay(late, "20.00")

    rows = [(row.reference, row.waits) for row in waiting("overdue")]

    assert rows == [(later.reference, "9 days late"), (credited.reference, "4 days late"), (late.reference, "1 day late")]
    assert waiting("overdue")[2].what == f"€100.00, due on {days_ago(1):%-d %B %Y}"


def test_what_is_kept_of_a_cancelled_order_on_account_is_waited_for():
    order = make_order()
    order.put_on_account(Licensee.objects.create(organisation="Skagen Avis", email="desk@skagen.example", credit_limit=500))
    order.release()
    order.cancel_stories(order.live, "No room.", kept=Decimal("20.00"))
    LicenceOrder.objects.filter(pk=order.pk).update(pay_by=days_ago(3))

    assert [(row.reference, row.what, row.waits) for row in waiting("overdue")] == [
        (order.reference, f"€20.00, due on {days_ago(3):%-d %B %Y}", "3 days late")
    ]


def test_money_that_has_to_go_back_waits_whatever_became_of_the_order():
    over, declined, cancelled, asked = make_order(), another("ACCEPTED", "A"), another("PAID", "B"), another("REQUESTED", "C")
    pay(over, "125.00")
    pay(declined, "20.00")
    declined.decline("No.")
    cancelled.cancel_stories(cancelled.live, "No room.", kept=Decimal("20.00"))
    pay(asked, "5.00")
    settled = another("PAID", "D")

    rows = {row.reference: row.what for row in waiting("surplus")}

    assert rows == {over.reference: "€5.00", declined.reference: "€20.00", cancelled.reference: "€100.00", asked.reference: "€5.00"}
    assert settled.reference not in rows


def test_money_that_went_back_waits_no_more():
    order = make_order()
    pay(order, "125.00")
    order.record_refund(Decimal("5.00"), timezone.localdate(), "Too much.")

    assert references("surplus") == []


def test_money_to_send_back_waits_since_it_came_in_not_since_the_order_changed():
    order = waits_for(make_order("PAID"), days=90)
    pay(order, "5.00", paid_before=Decimal("120.00"))

    assert [row.waits for row in waiting("surplus", timezone.now() + timedelta(days=2))] == ["2\xa0days"]


def test_order_that_came_without_a_log_waits_since_it_came_to_its_state():
    order = make_order("DRAFT")
    order.name_buyer(Buyer(**WHO), make_terms())
    order.payments.create(amount=Decimal("125.00"), received_on=timezone.localdate(), key="as moved from elsewhere")
    LicenceOrder.objects.update(state="ACCEPTED", waits_since=timezone.now() - timedelta(days=4))

    assert [(row.reference, row.waits) for row in waiting("surplus")] == [(order.reference, "4\xa0days")]


def test_balances_are_those_that_the_orders_work_out_themselves():
    orders = [make_order(), another("PAID", "A"), another("DECLINED", "B"), another("REQUESTED", "C"), another("CANCELLED", "D")]
    pay(orders[0], "20.00")
    pay(orders[1], "33.00", paid_before=Decimal("120.00"))
    pay(orders[2], "7.00")
    orders[1].record_refund(Decimal("3.00"), timezone.localdate(), "Part.")

    found = queues.with_balance(LicenceOrder.objects.with_money()).order_by("pk")

    assert [order.balance for order in found] == [order.surplus - order.owed for order in found]
    assert [order.balance for order in found] == [Decimal(amount) for amount in ("-100", "30", "7", "0", "0")]


def test_offer_waits_for_its_buyer():
    order = make_order("OFFERED")
    another("REQUESTED")

    today = timezone.localdate()
    assert [(row.reference, row.what) for row in waiting("offers")] == [(order.reference, f"€80.00, until {today:%-d %B %Y}")]


@pytest.mark.parametrize(
    ("told", "now", "is_silent"),
    [
        ("2026-11-20 15:00", "2026-11-23 15:00", False),  # a Friday; Monday is one working day
        ("2026-11-20 15:00", "2026-11-24 14:59", False),
        ("2026-11-20 15:00", "2026-11-24 15:01", True),
        ("2026-11-23 15:00", "2026-11-25 15:01", True),
        ("2026-11-20 15:00", "2026-11-22 20:00", False),  # the weekend does not count
    ],
)
def test_change_that_nobody_acknowledged_waits_after_two_working_days(told, now, is_silent):
    licence = make_licence()
    notice = make_notice(licence, revision=licence.revision)
    told, now = (timezone.make_aware(datetime.fromisoformat(moment)) for moment in (told, now))
    Notice.objects.filter(pk=notice.pk).update(told_at=told)

    assert references("silent", now) == ([licence.reference] if is_silent else [])


@pytest.mark.parametrize("why", ["acknowledged", "superseded", "revoked", "ended", "only its end"])
def test_change_that_needs_no_answer_waits_no_more(why):
    licence = make_licence()
    notice = make_notice(licence, revision=licence.revision)
    Notice.objects.update(told_at=timezone.now() - timedelta(days=9))
    waited = references("silent")
    if why == "acknowledged":
        notice.acknowledge()
    elif why == "superseded":
        Notice.objects.update(is_superseded=True)
    elif why == "revoked":
        licence.revoke("It was not paid.")
    elif why == "ended":
        change_licences(starts_on=days_ago(400), ends_on=days_ago(1))
    else:
        Notice.objects.update(kind=Notice.Kind.ENDING)

    assert (waited, references("silent")) == ([licence.reference], [])


def test_working_days_pass_over_weekends():
    monday = date(2026, 11, 23)

    assert [working_days_before(monday, days) for days in range(7)] == [
        monday, date(2026, 11, 20), date(2026, 11, 19), date(2026, 11, 18), date(2026, 11, 17), date(2026, 11, 16), date(2026, 11, 13)
    ]  # fmt: skip


def test_licences_that_end_soon_wait_the_nearest_first():
    licences = [another("PAID", f"Story {number}").licences.get() for number in range(6)]
    for licence, days in zip(licences, (30, 0, 1, 31, -1, 5), strict=True):
        with unkept():
            Licence.objects.filter(pk=licence.pk).update(starts_on=days_ago(300), ends_on=days_ago(-days))
    licences[5].revoke("It was not paid.")

    assert [(row.reference, row.waits) for row in waiting("ending")] == [
        (licences[1].reference, "its last day"), (licences[2].reference, "1 day left"), (licences[0].reference, "30 days left")
    ]  # fmt: skip
    assert waiting("ending")[0].link == url(licences[1])


# --- The page


def test_page_shows_every_kind_with_its_count_and_leads_to_the_order():
    order, offered = make_order("REQUESTED"), another("OFFERED")
    client = sign_in("desk", *DESK)

    page = client.get(DESK_PAGE).content.decode()

    assert [f'href="{url(row)}"' in page for row in (order, offered)] == [True, True]
    assert ("<strong>1</strong> To decide" in page, "No payment is overdue." in page, f'href="{LIST}revenue/"' in page) == (True, True, True)


def test_list_is_cut_after_fifty_and_says_how_many_more(monkeypatch):
    monkeypatch.setattr(queues, "MOST", 2)
    for number in range(3):
        another("REQUESTED", f"Story {number}")

    page = sign_in("desk", *DESK).get(DESK_PAGE).content.decode()

    assert ("<strong>3</strong> To decide" in page, "And 1 more." in page, page.count('class="waiting__reference"')) == (True, True, 2)


@pytest.mark.parametrize(("permissions", "status"), [([VIEW], 200), ([], 403), ([DECIDE], 403)])
def test_page_is_for_those_who_may_see_orders(permissions, status):
    assert sign_in("somebody", *permissions).get(DESK_PAGE).status_code == status


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_rows(django_assert_num_queries, number):
    for each in range(number):
        another("REQUESTED", f"Asked {each}")
        another("OFFERED", f"Offered {each}")
        late, stuck, over = (another("ACCEPTED", f"{kind} {each}") for kind in ("Late", "Stuck", "Over"))
        LicenceOrder.objects.filter(pk=late.pk).update(pay_by=days_ago(3))
        Article.objects.filter(headline=f"Stuck {each}").update(status="DRAFT")
        pay(stuck)
        pay(over, "125.00")
        licence = over.licences.get()
        with unkept():
            Licence.objects.filter(pk=licence.pk).update(ends_on=days_ago(-3))
        make_notice(licence, revision=licence.revision)
    Notice.objects.update(told_at=timezone.now() - timedelta(days=9))
    client = sign_in("desk", *DESK)
    client.get(DESK_PAGE)

    with django_assert_num_queries(18):
        answer = client.get(DESK_PAGE)

    assert [(kind.key, kind.count) for kind in answer.context["waiting"]] == [
        (key, number) for key in ("decide", "stuck", "surplus", "overdue", "offers", "silent", "ending")
    ]
