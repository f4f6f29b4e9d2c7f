"""Rate cards: drafts are written, what is in force is read."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from articles.admin.base import NewsroomInline
from licensing.models import Rate, RateCard

from .base import VersionAdmin


class RateInline(NewsroomInline):
    model = Rate
    hide_title = True
    fields = ["question", "position", "key", "name", "description", "fee", "percent", "months"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.has_begun)

    has_add_permission = has_delete_permission = has_change_permission


@admin.register(RateCard)
class RateCardAdmin(VersionAdmin):
    inlines = [RateInline]
    fields = ["version", "in_force_from", "currency", "picture_fee"]
    readonly_fields = ["version", "currency"]
    list_display = ["__str__", "state", "in_force_from", "currency", "picture_fee"]
    actions = ["copy"]

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
