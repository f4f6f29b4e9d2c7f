"""Beside the database the books that are kept by hand: doing something to both, and seeing that they agree."""

from secrets import token_hex

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from articles.models import Article, Image
from licensing.models import Buyer, LicenceOrder, LicenceTerms, RateCard, Shown
from licensing.quotes import make_quote
from licensing.tests.books import WAYS, Order
from licensing.tests.build import WHO, choose
from licensing.tests.newspaper import as_it_begins
from licensing.tests.slowly import FOR_EVER, Story, Use

MOST_AT_A_TIME = 8  # orders: the more there are, the less happens to each


def event(needs=lambda books: True, often: int = 1, **drawn):
    """Mark what can happen where there is what it needs, so many times as often as the rarest event, and what has to be drawn for it."""

    def marked(method):
        method.needs, method.often, method.drawn = needs, often, drawn
        return method

    return marked


def has_orders(books) -> bool:
    return bool(books.orders)


def has_room(books) -> bool:
    return len(books.orders) < MOST_AT_A_TIME


def has_licences(books) -> bool:
    return bool(books.permits)


def in_state(*states: str):
    return lambda books: any(order.state in states for order in books.orders.values())


class Desk(RuleBasedStateMachine):
    """The hands that a machine needs, and what holds after each event."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.books, self.logs = as_it_begins(), {}

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # --- Hands

    def attempt(self, is_allowed: bool, verb, *arguments, **fields):
        """Do something, which has to be refused exactly where the books say so."""
        result, said = None, None
        try:
            result = verb(*arguments, **fields) or True
        except ValidationError as refusal:
            said = refusal.messages
        assert (said is None) == is_allowed, f"{verb.__name__}: {said or 'done'}"
        return result

    def one(self, number: int, *states: str) -> Order:
        """Choose an order, most times one in these states where there is one."""
        fitting = [order for order in self.books.orders.values() if order.state in states]
        every = fitting if fitting and number % 5 else list(self.books.orders.values())
        return every[number % len(every)]

    def row(self, order: Order) -> LicenceOrder:
        return LicenceOrder.objects.get(pk=order.pk)

    def story(self, number: int) -> Story:
        return self.books.stories[number % len(self.books.stories)]

    # --- What takes several steps

    def sent(self, story: Story, use: Use) -> tuple:
        """Return what the form of a story sends."""
        card, row = RateCard.objects.current(), Article.objects.for_licensing().get(pk=story.pk)
        chosen = Image.objects.filter(pk__in=[picture.pk for picture in story.pictures]) if use.with_pictures else []
        choice = choose(card, use.medium, use.territory, use.term, use.audience, "FR" if use.territory == "country" else "", chosen)
        return row, choice, shown(make_quote(card, row, choice).as_shown)

    def keep(self, story: Story, use: Use) -> Order | None:
        row, choice, seen = self.sent(story, use)
        made = self.attempt(self.books.may_be_quoted(story, use), LicenceOrder.objects.draft, row, choice, token_hex(8), seen)
        if not made:
            return None
        return self.books.orders.setdefault(made.pk, Order(made.pk, [self.books.quoted(made.stories.get().pk, story, use)]))

    def add(self, order: Order, story: Story, use: Use) -> None:
        row, choice, seen = self.sent(story, use)
        if self.attempt(order.state == "DRAFT" and self.books.may_be_quoted(story, use), self.row(order).add, row, choice, seen):
            order.items = [item for item in order.items if item.story is not story]
            order.items.append(self.books.quoted(self.row(order).stories.get(article=row).pk, story, use))

    def place(self, order: Order, account: int | None) -> None:
        email = f"buyer-{order.pk}@press.example" if account is None else self.books.accounts[account].email
        buyer, seen = Buyer(**WHO | {"email": email, "order_number": str(order.pk)}), shown(self.row(order).as_shown)
        is_allowed = self.books.may_license(order, if_the_desk_agrees=True) and self.books.may_order(email)
        if self.attempt(is_allowed, self.row(order).place, buyer, seen):
            self.books.place(order, email)

    # --- What holds after each event

    @invariant()
    def the_books_agree(self):
        rows = {row.pk: row for row in LicenceOrder.objects.with_money().prefetch_related("stories__lines", "stories__licences", "events")}
        assert rows.keys() == self.books.orders.keys()
        for pk, order in self.books.orders.items():
            self.agree(rows[pk], order)
            self.log_goes_on(rows[pk])
        for account in self.books.accounts:
            on_account = [row.owed for row in rows.values() if row.state == "CREDITED" and row.account_id == account.pk]
            assert sum(on_account) <= account.limit

    def agree(self, row: LicenceOrder, order: Order) -> None:
        assert row.state == order.state
        assert [payment.amount for payment in row.payments.all()] == order.payments
        assert [refund.amount for refund in row.refunds.all()] == order.refunds
        assert (row.total, row.due, row.owed, row.surplus) == (order.total, order.due, order.owed, order.surplus)
        assert {story.pk for story in row.stories.all()} == {item.pk for item in order.items}
        for story in row.stories.all():
            item = next(item for item in order.items if item.pk == story.pk)
            assert (story.fee, story.kept, bool(story.cancelled_at)) == (item.fee, item.kept, item.is_cancelled)
            assert sum(line.amount for line in story.lines.all()) == story.fee
            licences = [(licence.starts_on, licence.ends_on or FOR_EVER, bool(licence.revoked_at)) for licence in story.licences.all()]
            assert licences == ([(item.permit.first, item.permit.last, item.permit.is_revoked)] if item.permit else [])
            if any(not licence.revoked_at for licence in story.licences.all()):
                assert row.state == "PAID" and not row.owed or row.state == "CREDITED" and row.account_id

    def log_goes_on(self, row: LicenceOrder) -> None:
        """See that no line of the log was lost or changed, and that states moved only where the ways lead."""
        log = [(event.pk, event.state, event.words) for event in row.events.all()]
        known = self.logs.get(row.pk, [])
        assert log[: len(known)] == known
        states = ["DRAFT", *(state for _, state, _ in log)]
        assert [step for step in zip(states, states[1:], strict=False) if step[0] != step[1] and step[1] not in WAYS.get(step[0], ())] == []
        assert states[-1] == row.state
        self.logs[row.pk] = log


def shown(price: str) -> Shown:
    return Shown(price, LicenceTerms.objects.current().version)
