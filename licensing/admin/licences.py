"""Licences, to look up."""

from django.contrib import admin
from unfold.decorators import display

from articles.admin.base import NewsroomAdmin, RecordMixin
from licensing.models import Licence
from licensing.money import in_words


@admin.register(Licence)
class LicenceAdmin(RecordMixin, NewsroomAdmin):
    list_display = ["reference", "state", "organisation", "article", "medium", "territory", "starts_on", "ends_on"]
    list_filter = ["medium", "territory"]
    list_select_related = ["article"]
    search_fields = ["reference", "organisation", "article__headline", "order__reference"]
    date_hierarchy = "issued_at"
    fields = [
        "reference",
        "order",
        "article",
        "revision",
        "organisation",
        "country",
        "medium",
        "territory",
        "audience",
        "term",
        "starts_on",
        "ends_on",
        "price",
        "issued_at",
    ]
    readonly_fields = ["price"]

    @display(description="State", label={"In force": "success", "Not in force": "danger"})
    def state(self, licence: Licence) -> str:
        return "In force" if licence.is_in_force() else "Not in force"

    @display(description="Fee")
    def price(self, licence: Licence) -> str:
        return in_words(licence.fee, licence.currency)
