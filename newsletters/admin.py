"""The newsletter as the desk sees it: to look at, not to change. People come and leave by themselves."""

from django.contrib import admin
from unfold.decorators import display

from articles.admin.base import NewsroomAdmin, NewsroomInline, RecordMixin
from newsletters.models import Consent, Issue, IssueStory, Subscription


class ConsentInline(RecordMixin, NewsroomInline):
    model = Consent
    fields = ["event", "at", "wording", "wording_version", "page", "channel"]


class IssueStoryInline(RecordMixin, NewsroomInline):
    model = IssueStory
    fields = ["position", "article"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("article")


@admin.register(Subscription)
class SubscriptionAdmin(RecordMixin, NewsroomAdmin):
    list_display = ["email", "coloured_state", "asked_at", "confirmed_at", "left_at"]
    list_filter = ["state"]
    search_fields = ["email"]
    fields = ["email", "state", "asked_at", "confirmed_at", "left_at"]
    inlines = [ConsentInline]

    def lookup_allowed(self, lookup, value, request=None):
        """The key to leave and the token are nobody's to guess at in a filter."""
        return lookup.startswith("state")

    @display(description="State", label={"PENDING": "info", "ACTIVE": "success", "LEFT": "warning"}, ordering="state")
    def coloured_state(self, subscription: Subscription) -> tuple[str, str]:
        return subscription.state, subscription.get_state_display()


@admin.register(Issue)
class IssueAdmin(RecordMixin, NewsroomAdmin):
    list_display = ["day", "closed_at", "written_at"]
    fields = ["day", "closed_at", "written_at"]
    inlines = [IssueStoryInline]
