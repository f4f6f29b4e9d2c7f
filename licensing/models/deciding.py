"""What the desk and the buyer decide about an order that was placed."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licensing import mails
from licensing.money import in_words, rounded

from .states import State

BEFORE_PAYMENT = (State.REQUESTED, State.OFFERED, State.ACCEPTED)


class DecidingVerbs:
    """Verbs of an order; each holds its row, and says in the log what was done."""

    @transaction.atomic
    def approve(self, by=None) -> None:
        """Say yes to a request, or to an order whose rights have come to ask for it: the buyer is told how to pay."""
        self.hold(State.REQUESTED, State.ACCEPTED, refusal=_("Only an order that waits for the desk can be approved."))
        if self.state == State.ACCEPTED and not self.problem:
            raise ValidationError(_("Only an order that waits for the desk can be approved. This one waits for its payment."))
        if self.is_open:
            raise ValidationError(_("This order has no price yet. Make an offer instead."))
        self._decide("", by)
        self.refuse_unless_sellable()
        if self.state == State.REQUESTED:
            self.move(State.ACCEPTED, _("The desk has approved it."), by, pay_by=self.first_pay_by())
            mails.tell_buyer_of_approval(self)
            self.offer_account()
        else:
            self.note(_("The desk has approved it, since its rights ask for that now."), by)
        self.settle()

    @transaction.atomic
    def offer(self, prices: dict[int, Decimal], reason: str, answer_by: date, by=None, seen: int | None = None) -> None:
        """Name other prices (by the key of an ordered story), with a reason and the day until which the buyer may take them.

        `seen` is the last line of the log that the desk saw: a form that is sent twice, or beside another clerk's, does nothing more.
        """
        self.hold(State.REQUESTED, State.OFFERED, refusal=_("Only an order that waits for the desk can be given an offer."))
        self.refuse_unless_last(seen)
        if not reason.strip():
            raise ValidationError(_("Say why: the buyer reads it."))
        if answer_by < timezone.localdate():
            raise ValidationError(_("The day to answer by has passed already."))
        self._decide(reason.strip(), by)
        self.refuse_unless_sellable()
        for story in self.live:
            price = prices.get(story.pk)
            if price is None:
                raise ValidationError(_("Name a price for “%(story)s”.") % {"story": story})
            if price < 0 or price != rounded(price, self.currency):
                raise ValidationError(_("%(price)s is no price in %(currency)s.") % {"price": price, "currency": self.currency})
            self._reprice(story, price, reason.strip())
        self.total = sum(story.fee for story in self.stories.all())
        self.save(update_fields=["total"])
        total = in_words(self.total, self.currency)
        said = _("The desk offers %(price)s until %(day)s: %(reason)s") % {"price": total, "day": date_format(answer_by), "reason": reason.strip()}
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
        self.hold(State.OFFERED, refusal=_("Only an offer of the rights desk can be taken."))
        if shown not in {None, self.offered}:
            raise ValidationError(_("The rights desk has changed its offer while you read. Look at the new one before you take it."))
        if self.answer_by < timezone.localdate():
            late = _("This offer could be taken until %(day)s. Write to the rights desk for a new one.")
            raise ValidationError(late % {"day": date_format(self.answer_by)})
        self.refuse_unless_sellable()
        self.move(State.ACCEPTED, _("The buyer has taken the offer."), pay_by=self.first_pay_by())
        mails.tell_buyer_of_approval(self)
        self.offer_account()
        self.settle()

    @transaction.atomic
    def decline(self, reason: str, by=None, seen: str = "") -> None:
        """Say no, with a reason that the buyer reads; what has come in has to go back from then on.

        `seen` is the state that the desk saw: what was approved meanwhile is not declined by a page that was opened before.
        """
        self.hold(*BEFORE_PAYMENT, refusal=_("Only an order that waits for the desk or for its payment can be declined."))
        if seen and seen != self.state:
            raise ValidationError(_("Somebody has decided about this order meanwhile. Look at it again before you go on."))
        if not reason.strip():
            raise ValidationError(_("Say why: the buyer reads it."))
        self._decide(reason.strip(), by)
        self.move(State.DECLINED, _("The desk has declined it: %(reason)s") % {"reason": reason.strip()}, by)
        mails.tell_buyer_of_refusal(self)

    @transaction.atomic
    def cancel(self, reason: str = "") -> None:
        """Let the buyer, or a deadline, which gives its reason, end what nothing was licensed for yet."""
        reason = reason or _("Cancelled on the order’s page.")
        self.hold(*BEFORE_PAYMENT, refusal=_("Only an order that is not licensed yet can be cancelled like this."))
        self.stories.filter(cancelled_at=None).update(cancelled_at=timezone.now(), cancellation_reason=reason)
        self.move(State.CANCELLED, reason)
        mails.tell_buyer_of_cancellation(self, reason)

    @transaction.atomic
    def lapse(self, day: date) -> None:
        """Cancel an offer that was to be taken before a day, unless it was answered, or another made, at the last moment."""
        self.hold()
        if self.state == State.OFFERED and self.answer_by < day:
            self.cancel(_("The offer was not taken by %(day)s.") % {"day": date_format(self.answer_by)})

    @transaction.atomic
    def cancel_stories(self, stories: list, reason: str, kept: Decimal = Decimal(0), by=None) -> None:
        """Take stories out of an order, whole or in part: their licences are revoked, and what was paid for them, less `kept` of each, goes back."""
        self.hold(State.ACCEPTED, State.CREDITED, State.PAID, refusal=_("Only an order that was accepted can be cancelled in part."))
        if not reason.strip():
            raise ValidationError(_("Say why: the buyer reads it."))
        live = {story.pk: story for story in self.live}
        wanted = [live[story.pk] for story in stories if story.pk in live]
        if not wanted:
            raise ValidationError(_("Choose at least one story that is not cancelled yet."))
        for story in wanted:
            if not 0 <= kept <= story.fee or kept != rounded(kept, self.currency):
                raise ValidationError(_("What is kept of a fee lies between 0 and the fee, %(fee)s.") % {"fee": story.price})
            story.cancelled_at, story.cancellation_reason, story.kept = timezone.now(), reason.strip(), kept
            story.save(update_fields=["cancelled_at", "cancellation_reason", "kept"])
            if story.licence and not story.licence.revoked_at:
                story.licence.revoke(reason, by, tell=False)
            self.note(_("“%(story)s” is cancelled: %(reason)s") % {"story": story, "reason": reason.strip()}, by)
        self.refresh_from_db()
        if not self.live:
            self.move(State.CANCELLED, _("Every story of it is cancelled."), by)
        mails.tell_buyer_of_cancellation(self, reason.strip())
        self.settle()

    def refuse_unless_sellable(self) -> None:
        """Refuse to go on with what was withdrawn, or ceased to be ours to sell, since it was ordered. Holds the stories meanwhile."""
        self.hold_stories()
        if problem := self.problem:
            way_out = _("Cancel that story, or decline the order.") if self.state == State.ACCEPTED else _("Decline the order.")
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
            why = _("Offer of the rights desk: %(reason)s") % {"reason": reason}
            story.lines.create(position=last + 1, reason=why[:600], amount=price - story.fee)
        story.fee, story.is_open = price, False
        story.save(update_fields=["fee", "is_open"])
