"""What the rights desk fills in."""

from decimal import Decimal

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from licensing.models import LicenceOrder, Payment


class ApprovalForm(forms.Form):
    """Yes to an order."""

    def save(self, order: LicenceOrder, by) -> str:
        order.approve(by=by)
        return f"{order} is approved; the buyer is told how to pay."


class RefusalForm(forms.Form):
    """No to an order, with a reason."""

    reason = forms.CharField(max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), help_text="The buyer reads it, word for word.")
    is_sent_back = forms.BooleanField(
        label="What was paid is on its way back", required=False, widget=UnfoldBooleanSwitchWidget, help_text="The buyer is told so."
    )
    seen = forms.CharField(max_length=9, required=False, widget=forms.HiddenInput)

    def __init__(self, order: LicenceOrder, *args, **kwargs):
        super().__init__(*args, initial={"seen": order.state}, **kwargs)
        if not order.paid:
            del self.fields["is_sent_back"]

    def save(self, order: LicenceOrder, by) -> str:
        order.decline(by=by, **self.cleaned_data)
        return f"{order} is declined; the buyer is told why."


class PaymentForm(forms.Form):
    """Money that came in by bank transfer."""

    amount = forms.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal("0.01"), widget=UnfoldAdminDecimalFieldWidget)
    received_on = forms.DateField(
        label="Received on", initial=timezone.localdate, widget=UnfoldAdminSingleDateWidget, help_text="The day of the bank statement."
    )
    paid_before = forms.DecimalField(max_digits=12, decimal_places=2, widget=forms.HiddenInput)

    def save(self, order: LicenceOrder, by) -> str:
        payment: Payment = order.record_payment(**self.cleaned_data, by=by)
        if order.state == LicenceOrder.State.PAID:
            return f"{payment} is recorded: {order} is paid, and licence {order.licences.get()} is issued and sent."
        return f"{payment} is recorded. The order waits for the rest."
