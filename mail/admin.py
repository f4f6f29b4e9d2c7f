"""The post, as the desk sees it: who was written to, and what the mail server said."""

from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.decorators import display

from articles.admin.base import RecordMixin
from mail.models import Message


@admin.register(Message)
class MessageAdmin(RecordMixin, ModelAdmin):
    list_display = ["subject", "to", "state", "created_at", "sent_at", "complaint"]
    search_fields = ["to", "subject"]
    fields = ["subject", "to", "created_at", "sent_at", "complaint", "message_id"]  # what it says may hold secret links
    list_per_page = 50
    show_full_result_count = False

    @display(description="State", label={"Sent": "success", "Waiting": "info", "Not taken yet": "warning"})
    def state(self, message: Message) -> str:
        return "Sent" if message.sent_at else "Not taken yet" if message.complaint else "Waiting"
