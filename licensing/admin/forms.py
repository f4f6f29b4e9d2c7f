"""What the rights desk fills in: a form for each of its buttons, which knows when it fits, and the one verb that it calls."""

import secrets
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
)

from licensing.models import Licence, LicenceOrder, Licensee, State
from licensing.money import in_words

DAYS_TO_ANSWER = 14


def _reason(help_text: str) -> forms.CharField:
    return forms.CharField(max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), help_text=help_text)


def _amount(label: str, least="0.00", help_text="") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, min_value=Decimal(least), widget=UnfoldAdminDecimalFieldWidget, help_text=help_text
    )


def _day(label: str, help_text: str) -> forms.DateField:
    return forms.DateField(label=label, widget=UnfoldAdminSingleDateWidget, help_text=help_text)


class DeskForm(forms.Form):
    """What a button asks for before it acts."""

    verb: str
    words: str
    was_sent_before = False  # the very same form, whose verb then does nothing more

    def __init__(self, row, data=None):
        super().__init__(data, initial=self.first_values(row))
        self.row = row

    @staticmethod
    def first_values(row) -> dict:
        return {}

    @staticmethod
    def fits(row) -> bool:
        """Whether the verb can do anything in the state that the row is in."""
        raise NotImplementedError

    @property
    def too_late(self) -> str:
        return f"too late. Order {self.row} is in the state “{self.row.get_state_display()}”."

    @property
    def complaints(self) -> list[str]:
        """What is wrong with the form as a whole, or with what is hidden in it."""
        return [*self.non_field_errors(), *(error for field in self.hidden_fields() for error in field.errors)]

    def save(self, by) -> str:
        """Call the verb and say what was done; a ValidationError says why that cannot be."""
        raise NotImplementedError


# --- Deciding


class SeenForm(DeskForm):
    """A form that knows how far the log went when it was opened: sent twice, it does nothing more."""

    seen = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput, error_messages={"required": "Open the form once more."})

    @staticmethod
    def first_values(row: LicenceOrder) -> dict:
        return {"seen": row.last_line}


class ApprovalForm(DeskForm):
    """Yes to an order."""

    verb = "Approve"
    words = "The buyer is told how to pay. The licences are issued once the money is there."

    @staticmethod
    def fits(row: LicenceOrder) -> bool:
        if row.state == State.REQUESTED:
            return not row.is_open
        if row.state != State.ACCEPTED or not row.problem:
            return False
        return not any(story.problem(has_desk_agreed=True) for story in row.live)

    @property
    def too_late(self) -> str:
        return "this order has no price yet. Make an offer instead." if self.row.state == State.REQUESTED else super().too_late

    def save(self, by) -> str:
        self.row.approve(by=by)
        return f"{self.row} is approved; the buyer is told how to pay."


class OfferForm(SeenForm):
    """A price of the desk's own."""

    verb = "Make an offer"
    words = "The buyer is told the price and your reason, and takes it or leaves it."

    def __init__(self, row: LicenceOrder, data=None):
        super().__init__(row, data)
        self.stories = {f"price_{story.pk}": story for story in row.live}
        prices = {
            name: _amount(str(story), help_text=f"The quote came to {story.price}; the rest is open." if story.is_open else "")
            for name, story in self.stories.items()
        }
        for name, field in prices.items():
            field.initial = self.stories[name].fee
        self.fields = (
            self.fields
            | prices
            | {
                "reason": _reason("The buyer reads it, word for word."),
                "answer_by": _day("Answer by", "The last day on which the offer can be taken. Then the order is cancelled."),
            }
        )
        self.fields["answer_by"].initial = timezone.localdate() + timedelta(days=DAYS_TO_ANSWER)

    @staticmethod
    def fits(row: LicenceOrder) -> bool:
        return row.state in {State.REQUESTED, State.OFFERED}

    def save(self, by) -> str:
        prices = {story.pk: self.cleaned_data[name] for name, story in self.stories.items()}
        self.row.offer(prices, self.cleaned_data["reason"], self.cleaned_data["answer_by"], by=by, seen=self.cleaned_data["seen"])
        return f"{self.row} is offered for {self.row.price}; the buyer is told, and has until {self.row.answer_by:%-d %B %Y}."


class RefusalForm(DeskForm):
    """No to an order, with a reason."""

    verb = "Decline"
    words = "Nothing is sold, and the buyer is told why. What has come in has to go back."
    reason = _reason("The buyer reads it, word for word.")
    seen = forms.CharField(max_length=9, required=False, widget=forms.HiddenInput)

    @staticmethod
    def first_values(row: LicenceOrder) -> dict:
        return {"seen": row.state}

    @staticmethod
    def fits(row: LicenceOrder) -> bool:
        return row.state in {State.REQUESTED, State.OFFERED, State.ACCEPTED}

    def save(self, by) -> str:
        self.row.decline(by=by, **self.cleaned_data)
        return f"{self.row} is declined; the buyer is told why."


class CancellationForm(DeskForm):
    """Stories that are taken out of an order."""

    verb = "Cancel stories"
    words = "Their licences are revoked, and the buyer is told why. What was paid for them, less what you keep, has to go back."
    stories = forms.MultipleChoiceField(label="Stories", widget=UnfoldAdminCheckboxSelectMultipleWidget)
    reason = _reason("The buyer reads it, word for word.")
    kept = _amount("Kept of each fee", help_text="0 gives all of it back.")

    def __init__(self, row: LicenceOrder, data=None):
        super().__init__(row, data)
        self.fields["stories"].choices = [(story.pk, f"{story} ({story.price})") for story in row.live]

    @staticmethod
    def first_values(row: LicenceOrder) -> dict:
        return {"kept": Decimal(0)}

    @staticmethod
    def fits(row: LicenceOrder) -> bool:
        return row.state in {State.ACCEPTED, State.CREDITED, State.PAID}

    def save(self, by) -> str:
        chosen = [story for story in self.row.live if str(story.pk) in self.cleaned_data["stories"]]
        self.row.cancel_stories(chosen, self.cleaned_data["reason"], self.cleaned_data["kept"], by=by)
        back = f" {in_words(self.row.surplus, self.row.currency)} has to go back." if self.row.surplus else ""
        return f"Cancelled: {'; '.join(map(str, chosen))}. The buyer is told why.{back}"


# --- Money


class KeyedForm(DeskForm):
    """A form that carries a key of its own, so that it records once, however often it is sent."""

    key = forms.RegexField(r"^[\w-]{16,64}$", widget=forms.HiddenInput, error_messages={"invalid": "Open the form once more."})

    @staticmethod
    def first_values(row: LicenceOrder) -> dict:
        return {"key": secrets.token_urlsafe(16)}


class PaymentForm(KeyedForm):
    """Money that came in by bank transfer."""

    verb = "Record a payment"
    words = "What came in by bank transfer, as it came. With the whole price the licences are issued and sent."
    amount = _amount("Amount", "0.01")
    received_on = _day("Received on", "The day of the bank statement.")
    paid_before = forms.DecimalField(max_digits=14, decimal_places=2, widget=forms.HiddenInput)

    @staticmethod
    def first_values(row: LicenceOrder) -> dict:
        return KeyedForm.first_values(row) | {"amount": row.owed or None, "received_on": timezone.localdate(), "paid_before": row.paid}

    @staticmethod
    def fits(row: LicenceOrder) -> bool:
        return row.state != State.DRAFT

    def save(self, by) -> str:
        order = self.row
        was, payment = order.state, order.record_payment(**self.cleaned_data, by=by)
        order.refresh_from_db()
        if was == State.ACCEPTED and order.state == State.PAID:
            return f"{payment} is recorded: {order} is paid. Issued and sent: {', '.join(map(str, order.licences.all()))}."
        if order.surplus:
            return f"{payment} is recorded. {in_words(order.surplus, order.currency)} is too much, and has to go back."
        if order.owed:
            return f"{payment} is recorded. The order waits for the rest, {in_words(order.owed, order.currency)}."
        if order.state == State.ACCEPTED:
            return f"{payment} is recorded, but nothing is licensed: {order.problem}"
        return f"{payment} is recorded."


class RefundForm(KeyedForm):
    """Money that was sent back."""

    verb = "Record a refund"
    words = "What was sent back by bank transfer. The buyer is told that it is on its way."
    amount = _amount("Amount", "0.01")
    sent_on = _day("Sent on", "The day of the bank statement.")
    reason = _reason("The buyer reads it, word for word.")

    @staticmethod
    def first_values(row: LicenceOrder) -> dict:
        return KeyedForm.first_values(row) | {"amount": row.surplus, "sent_on": timezone.localdate()}

    @staticmethod
    def fits(row: LicenceOrder) -> bool:
        return bool(row.surplus)

    @property
    def too_late(self) -> str:
        return f"nothing of order {self.row} has to go back."

    @property
    def was_sent_before(self) -> bool:
        return self.row.refunds.filter(key=self.cleaned_data["key"]).exists()

    def save(self, by) -> str:
        return f"{self.row.record_refund(**self.cleaned_data, by=by)} went back; the buyer is told."


class AccountField(forms.ModelChoiceField):
    """A licensee with its limit."""

    def label_from_instance(self, licensee: Licensee) -> str:
        return f"{licensee}, {licensee.email} (may owe {licensee.credit_limit})"


class AccountForm(SeenForm):
    """Whose account an order may be taken on."""

    verb = "Put on account"
    words = "A link goes to the registered address of the account. Whoever follows it takes the licences now, and pays later."
    licensee = AccountField(queryset=Licensee.objects.filter(credit_limit__gt=0), label="Account", widget=UnfoldAdminSelectWidget)

    @staticmethod
    def first_values(row: LicenceOrder) -> dict:
        return SeenForm.first_values(row) | {"licensee": row.account_id or Licensee.objects.with_account(row.email)}

    @staticmethod
    def fits(row: LicenceOrder) -> bool:
        return row.state == State.ACCEPTED and bool(row.owed)

    def save(self, by) -> str:
        licensee = self.cleaned_data["licensee"]
        self.row.put_on_account(licensee, by=by, seen=self.cleaned_data["seen"])
        return f"{self.row} may be taken on the account of {licensee}; the link is sent to {licensee.email}."


# --- Licences


class RevocationForm(DeskForm):
    """The end of a licence before its day."""

    verb = "Revoke"
    words = "The licence ends at once, and its page says so. The licensee is told why. Money is another matter: cancel the story in its order."
    reason = _reason("The licensee reads it, word for word.")

    @staticmethod
    def fits(row: Licence) -> bool:
        return not row.revoked_at

    @property
    def too_late(self) -> str:
        return f"licence {self.row} is revoked already."

    def save(self, by) -> str:
        self.row.revoke(self.cleaned_data["reason"], by=by)
        return f"Licence {self.row} is revoked; the licensee is told why."
