"""Random events against orders, rights and licences, beside books that are kept by hand.

After each event the two agree on every cent, state and licence: no cent is lost, nothing is sold without a right to it, and no licence is
unpaid outside an account and its limit.
"""

import os
from decimal import Decimal
from secrets import token_hex

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from articles.models import Article, Image
from articles.models import Source as SourceRow
from licensing.models import Grant, Licence, LicenceOrder, Licensee, Notice, RateCard
from licensing.tests.books import DAY, Order
from licensing.tests.both import Desk, event, has_licences, has_orders, has_room, in_state, shown
from licensing.tests.build import make_grant
from licensing.tests.newspaper import MONTHS, NORDIC, make_rates, make_rows
from licensing.tests.slowly import FOR_EVER, Contract, Picture, Source, Story, Use

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES, STEPS = 24, 50
WHY = "There was no room for it."
BEFORE_PAYMENT, SOLD = ("REQUESTED", "OFFERED", "ACCEPTED"), ("ACCEPTED", "CREDITED", "PAID")
TERRITORIES = {"country": ("FR",), "nordic": NORDIC, "world": ()}

which = st.integers(min_value=0, max_value=119)  # of those that are there: whatever is drawn means one of them
whose = st.sampled_from([None, 0, 1])  # a stranger's, or that of a licensee with an account
uses = st.builds(
    lambda medium, where, term, audience, pictures: Use(medium, TERRITORIES[where], MONTHS[term], where, term, audience, pictures),
    st.sampled_from(["print", "web"]), st.sampled_from(["country"] * 3 + ["nordic", "world"]), st.sampled_from(["year", "year", "month", "ever"]),
    st.sampled_from(["small"] * 6 + ["large", "huge"]), st.booleans(),
)  # fmt: skip
prices = st.sampled_from(["0.00", "59.99", "120.00", "700.00"])
days = st.sampled_from([None, None, -1, 20, 200, 500, 4000])  # from today
answers, media = st.sampled_from(["YES", "ASK", "NO"]), st.sampled_from([(), ("print",), ("web",)])
somewhere = st.sampled_from([(), (), ("FR",), NORDIC])


class RightsDesk(Desk):
    """What buyers, editors, holders of rights and the desk can do, in any order."""

    @rule(data=st.data())
    def something_happens(self, data):
        """Draw an event and do it: one rule, since Hypothesis leaves out half of several rules in every example."""
        possible = [each for each in EVENTS if each.needs(self.books)]
        chosen = data.draw(st.sampled_from([each for each in possible for _ in range(each.often)]), label="event")
        chosen(self, **{name: data.draw(values, label=name) for name, values in chosen.drawn.items()})

    # --- Buyers

    @event(has_room, often=5, numbers=st.lists(which, min_size=1, max_size=3), use=uses, account=whose)
    def stories_are_ordered(self, numbers, use, account):
        order = self.keep(self.story(numbers[0]), use)
        for number in numbers[1:] if order else []:
            self.add(order, self.story(number), use)
        if order:
            self.place(order, account)

    @event(in_state("DRAFT"), number=which, story=which, use=uses)
    def a_story_is_added(self, number, story, use):
        self.add(self.one(number, "DRAFT"), self.story(story), use)

    @event(in_state("DRAFT"), often=4, number=which, account=whose)
    def a_draft_is_ordered(self, number, account):
        order = self.one(number, "DRAFT")
        if order.state == "DRAFT":
            self.place(order, account)

    @event(has_room, number=which, use=uses)
    def a_quote_is_kept(self, number, use):
        self.keep(self.story(number), use)

    @event(in_state("OFFERED"), often=3, number=which)
    def an_offer_is_taken(self, number):
        order = self.one(number, "OFFERED")
        if self.attempt(order.state == "OFFERED" and self.books.may_license(order), self.row(order).accept_offer):
            self.books.accept(order)

    @event(in_state(*BEFORE_PAYMENT), number=which)
    def a_buyer_cancels(self, number):
        order = self.one(number, *BEFORE_PAYMENT)
        if self.attempt(order.state in BEFORE_PAYMENT, self.row(order).cancel):
            self.books.cancel(order, order.live, Decimal(0))

    @event(has_licences, often=2, number=which)
    def a_licence_is_renewed(self, number):
        old, item, permit = self.books.permits[number % len(self.books.permits)]
        going = next((order for order, _ in self.books.renewals(permit)), None)
        licence = Licence.objects.get(story=item.pk)
        quote = licence.renewal(RateCard.objects.current())
        new = self.books.quoted(0, item.story, item.use, renews=permit)
        is_possible = not permit.is_revoked and permit.last != FOR_EVER and new.asked(self.books.today, self.books.contracts) is not None
        if going:  # it is shown to whom it belongs
            is_possible = not going.account and going.email == old.email
        made = self.attempt(is_possible, LicenceOrder.objects.renew, licence, shown(quote.as_shown if quote else ""))
        if going:
            assert not made or made.pk == going.pk, "It was renewed twice."
        elif made:
            new.pk = made.stories.get().pk
            self.books.orders[made.pk] = Order(made.pk, [new])
            self.books.place(self.books.orders[made.pk], old.email, is_renewal=True)

    # --- The desk

    @event(in_state("REQUESTED", "ACCEPTED"), often=4, number=which)
    def the_desk_approves(self, number):
        order = self.one(number, "REQUESTED")
        is_asked = order.state == "REQUESTED" and not order.is_open
        is_asked_again = order.state == "ACCEPTED" and not self.books.may_license(order)
        if self.attempt((is_asked or is_asked_again) and self.books.may_license(order, if_the_desk_agrees=True), self.row(order).approve):
            self.books.agree(order)
            self.books.accept(order) if is_asked else self.books.settle(order)

    @event(
        in_state("REQUESTED", "OFFERED"),
        often=2,
        number=which,
        named=st.lists(prices, min_size=3, max_size=3),
    )
    def the_desk_makes_an_offer(self, number, named):
        order = self.one(number, "REQUESTED", "OFFERED")
        offered = {item.pk: Decimal(named[place % 3]) for place, item in enumerate(order.live)}
        is_asked = order.state in {"REQUESTED", "OFFERED"} and self.books.may_license(order, if_the_desk_agrees=True)
        if self.attempt(is_asked, self.row(order).offer, offered, "Two photographers have to be paid.", self.books.today + 14 * DAY):
            self.books.agree(order)
            order.state = "OFFERED"
            for item in order.live:
                item.fee, item.is_open = offered[item.pk], False

    @event(in_state("OFFERED"), is_late=st.booleans())
    def offers_lapse(self, is_late):
        LicenceOrder.objects.lapse_offers(self.books.today + (15 * DAY if is_late else 14 * DAY))
        for order in self.books.orders.values():
            if order.state == "OFFERED" and is_late:
                self.books.cancel(order, order.live, Decimal(0))

    @event(in_state(*BEFORE_PAYMENT), number=which)
    def the_desk_declines(self, number):
        order = self.one(number, *BEFORE_PAYMENT)
        if self.attempt(order.state in BEFORE_PAYMENT, self.row(order).decline, "We know of no heir."):
            order.state = "DECLINED"

    @event(in_state(*SOLD), often=3, number=which, chosen=st.integers(1, 7), kept=st.sampled_from(["0.00", "0.00", "20.00", "60.01"]))
    def stories_are_cancelled(self, number, chosen, kept):
        order, kept = self.one(number, *SOLD), Decimal(kept)
        items = [item for place, item in enumerate(order.items) if chosen >> place % 3 & 1]
        stories = list(self.row(order).stories.filter(pk__in=[item.pk for item in items]))
        wanted = [item for item in items if not item.is_cancelled]
        is_allowed = order.state in SOLD and bool(wanted) and all(kept <= item.fee for item in wanted)
        if self.attempt(is_allowed, self.row(order).cancel_stories, stories, WHY, kept):
            self.books.cancel(order, wanted, kept)

    # --- Money

    @event(has_orders, often=7, number=which, kind=st.sampled_from(["exact", "exact", "exact", "short", "over"]), is_sent_twice=st.booleans())
    def money_comes_in(self, number, kind, is_sent_twice):
        order = self.one(number, *SOLD[:2])
        whole = order.owed or Decimal("10.00")
        amount = {"exact": whole, "short": max((whole / 2).quantize(Decimal("0.01")), Decimal("0.01")), "over": whole + 25}[kind]
        sent, key = (amount, self.books.today, sum(order.payments, Decimal(0))), token_hex(8)
        made = self.attempt(order.state != "DRAFT", self.row(order).record_payment, *sent, key=key)
        if made:
            order.payments.append(amount)
            self.books.settle(order)
            self.attempt(False, self.row(order).record_payment, *sent, key=token_hex(8))
        if made and is_sent_twice:
            assert self.row(order).record_payment(*sent, key=key) == made

    @event(has_orders, often=3, number=which, kind=st.sampled_from(["all", "part", "too much"]), is_sent_twice=st.booleans())
    def money_goes_back(self, number, kind, is_sent_twice):
        owing = [order for order in self.books.orders.values() if order.surplus] or list(self.books.orders.values())
        order, cent = owing[number % len(owing)], Decimal("0.01")
        amount = {"all": order.surplus, "part": cent, "too much": order.surplus + cent}[kind]
        sent, key = (amount, self.books.today, "It was too much."), token_hex(8)
        made = self.attempt(0 < amount <= order.surplus, self.row(order).record_refund, *sent, key=key)
        if made:
            order.refunds.append(amount)
        if made and is_sent_twice:
            assert self.row(order).record_refund(*sent, key=key) == made

    @event(in_state("ACCEPTED"), often=2, number=which, account=st.sampled_from([0, 1]))
    def an_order_is_put_on_account(self, number, account):
        order, account = self.one(number, "ACCEPTED"), self.books.accounts[account]
        if self.attempt(order.state == "ACCEPTED", self.row(order).put_on_account, Licensee.objects.get(pk=account.pk)):
            order.account = account

    @event(in_state("ACCEPTED"), often=4, number=which)
    def an_order_is_taken_on_account(self, number):
        order = self.one(number, "ACCEPTED")
        has_room = order.account and self.books.outstanding(order.account) + order.owed <= order.account.limit
        is_allowed = order.state == "ACCEPTED" and bool(has_room) and order.owed > 0 and self.books.may_license(order)
        if self.attempt(is_allowed, self.row(order).release):
            order.state, order.email = "CREDITED", order.account.email
            self.books.license(order)

    @event(in_state("ACCEPTED"))
    def the_job_looks_for_what_was_paid(self):
        LicenceOrder.objects.settle_all()
        for order in self.books.orders.values():
            self.books.settle(order)

    # --- Stories, rights and prices change

    @event(often=4, number=which, is_corrected=st.booleans())
    def a_story_changes(self, number, is_corrected):
        story = self.story(number)
        row = Article.objects.get(pk=story.pk)
        if story.is_in_print and is_corrected:
            row.correct("The hail was heavier.")
        elif story.is_in_print:
            row.withdraw("There was no hail.")
        else:
            row.publish()
        story.is_in_print = is_corrected or not story.is_in_print
        story.changes += 1

    @event(often=3, number=which, may=answers, media=media, where=somewhere, first=days, last=days)
    def a_contract_is_made(self, number, may, media, where, first, last):
        thing = self.books.things[number % len(self.books.things)]
        first, last = sorted([first, last]) if None not in {first, last} else (first, last)
        begins, ends = (None if day is None else self.books.today + day * DAY for day in (first, last))
        about = {Source: "source_id", Story: "article_id", Picture: "image_id"}[type(thing)]
        make_grant("The heirs", may_sublicense=may, media=list(media), countries=list(where), starts_on=begins, ends_on=ends, **{about: thing.pk})
        self.books.contracts.append(Contract(thing, "The heirs", may, media, where, begins, ends))

    @event(number=which)
    def a_contract_ends(self, number):
        place, yesterday = number % len(self.books.contracts), self.books.today - DAY
        Grant.objects.filter(pk=Grant.objects.order_by("pk")[place].pk).update(starts_on=None, ends_on=yesterday)
        self.books.contracts[place].first, self.books.contracts[place].last = None, yesterday

    @event(often=3, number=which, terms=st.sampled_from(["FREE", "FOR_SALE", "FOR_SALE", "ON_REQUEST", "NONE"]))
    def terms_change(self, number, terms):
        thing = self.books.things[number % len(self.books.things)]
        model = {Source: SourceRow, Story: Article, Picture: Image}[type(thing)]
        model.objects.filter(pk=thing.pk).update(syndication=terms)
        thing.terms = terms

    @event(factor=st.sampled_from([1, 2]))
    def the_card_changes(self, factor):
        self.books.prices = make_rates(factor)

    # --- The life of a licence

    @event(has_licences, number=which)
    def a_licence_is_revoked(self, number):
        _, item, permit = self.books.permits[number % len(self.books.permits)]
        if self.attempt(not permit.is_revoked, Licence.objects.get(story=item.pk).revoke, "It was printed with another byline."):
            permit.is_revoked = True

    @event(has_licences, often=2)
    def licensees_are_told_of_changes(self):
        assert Notice.objects.tell_of_changes() == self.books.tell_of_changes()

    @event(has_licences, often=2, ahead=st.sampled_from([0, 20, 25, 31, 340, 358, 366, 400, 735]))
    def licensees_are_told_of_ends(self, ahead):
        assert Notice.objects.tell_of_ends(self.books.today + ahead * DAY) == self.books.tell_of_ends(self.books.today + ahead * DAY)


EVENTS = [method for method in vars(RightsDesk).values() if hasattr(method, "often")]


def test_whatever_happens_no_cent_is_lost_and_nothing_is_sold_without_a_right_or_unpaid():
    make_rows()

    run_state_machine_as_test(
        RightsDesk,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, derandomize=bool(os.environ.get("CI")),
            suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
        ),
    )  # fmt: skip
