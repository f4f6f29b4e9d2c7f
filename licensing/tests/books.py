"""The books of the rights desk kept by hand: what the state machine's test expects of each order, without asking the database."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from licensing.tests.slowly import ASK, FREE, NO, YES, Contract, Picture, Prices, Story, Use, picture_of, text_of

WAYS = {  # typed a second time: the code's own table is what is tested
    "DRAFT": {"REQUESTED", "ACCEPTED"},
    "REQUESTED": {"OFFERED", "ACCEPTED", "DECLINED", "CANCELLED"},
    "OFFERED": {"ACCEPTED", "DECLINED", "CANCELLED"},
    "ACCEPTED": {"PAID", "CREDITED", "DECLINED", "CANCELLED"},
    "CREDITED": {"PAID", "CANCELLED"},
    "PAID": {"CANCELLED"},
}
NOTHING_DUE, GIVEN_UP = {"DRAFT", "REQUESTED", "OFFERED", "DECLINED"}, {"DRAFT", "DECLINED", "CANCELLED"}
MOST_ORDERS = 10  # from one address in a day
DESK_ABOVE = Decimal("600.00")
DAY = timedelta(days=1)


@dataclass(eq=False)
class Permit:
    """A licence."""

    first: date
    last: date
    seen: int  # of the changes of its story
    told_of_end: set = field(default_factory=set)  # days before it; 0 once it has ended
    is_revoked: bool = False

    def stands(self, day: date) -> bool:
        return not self.is_revoked and day <= self.last


@dataclass(eq=False)
class Item:
    """An ordered story."""

    pk: int
    story: Story
    use: Use
    pictures: list[Picture]
    fee: Decimal
    asks: bool
    is_open: bool
    renews: Permit | None = None
    kept: Decimal = Decimal(0)
    is_cancelled: bool = False
    permit: Permit | None = None
    agreed: set[str] = field(default_factory=set)  # what was asked for, and the desk has said yes to

    def first_day(self, today: date) -> date:
        return max(today, self.renews.last + DAY) if self.renews else today

    def asked(self, today: date, contracts: list[Contract]) -> set[str] | None:
        """Return what the desk has to say yes to before it may be licensed today; None where it may not be."""
        first = self.first_day(today)
        text = text_of(self.story, self.use, first, contracts)
        pictures = [picture_of(self.story, picture, self.use, first, contracts) for picture in self.pictures]
        if not self.story.is_in_print or text[0] in {NO, FREE} or NO in dict(pictures):
            return None
        return {why for verdict, why in (text, *pictures) if verdict == ASK}


@dataclass(eq=False)
class Account:
    """A licensee with a limit."""

    pk: int
    email: str
    limit: Decimal


@dataclass(eq=False)
class Order:
    """An order with its money."""

    pk: int
    items: list[Item]
    email: str = ""
    ordered_by: str = ""
    state: str = "DRAFT"
    account: Account | None = None
    payments: list[Decimal] = field(default_factory=list)
    refunds: list[Decimal] = field(default_factory=list)

    @property
    def live(self) -> list[Item]:
        return [item for item in self.items if not item.is_cancelled]

    @property
    def is_open(self) -> bool:
        return any(item.is_open for item in self.live)

    @property
    def total(self) -> Decimal:
        return sum((item.fee for item in self.items), Decimal(0))

    @property
    def due(self) -> Decimal:
        if self.state in NOTHING_DUE:
            return Decimal(0)
        return sum((item.kept if item.is_cancelled else item.fee for item in self.items), Decimal(0))

    @property
    def balance(self) -> Decimal:
        """What came in, less what went back and what is due: below nothing it is owed."""
        return sum(self.payments, Decimal(0)) - sum(self.refunds, Decimal(0)) - self.due

    @property
    def permits(self) -> list[Permit]:
        return [item.permit for item in self.items if item.permit]

    @property
    def owed(self) -> Decimal:
        return max(-self.balance, Decimal(0))

    @property
    def surplus(self) -> Decimal:
        return max(self.balance, Decimal(0))


@dataclass
class Books:
    """Whose stories there are, what was agreed, and every order."""

    today: date
    things: list  # sources, stories and pictures
    stories: list[Story]
    contracts: list[Contract]
    accounts: list[Account]
    prices: Prices
    orders: dict[int, Order] = field(default_factory=dict)

    # --- Rights and prices

    def may_be_quoted(self, story: Story, use: Use) -> bool:
        return story.is_in_print and text_of(story, use, self.today, self.contracts)[0] in {YES, ASK}

    def quoted(self, pk: int, story: Story, use: Use, renews: Permit | None = None) -> Item:
        """Work out what a story costs, and whether the desk is asked."""
        item = Item(pk, story, use, [], Decimal(0), asks=False, is_open=use.audience == "huge", renews=renews)
        first = item.first_day(self.today)
        verdicts = {picture: picture_of(story, picture, use, first, self.contracts)[0] for picture in story.pictures if use.with_pictures}
        item.pictures = [picture for picture, verdict in verdicts.items() if verdict != NO]
        item.fee = self.prices.of(use, list(verdicts.values()))
        item.asks = ASK in {text_of(story, use, first, self.contracts)[0], *verdicts.values()} or use.audience != "small" or item.fee > DESK_ABOVE
        return item

    def may_license(self, order: Order, if_the_desk_agrees: bool = False) -> bool:
        """Whether every story of an order may be licensed today; what rights leave to the desk, only with its yes to that very thing."""
        if any(item.renews and item.renews.is_revoked for item in order.live):
            return False
        asked = [(item, item.asked(self.today, self.contracts)) for item in order.live]
        return all(why is not None and (if_the_desk_agrees or why <= item.agreed) for item, why in asked)

    def agree(self, order: Order) -> None:
        """Let the desk say yes to an order as things stand."""
        for item in order.live:
            item.agreed = item.asked(self.today, self.contracts) or set()

    # --- From state to state

    def may_order(self, email: str) -> bool:
        return sum(order.ordered_by == email for order in self.orders.values()) < MOST_ORDERS

    def place(self, order: Order, email: str, is_renewal: bool = False) -> None:
        order.email, order.ordered_by = email, "" if is_renewal else email
        if any(item.asks for item in order.items) or not self.may_license(order):
            order.state = "REQUESTED"
        else:
            self.accept(order)

    def accept(self, order: Order) -> None:
        """Let an order wait for its payment; one from a registered address may be taken on account."""
        order.state = "ACCEPTED"
        known = [account for account in self.accounts if account.email == order.email]
        order.account = known[0] if known and order.owed else order.account
        self.settle(order)

    def settle(self, order: Order) -> None:
        if order.state == "CREDITED" and not order.owed:
            order.state = "PAID"
        if order.state == "ACCEPTED" and not order.owed and self.may_license(order):
            order.state = "PAID"
            self.license(order)

    def license(self, order: Order) -> None:
        for item in order.live:
            first = item.first_day(self.today)
            item.permit = item.permit or Permit(first, item.use.last_day(first), item.story.changes)

    def cancel(self, order: Order, items: list[Item], kept: Decimal) -> None:
        for item in items:
            item.is_cancelled, item.kept = True, kept
            if item.permit:
                item.permit.is_revoked = True
        if order.live:
            self.settle(order)
        else:
            order.state = "CANCELLED"

    # --- Accounts and licences

    def outstanding(self, account: Account) -> Decimal:
        """Return what a licensee owes for what it was licensed on its account."""
        taken = [order for order in self.orders.values() if order.account is account]
        return sum((order.owed for order in taken if order.state == "CREDITED" or order.state == "CANCELLED" and order.permits), Decimal(0))

    @property
    def permits(self) -> list[tuple[Order, Item, Permit]]:
        return [(order, item, item.permit) for order in self.orders.values() for item in order.items if item.permit]

    def renewals(self, permit: Permit) -> list[tuple[Order, Item]]:
        """Return what renews a licence, and was not given up."""
        items = [(order, item) for order in self.orders.values() for item in order.items if item.renews is permit]
        return [(order, item) for order, item in items if order.state not in GIVEN_UP and not item.is_cancelled]

    def tell_of_changes(self) -> int:
        untold = [(item, permit) for _, item, permit in self.permits if permit.seen < item.story.changes and permit.stands(self.today)]
        for item, permit in untold:
            permit.seen = item.story.changes
        return len(untold)

    def tell_of_ends(self, day: date) -> int:
        told = 0
        for days in (7, 30):
            for _, item, permit in self.permits:
                is_short = days == 30 and item.use.months == 1  # it has so few days left from the first
                is_near = permit.stands(day) and permit.last <= day + days * DAY
                if is_near and not is_short and not self.renewals(permit) and not permit.told_of_end & {7, days}:
                    permit.told_of_end.add(days)
                    told += 1
        for _, _, permit in self.permits:
            is_followed = any(item.permit and not item.permit.is_revoked for _, item in self.renewals(permit))
            if permit.last < day and not permit.is_revoked and not is_followed and 0 not in permit.told_of_end:
                permit.told_of_end.add(0)
                told += 1
        return told
