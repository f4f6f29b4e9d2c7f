"""The front page's lead and seconds."""

from django.contrib import admin

from articles.models import FrontPageStory

from .base import NewsroomAdmin


@admin.register(FrontPageStory)
class FrontPageAdmin(NewsroomAdmin):
    list_display = ["article", "place"]
    list_select_related = ["article"]
    autocomplete_fields = ["article"]

    def get_changeform_initial_data(self, request):
        taken = set(FrontPageStory.objects.values_list("place", flat=True))
        return {"place": next((place for place in FrontPageStory.Place if place not in taken), None)} | super().get_changeform_initial_data(request)

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and request.user.has_perm("articles.view_article")  # the list shows headlines
