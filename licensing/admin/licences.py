"""Licences, to look up and to revoke."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from articles.admin.base import NewsroomAdmin, RecordMixin
from licensing.models import Licence
from licensing.money import in_words

from .base import AskingMixin
from .forms import RevocationForm

COLOURS = {"In force": "success", "Not begun": "info", "Ended": "", "Revoked": "danger"}


@admin.register(Licence)
class LicenceAdmin(AskingMixin, RecordMixin, NewsroomAdmin):
    list_display = ["reference", "standing", "article", "organisation", "ends_on"]
    list_filter = ["medium"]
    list_select_related = ["article"]
    search_fields = ["reference", "organisation", "article__headline", "order__reference", "order__email"]
    date_hierarchy = "issued_at"
    actions_detail = ["revoke"]
    asks = {"revoke": RevocationForm}
    ask_template = "admin/licensing/revoke.html"
    fieldsets = [
        (None, {"fields": ["reference", "standing", "public_page", "order", "organisation", "country"]}),
        ("What it covers", {"fields": [
            "article", "revision", "medium", "territory", "audience", "text", "term", "starts_on", "ends_on", "licensed_pictures", "price"
        ]}),
        ("What was delivered", {"fields": ["issued_at", "deliveries"]}),
        ("What its licensee was told since", {"fields": ["notices"]}),
    ]  # fmt: skip
    readonly_fields = ["standing", "public_page", "text", "licensed_pictures", "price", "deliveries", "notices"]

    def has_revoke_permission(self, request, object_id=None):
        return request.user.has_perm("licensing.revoke_licence")

    @action(description="Revoke…", permissions=["revoke", "view"])
    def revoke(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.ask(request, object_id, "revoke")

    # --- Looks

    def shown_with(self, request, row):
        return {"licence": row}

    @display(description="State", label=COLOURS)
    def standing(self, licence: Licence) -> str:
        return licence.state

    @display(description="Its page")
    def public_page(self, licence: Licence) -> SafeString:
        return format_html('<a href="{0}" target="_blank" rel="noreferrer">{0}</a>', licence.get_absolute_url())

    @display(description="Text")
    def text(self, licence: Licence) -> str:
        return "; ".join(part for part in (licence.story.portion or "The whole text", licence.story.translation) if part)

    @display(description="Pictures")
    def licensed_pictures(self, licence: Licence) -> str:
        rows = ((row["alt_text"], f" ({row['credit']})" if row["credit"] else "") for row in licence.pictures)
        return format_html_join("", "{}{}<br>", rows) or "None: the words alone"

    @display(description="Fee")
    def price(self, licence: Licence) -> str:
        return in_words(licence.fee, licence.currency)

    @display(description="Packages")
    def deliveries(self, licence: Licence) -> SafeString:
        return render_to_string("admin/licensing/_deliveries.html", {"licence": licence})

    @display(description="Notices")
    def notices(self, licence: Licence) -> SafeString:
        return render_to_string("admin/licensing/_notices.html", {"licence": licence}) if licence.notices.exists() else "None."
