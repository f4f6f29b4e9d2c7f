"""Sections, topics, sources and authors."""

from django.contrib import admin

from articles.models import Author, Section, Source, Topic

from .base import NewsroomAdmin


class SubjectAdmin(NewsroomAdmin):
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Section)
class SectionAdmin(SubjectAdmin):
    list_display = ["name", "position", "tone"]
    list_editable = ["position"]


@admin.register(Topic)
class TopicAdmin(SubjectAdmin):
    list_display = ["name", "slug", "part_of"]
    list_select_related = ["part_of"]
    autocomplete_fields = ["part_of"]


@admin.register(Source)
class SourceAdmin(SubjectAdmin):
    list_display = ["name", "syndication", "is_ours"]
    list_filter = ["syndication"]


@admin.register(Author)
class AuthorAdmin(SubjectAdmin):
    list_display = ["name", "title"]
