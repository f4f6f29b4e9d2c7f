"""The desk's orders: what was asked for, and the buttons that call the model's verbs."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import action, display

from articles.admin.base import NewsroomAdmin, RecordMixin
from licensing.models import LicenceOrder, State

from .base import AskingMixin
from .case import Case
from .forms import AccountForm, ApprovalForm, CancellationForm, OfferForm, PaymentForm, RefundForm, RefusalForm
from .queue import queue_page
from .revenue import revenue_page
from .sums import in_a_line, with_stories

COLOURS = {
    State.REQUESTED: "warning", State.OFFERED: "info", State.ACCEPTED: "info", State.CREDITED: "success", State.PAID: "success",
    State.DECLINED: "danger", State.CANCELLED: "danger",
}  # fmt: skip


class StateFilter(admin.SimpleListFilter):
    """The states of orders that were placed."""

    title = parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(state.value, state.label) for state in State if state != State.DRAFT]

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(LicenceOrder)
class LicenceOrderAdmin(AskingMixin, RecordMixin, NewsroomAdmin):
    list_display = ["reference", "status", "organisation", "what_for", "price", "waits"]
    list_filter = [StateFilter]
    search_fields = [
        "reference", "organisation", "name", "email", "order_number", "stories__article__headline", "licences__reference", "account__organisation"
    ]  # fmt: skip
    date_hierarchy = "created_at"
    actions_list = ["desk", "revenue"]
    actions_detail = ["approve", "offer", "decline", "record_payment", "record_refund", "put_on_account", "cancel_stories"]
    asks = {
        "approve": ApprovalForm,
        "offer": OfferForm,
        "decline": RefusalForm,
        "record_payment": PaymentForm,
        "record_refund": RefundForm,
        "put_on_account": AccountForm,
        "cancel_stories": CancellationForm,
    }
    ask_template = "admin/licensing/decide.html"
    change_form_outer_before_template = "admin/licensing/_case.html"
    fieldsets = [("The licence terms that were accepted", {"fields": ["terms_version", "accepted_terms"], "classes": ["collapse"]})]
    readonly_fields = ["accepted_terms"]

    def get_queryset(self, request):
        """Orders that somebody has placed: a draft is nobody's yet."""
        return with_stories(super().get_queryset(request).placed())

    def has_decide_permission(self, request, object_id=None):
        return request.user.has_perm("licensing.decide_licenceorder")

    def has_pay_permission(self, request, object_id=None):
        return request.user.has_perm("licensing.record_payment")

    def has_refund_permission(self, request, object_id=None):
        return request.user.has_perm("licensing.record_refund")

    # --- Pages beside the list

    @action(description="Rights desk", permissions=["view"])
    def desk(self, request: HttpRequest) -> HttpResponse:
        return queue_page(request, self.admin_site.each_context(request) | {"opts": self.opts})

    @action(description="Revenue", permissions=["view"])
    def revenue(self, request: HttpRequest) -> HttpResponse:
        return revenue_page(request, self.admin_site.each_context(request) | {"opts": self.opts})

    # --- Buttons

    @action(description="Approve…", permissions=["decide", "view"])
    def approve(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.ask(request, object_id, "approve")

    @action(description="Offer…", permissions=["decide", "view"])
    def offer(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.ask(request, object_id, "offer")

    @action(description="Decline…", permissions=["decide", "view"])
    def decline(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.ask(request, object_id, "decline")

    @action(description="Record payment…", permissions=["pay", "view"])
    def record_payment(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.ask(request, object_id, "record_payment")

    @action(description="Record refund…", permissions=["refund", "view"])
    def record_refund(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.ask(request, object_id, "record_refund")

    @action(description="Put on account…", permissions=["decide", "view"])
    def put_on_account(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.ask(request, object_id, "put_on_account")

    @action(description="Cancel stories…", permissions=["refund", "view"])
    def cancel_stories(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.ask(request, object_id, "cancel_stories")

    # --- Looks

    def shown_with(self, request, row):
        return {"case": Case(row, COLOURS[row.state])}

    def render_change_form(self, request, context, *args, **kwargs):
        context |= self.shown_with(request, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description="State", label={state.label: colour for state, colour in COLOURS.items()}, ordering="state")
    def status(self, order: LicenceOrder) -> str:
        return order.get_state_display()

    @display(description="Stories")
    def what_for(self, order: LicenceOrder) -> str:
        return in_a_line(order)

    @display(description="Total", ordering="total")
    def price(self, order: LicenceOrder) -> str:
        return order.price

    @display(description="In this state for", ordering="-waits_since")
    def waits(self, order: LicenceOrder) -> str:
        return timesince(order.waits_since, depth=1)

    @display(description="Terms")
    def accepted_terms(self, order: LicenceOrder) -> SafeString:
        return format_html("<div>{}</div>", SafeString(order.terms_text))  # sanitised when it was written
