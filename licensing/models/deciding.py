"""What the desk and the buyer decide about an order that was placed."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from licensing import mails
from licensing.money import in_words, rounded

from .states import State

BEFORE_PAYMENT = (State.REQUESTED, State.OFFERED, State.ACCEPTED)


class DecidingVerbs:
    """Verbs of an order; each holds its row, and says in the log what was done."""

    @transaction.atomic
    def approve(self, by=None) -> None:
        """Say yes to a request, or to an order whose rights have come to ask for it: the buyer is told how to pay."""
        self.hold(State.REQUESTED, State.ACCEPTED, refusal="Only an order that waits for the desk can be approved.")
        if self.state == State.ACCEPTED and not self.problem:
            raise ValidationError("Only an order that waits for the desk can be approved. This one waits for its payment.")
        if self.is_open:
            raise ValidationError("This order has no price yet. Make an offer instead.")
        self._decide("", by)
        self.refuse_unless_sellable()
        if self.state == State.REQUESTED:
            self.move(State.ACCEPTED, "The desk has approved it.", by, pay_by=self.first_pay_by())
            mails.tell_buyer_of_approval(self)
            self.offer_account()
        else:
            self.note("The desk has approved it, since its rights ask for that now.", by)
        self.settle()

    @transaction.atomic
    def offer(self, prices: dict[int, Decimal], reason: str, answer_by: date, by=None, seen: int | None = None) -> None:
        """Name other prices (by the key of an ordered story), with a reason and the day until which the buyer may take them.

        `seen` is the last line of the log that the desk saw: a form that is sent twice, or beside another clerk's, does nothing more.
        """
        self.hold(State.REQUESTED, State.OFFERED, refusal="Only an order that waits for the desk can be given an offer.")
        self.refuse_unless_last(seen)
        if not reason.strip():
            raise ValidationError("Say why: the buyer reads it.")
        if answer_by < timezone.localdate():
            raise ValidationError("The day to answer by has passed already.")
        self._decide(reason.strip(), by)
        self.refuse_unless_sellable()
        for story in self.live:
            price = prices.get(story.pk)
            if price is None:
                raise ValidationError(f"Name a price for “{story}”.")
            if price < 0 or price != rounded(price, self.currency):
                raise ValidationError(f"{price} is no price in {self.currency}.")
            self._reprice(story, price, reason.strip())
        self.total = sum(story.fee for story in self.stories.all())
        self.save(update_fields=["total"])
        said = f"The desk offers {in_words(self.total, self.currency)} until {answer_by:%-d %B %Y}: {reason.strip()}"
        if self.state == State.OFFERED:  # a new offer in the place of the last
            self.answer_by = answer_by
            self.save(update_fields=["answer_by"])
            self.note(said, by)
        else:
            self.move(State.OFFERED, said, by, answer_by=answer_by)
        mails.tell_buyer_of_offer(self)

    @transaction.atomic
    def accept_offer(self, shown: str | None = None) -> None:
        """Take the desk's offer; `shown` is the one that the buyer saw (`offered`), where the desk may have made another since."""
        self.hold(State.OFFERED, refusal="Only an offer of the rights desk can be taken.")
        if shown not in {None, self.offered}:
            raise ValidationError("The rights desk has changed its offer while you read. Look at the new one before you take it.")
        if self.answer_by < timezone.localdate():
            raise ValidationError(f"This offer could be taken until {self.answer_by:%-d %B %Y}. Write to the rights desk for a new one.")
        self.refuse_unless_sellable()
        self.move(State.ACCEPTED, "The buyer has taken the offer.", pay_by=self.first_pay_by())
        mails.tell_buyer_of_approval(self)
        self.offer_account()
        self.settle()

    @transaction.atomic
    def decline(self, reason: str, by=None, seen: str = "") -> None:
        """Say no, with a reason that the buyer reads; what has come in has to go back from then on.

        `seen` is the state that the desk saw: what was approved meanwhile is not declined by a page that was opened before.
        """
        self.hold(*BEFORE_PAYMENT, refusal="Only an order that waits for the desk or for its payment can be declined.")
        if seen and seen != self.state:
            raise ValidationError("Somebody has decided about this order meanwhile. Look at it again before you go on.")
        if not reason.strip():
            raise ValidationError("Say why: the buyer reads it.")
        self._decide(reason.strip(), by)
        self.move(State.DECLINED, f"The desk has declined it: {reason.strip()}", by)
        mails.tell_buyer_of_refusal(self)

    @transaction.atomic
    def cancel(self, reason: str = "Cancelled on the order’s page.") -> None:
        """Let the buyer, or a deadline, end what nothing was licensed for yet."""
        self.hold(*BEFORE_PAYMENT, refusal="Only an order that is not licensed yet can be cancelled like this.")
        self.stories.filter(cancelled_at=None).update(cancelled_at=timezone.now(), cancellation_reason=reason)
        self.move(State.CANCELLED, reason)
        mails.tell_buyer_of_cancellation(self, reason)

    @transaction.atomic
    def lapse(self, day: date) -> None:
        """Cancel an offer that was to be taken before a day, unless it was answered, or another made, at the last moment."""
        self.hold()
        if self.state == State.OFFERED and self.answer_by < day:
            self.cancel(f"The offer was not taken by {self.answer_by:%-d %B %Y}.")

    @transaction.atomic
    def cancel_stories(self, stories: list, reason: str, kept: Decimal = Decimal(0), by=None) -> None:
        """Take stories out of an order, whole or in part: their licences are revoked, and what was paid for them, less `kept` of each, goes back."""
        self.hold(State.ACCEPTED, State.CREDITED, State.PAID, refusal="Only an order that was accepted can be cancelled in part.")
        if not reason.strip():
            raise ValidationError("Say why: the buyer reads it.")
        live = {story.pk: story for story in self.live}
        wanted = [live[story.pk] for story in stories if story.pk in live]
        if not wanted:
            raise ValidationError("Choose at least one story that is not cancelled yet.")
        for story in wanted:
            if not 0 <= kept <= story.fee or kept != rounded(kept, self.currency):
                raise ValidationError(f"What is kept of a fee lies between 0 and the fee, {story.price}.")
            story.cancelled_at, story.cancellation_reason, story.kept = timezone.now(), reason.strip(), kept
            story.save(update_fields=["cancelled_at", "cancellation_reason", "kept"])
            if story.licence and not story.licence.revoked_at:
                story.licence.revoke(reason, by, tell=False)
            self.note(f"“{story}” is cancelled: {reason.strip()}", by)
        self.refresh_from_db()
        if not self.live:
            self.move(State.CANCELLED, "Every story of it is cancelled.", by)
        mails.tell_buyer_of_cancellation(self, reason.strip())
        self.settle()

    def refuse_unless_sellable(self) -> None:
        """Refuse to go on with what was withdrawn, or ceased to be ours to sell, since it was ordered. Holds the stories meanwhile."""
        self.hold_stories()
        if problem := self.problem:
            way_out = "Cancel that story, or decline the order." if self.state == State.ACCEPTED else "Decline the order."
            raise ValidationError(f"{problem} {way_out}")

    def _decide(self, reason: str, by) -> None:
        self.decision_reason, self.decided_by, self.decided_at = reason, by, timezone.now()
        self.save(update_fields=["decision_reason", "decided_by", "decided_at"])
        for story in self.live:
            story.agree()

    @staticmethod
    def _reprice(story, price: Decimal, reason: str) -> None:
        """Bring a story to a price by a line of its own, so that its lines go on adding up."""
        if price != story.fee or story.is_open:
            last = max((line.position for line in story.lines.all()), default=0)
            story.lines.create(position=last + 1, reason=f"Offer of the rights desk: {reason}"[:600], amount=price - story.fee)
        story.fee, story.is_open = price, False
        story.save(update_fields=["fee", "is_open"])
