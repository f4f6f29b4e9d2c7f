"""The front page's lead and seconds."""

from django.contrib import admin

from articles.models import FrontPageStory

from .base import NewsroomAdmin


@admin.register(FrontPageStory)
class FrontPageAdmin(NewsroomAdmin):
    list_display = ["article", "place"]
    list_select_related = ["article"]
    autocomplete_fields = ["article"]
