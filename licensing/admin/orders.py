"""The desk's orders: what was asked for, and the buttons that call the model's verbs."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from articles.admin.base import NewsroomAdmin, RecordMixin
from articles.admin.stories import number
from licensing.models import LicenceOrder
from licensing.money import in_words

from .forms import ApprovalForm, PaymentForm, RefusalForm

State = LicenceOrder.State
APPROVABLE, DECLINABLE, PAYABLE = {State.REQUESTED}, {State.REQUESTED, State.ACCEPTED}, {State.ACCEPTED}
STATES = {State.REQUESTED: "warning", State.ACCEPTED: "info", State.DECLINED: "danger", State.PAID: "success"}


@admin.register(LicenceOrder)
class LicenceOrderAdmin(RecordMixin, NewsroomAdmin):
    list_display = ["reference", "status", "organisation", "article", "medium", "price", "created_at"]
    list_filter = ["state", "medium", "territory"]
    list_select_related = ["article"]
    search_fields = ["reference", "organisation", "name", "email", "order_number", "article__headline"]
    date_hierarchy = "created_at"
    actions_detail = ["approve", "decline", "mark_paid"]
    fieldsets = [
        (None, {"fields": ["reference", "status", "article", "created_at", "buyers_page"]}),
        ("What for", {"fields": ["medium", "territory", "term", "audience", "quote"]}),
        ("Who", {"fields": ["name", "organisation", "country", "email", "address", "order_number"]}),
        ("Decision and payment", {"fields": ["decided_at", "decided_by", "decision_reason", "money", "licence"]}),
        ("The licence terms that were accepted", {"fields": ["terms_version", "accepted_terms"], "classes": ["collapse"]}),
    ]
    readonly_fields = ["status", "buyers_page", "quote", "address", "money", "licence", "accepted_terms"]

    def has_approve_permission(self, request, object_id=None):
        return request.user.has_perm("licensing.decide_licenceorder") and self._is_asked(request, object_id, APPROVABLE)

    def has_decline_permission(self, request, object_id=None):
        return request.user.has_perm("licensing.decide_licenceorder") and self._is_asked(request, object_id, DECLINABLE)

    def has_pay_permission(self, request, object_id=None):
        return request.user.has_perm("licensing.record_payment") and self._is_asked(request, object_id, PAYABLE)

    def _is_asked(self, request, object_id, states) -> bool:
        """Whether an order's state offers a button; the page behind the button says itself why it came too late."""
        if request.resolver_match.url_name.endswith(("_approve", "_decline", "_mark_paid")):
            return True
        return LicenceOrder.objects.filter(pk=number(object_id), state__in=states).exists()

    # --- Buttons. Each asks first, and a POST does it.

    @action(description="Approve…", permissions=["approve", "view"])
    def approve(self, request: HttpRequest, object_id: int) -> HttpResponse:
        words = "The buyer is told how to pay. The licence is issued once the money is there."
        return self._ask(request, object_id, APPROVABLE, lambda order: ApprovalForm(_sent(request)), "Approve", words)

    @action(description="Decline…", permissions=["decline", "view"])
    def decline(self, request: HttpRequest, object_id: int) -> HttpResponse:
        words = "Nothing is sold, and the buyer is told why."
        return self._ask(request, object_id, DECLINABLE, lambda order: RefusalForm(order, _sent(request)), "Decline", words)

    @action(description="Mark paid…", permissions=["pay", "view"])
    def mark_paid(self, request: HttpRequest, object_id: int) -> HttpResponse:
        def form(order):
            return PaymentForm(_sent(request), initial={"amount": order.owed, "paid_before": order.paid})

        words = "What came in by bank transfer. With the whole price the licence is issued and sent."
        return self._ask(request, object_id, PAYABLE, form, "Mark paid", words)

    def _ask(self, request: HttpRequest, object_id: int, states, make_form, verb: str, words: str) -> HttpResponse:
        """Show an order with a form under it; when the form is sent, do what it says, and note it in the order's history."""
        order = get_object_or_404(LicenceOrder, pk=number(object_id))
        if order.state not in states:
            self.message_user(request, f"{verb}: too late. Order {order} is in the state “{order.get_state_display()}”.", messages.ERROR)
            return redirect("admin:licensing_licenceorder_change", order.pk)
        form = make_form(order)
        if request.method == "POST" and form.is_valid():
            try:
                said = form.save(order, by=request.user)
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                self.log_change(request, order, said)
                self.message_user(request, said, messages.SUCCESS)
                return redirect("admin:licensing_licenceorder_change", order.pk)
        context = self.admin_site.each_context(request) | {
            "title": verb,
            "order": order,
            "form": form,
            "verb": verb,
            "words": words,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/licensing/decide.html", context)

    # --- Looks

    @display(description="State", label={state.label: colour for state, colour in STATES.items()})
    def status(self, order: LicenceOrder) -> str:
        return order.get_state_display()

    @display(description="The buyer’s page")
    def buyers_page(self, order: LicenceOrder) -> SafeString:
        return format_html('<a href="{}" target="_blank" rel="noreferrer">What the buyer sees</a>', order.get_absolute_url())

    @display(description="Billing address")
    def address(self, order: LicenceOrder) -> SafeString:
        return linebreaksbr(order.billing_address)

    @display(description="Quote")
    def quote(self, order: LicenceOrder) -> SafeString:
        return render_to_string("admin/licensing/_quote.html", {"order": order})

    @display(description="Money")
    def money(self, order: LicenceOrder) -> str:
        rows = [f"{payment}, recorded by {payment.recorded_by or 'nobody'}" for payment in order.payments.select_related("recorded_by")]
        rows.append(f"{in_words(order.owed, order.currency)} is still owed." if order.state == State.ACCEPTED else "")
        return format_html_join("", "{}<br>", ((row,) for row in rows if row)) or "Nothing has come in."

    @display(description="Licence")
    def licence(self, order: LicenceOrder) -> str:
        rows = ((licence.get_absolute_url(), licence.reference) for licence in order.licences.all())
        return format_html_join(", ", '<a href="{}">{}</a>', rows) or "None yet."

    @display(description="Terms")
    def accepted_terms(self, order: LicenceOrder) -> SafeString:
        return format_html("<div>{}</div>", SafeString(order.terms_text))  # sanitised when it was written


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
