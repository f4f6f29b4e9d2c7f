"""Rate cards: drafts are written, what is in force is read."""

from django.contrib import admin, messages
from django.contrib.postgres.fields import ArrayField
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from articles.admin.base import NewsroomInline
from articles.admin.stories import number
from licensing.models import Rate, RateCard

from .base import VersionAdmin
from .preview import preview_page


class RateInline(NewsroomInline):
    model = Rate
    hide_title = True
    formfield_overrides = {ArrayField: {"widget": UnfoldAdminTextInputWidget}}  # on one line, as all of an answer is
    fields = ["question", "position", "key", "name", "description", "fee", "percent", "months", "most", "countries", "desk"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.has_begun)

    has_add_permission = has_delete_permission = has_change_permission


@admin.register(RateCard)
class RateCardAdmin(VersionAdmin):
    inlines = [RateInline]
    fields = ["version", "in_force_from", "currency", "picture_fee", "minimum_fee", "desk_above", "quote_days"]
    readonly_fields = ["version", "currency"]
    list_display = ["__str__", "state", "in_force_from", "currency", "picture_fee", "minimum_fee"]
    actions = ["copy"]
    actions_detail = ["preview"]

    @action(description="Try it on a story…", permissions=["view"])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        card = get_object_or_404(self.get_queryset(request), pk=number(object_id))
        return preview_page(request, card, self.admin_site.each_context(request) | {"opts": self.opts, "state": self.state(card)})

    @admin.action(description="Copy as a new draft", permissions=["add"])
    def copy(self, request: HttpRequest, cards: QuerySet[RateCard]) -> None:
        drafts = [card.copy() for card in cards[:10]]
        self.message_user(request, f"{', '.join(map(str, drafts))}: change the rates, then set the day from which they count.", messages.SUCCESS)

    @display(description="State", label={"In force": "success", "Draft": "info", "To come": "warning", "Incomplete": "danger", "Past": ""})
    def state(self, card: RateCard) -> str:
        if not card.has_begun:
            return "To come" if card.in_force_from else "Draft"
        if card not in RateCard.objects.begun():
            return "Incomplete"
        return "In force" if card == RateCard.objects.current() else "Past"
