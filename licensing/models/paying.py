"""Money for an order, and what it brings: licences when all of it is there, or on account."""

import secrets
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Article
from licensing import mails
from licensing.money import in_words

from .accounts import Licensee
from .states import State

PAYMENT_DAYS = 30


def make_secret() -> str:
    """Return the unguessable part of an order's address (256 bits)."""
    return secrets.token_urlsafe(32)


class PayingVerbs:
    """Verbs of an order; each holds its row, and says in the log what was done."""

    @transaction.atomic
    def record_payment(self, amount: Decimal, received_on: date, paid_before: Decimal, by=None, key: str = ""):
        """Note money as it came in, whatever the state: too little waits for the rest, too much or too late has to go back.

        `paid_before` is what had been paid when the desk looked: a second clerk who notes the same transfer is refused. `key` names the
        form: sent twice, it records once.
        """
        self.hold()
        if self.state == State.DRAFT:
            raise ValidationError(_("Nobody has ordered this yet."))
        if key and (known := self.payments.filter(key=key).first()):
            return known
        if self.paid != paid_before:
            raise ValidationError(_("Somebody has recorded a payment for this order meanwhile. Look at it again before you go on."))
        payment = self.payments.model(order=self, amount=amount, received_on=received_on, recorded_by=by, key=key or secrets.token_urlsafe(16))
        payment.full_clean()
        payment.save()
        self.note(_("%(amount)s came in on %(day)s.") % {"amount": in_words(amount, self.currency), "day": date_format(received_on)}, by)
        if not self.settle():
            mails.tell_buyer_of_payment(self, payment)
        return payment

    @transaction.atomic
    def record_refund(self, amount: Decimal, sent_on: date, reason: str, by=None, key: str = ""):
        """Note money that was sent back: never more than came in beyond what is due. `key` names the form, as for a payment."""
        self.hold()
        if key and (known := self.refunds.filter(key=key).first()):
            return known
        refund = self.refunds.model(order=self, amount=amount, sent_on=sent_on, reason=reason, recorded_by=by, key=key or secrets.token_urlsafe(16))
        refund.full_clean()
        refund.save()
        went = {"amount": in_words(amount, self.currency), "day": date_format(sent_on), "reason": reason}
        self.note(_("%(amount)s went back on %(day)s: %(reason)s") % went, by)
        mails.tell_buyer_of_refund(self, refund)
        return refund

    def settle(self) -> bool:
        """Issue the licences if nothing is owed any more, and say whether that was done; the row is held by the verb that calls this.

        Where a story can no longer be licensed, all wait: the desk cancels that story, and then the others are licensed.
        """
        if self.state == State.CREDITED and not self.owed:
            self.move(State.PAID, _("What was owed on account has come in."))
        if self.state != State.ACCEPTED or self.owed:
            return False
        self.hold_stories()
        if problem := self.problem:
            self.note(_("Paid, but not licensed: %(problem)s") % {"problem": problem})
            return False
        try:
            with transaction.atomic():
                self.move(State.PAID, _("Paid in full."))
                self.issue_licences()
        except OSError:  # a disk that fails takes no payment with it
            self.refresh_from_db()
            self.note(_("Paid, but not licensed: the file of a picture cannot be read."))
            return False
        mails.tell_buyer_of_licences(self)
        return True

    @transaction.atomic
    def settle_again(self) -> None:
        """Try once more to license what is paid."""
        self.hold()
        self.settle()

    def issue_licences(self) -> list:
        """Make the licences of the stories that have none, from today on."""
        from .licences import Licence

        made = [Licence.objects.issue(story, timezone.now()) for story in self.live if not story.licence]
        self.note(_("Licensed: %(licences)s.") % {"licences": ", ".join(map(str, made))})
        return made

    # --- On account

    def offer_account(self) -> None:
        """Mail the link that takes it on account to the licensee's registered address, where the order came from one that has an account."""
        if self.owed and (licensee := Licensee.objects.with_account(self.email)):
            self._invite(licensee)

    @transaction.atomic
    def put_on_account(self, licensee: Licensee, by=None, seen: int | None = None) -> None:
        """Let a licensee take it on account whoever has ordered it; the link still goes to the registered address only. `seen` as for an offer."""
        self.hold(State.ACCEPTED, refusal=_("Only an order that waits for its payment can be put on account."))
        self.refuse_unless_last(seen)
        self.note(_("May be taken on the account of %(licensee)s.") % {"licensee": licensee}, by)
        self._invite(licensee)

    def _invite(self, licensee: Licensee) -> None:
        """Mail a new link to a licensee's registered address; the last one, whoever has it, leads nowhere any more."""
        self.account, self.release_email, self.release_secret = licensee, licensee.email, make_secret()
        self.save(update_fields=["account", "release_email", "release_secret"])
        mails.tell_licensee_of_account(self)

    @transaction.atomic
    def release(self) -> None:
        """Take it on account: licences now, money within the days agreed. Asked for through the link that was mailed to the registered address.

        The order's page moves to a new address, which only the registered one is told: whoever ordered in another's name is left outside.
        """
        self.hold(State.ACCEPTED, refusal=_("Only an order that waits for its payment can be taken on account."))
        if not self.account_id:
            raise ValidationError(_("No account was agreed on for this order."))
        self.refuse_unless_sellable()
        if not self.owed:
            raise ValidationError(_("Nothing is owed for this order, so there is nothing to take on account."))
        licensee = Licensee.objects.select_for_update().get(pk=self.account_id)
        self.account = licensee
        if self.release_email != licensee.email:
            raise ValidationError(_("The registered address has changed since this link was sent. Ask the rights desk for a new one."))
        owes = licensee.outstanding
        if owes + self.owed > licensee.credit_limit:
            left = in_words(max(licensee.credit_limit - owes, Decimal(0)), self.currency)
            too_much = _("This is more than your account has room for: %(amount)s. Pay what is open, or pay this order by transfer.")
            raise ValidationError(too_much % {"amount": left})
        taken = _("Taken on the account of %(licensee)s.") % {"licensee": licensee}
        self.move(
            State.CREDITED, taken, email=licensee.email, secret=make_secret(), fingerprint=secrets.token_hex(32),
            pay_by=timezone.localdate() + timedelta(days=licensee.payment_days),
        )  # fmt: skip
        self.issue_licences()
        mails.tell_buyer_of_licences(self)

    def first_pay_by(self) -> date:
        """Return the day until which its payment is waited for."""
        return timezone.localdate() + timedelta(days=PAYMENT_DAYS)

    def hold_stories(self) -> None:
        """Hold its stories, so that a withdrawal comes before or after."""
        keys = [story.article_id for story in self.stories.all()]
        list(Article.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
