"""Sections, topics, sources and authors."""

from django.contrib import admin
from django.db import transaction

from articles.models import Article, Author, Section, Source, Topic

from .base import NewsroomAdmin
from .merging import MergingAdmin


class SubjectAdmin(NewsroomAdmin):
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def save_model(self, request, obj, form, change):
        if change and "slug" in form.changed_data:
            obj.readdress()
        else:
            super().save_model(request, obj, form, change)


@admin.register(Section)
class SectionAdmin(SubjectAdmin):
    list_display = ["name", "position", "tone"]
    list_editable = ["position"]


@admin.register(Topic)
class TopicAdmin(MergingAdmin, SubjectAdmin):
    list_display = ["name", "slug", "part_of"]
    list_select_related = ["part_of"]
    autocomplete_fields = ["part_of"]

    def delete_model(self, request, obj):
        self.delete_queryset(request, Topic.objects.filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        """Hold the stories first, as those do who edit one: neither waits for the other for ever."""
        list(Article.objects.filter(topics__in=queryset.values("pk")).order_by("pk").select_for_update().values_list("pk"))
        queryset.delete()


@admin.register(Source)
class SourceAdmin(SubjectAdmin):
    list_display = ["name", "syndication", "is_ours"]
    list_filter = ["syndication"]


@admin.register(Author)
class AuthorAdmin(MergingAdmin, SubjectAdmin):
    list_display = ["name", "title"]
