"""Stories: the list of them, who may do what to one, and what its form holds."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import Q
from unfold.decorators import display

from articles.models import Article, Source

from .base import NewsroomAdmin
from .choosers import Choosers
from .home import StoriesThatWait
from .standing import standing
from .story_actions import StoryActions
from .story_forms import ArticleForm, needs_note, number
from .story_lists import (
    AuthorFilter,
    GivenFilter,
    LanguageFilter,
    PicturesFilter,
    SourceFilter,
    StoryList,
    TermsFilter,
    TopicFilter,
    YearFilter,
    found,
    offered,
)  # fmt: skip
from .story_pages import StoryPages
from .story_saving import StorySaving


@admin.register(Article)
class ArticleAdmin(StoryPages, StorySaving, Choosers, StoryActions, NewsroomAdmin):
    form = ArticleForm
    list_display = ["headline", "state", "section", "byline", "published_at"]
    list_filter = [
        "status", StoriesThatWait, GivenFilter, "section", TopicFilter, AuthorFilter, SourceFilter, YearFilter, LanguageFilter,
        PicturesFilter, TermsFilter,
    ]  # fmt: skip
    list_filter_submit = True
    list_select_related = ["section"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["headline", "body"]  # what else is found, get_search_results() tells
    search_help_text = "Words, names, “a phrase”, an address"
    date_hierarchy = "published_on"
    autocomplete_fields = ["topics", "source"]
    change_form_before_template = "admin/articles/_desk.html"
    actions_detail = ["frames", "revisions", "notes", "links", "in_print", "reports", "send_back", "withdraw"]
    actions_submit_line = ["print_changes", "drop_working_copy", "stay", "save_and_publish", "save_and_submit"]

    def get_fieldsets(self, request, obj=None):
        may_write = self.has_change_permission(request, obj) if obj else True
        parts = ["names", "figures", "seen", "shown", "window"] if may_write else ["byline", "captions"]
        story = (None, {"fields": ["kicker", "headline", "standfirst", "dateline", "body", *parts]})
        place = ("Where it belongs", {"fields": ["section", "topics", "source", "source_url", "language", "syndication"]})
        work = ("Who does it", {"fields": ["assigned_to", "due_at"]})
        time = ("When", {"fields": ["published_at", "embargoed_until", "slug"]})
        note = ("Note to readers", {"fields": ["correction_kind", "correction_text"]})
        return [note, story, place, work, time] if may_write and obj and needs_note(obj) else [story, place, work, time]

    # --- Finding stories

    def get_changelist(self, request, **kwargs):
        return StoryList

    def get_search_results(self, request, queryset, search_term):
        """Find stories by words of their text, byline and captions, as readers do, and one by the end of its permanent address; in the form of
        another row, by how its headline begins."""
        queryset, words = queryset.defer("body", "captions"), search_term.strip()
        if not words:
            return queryset, False
        ordered = queryset if request.GET.get(ORDER_VAR) else queryset.order_by("-entry__published_at", "-entry__article_id")
        if request.resolver_match.url_name == "autocomplete":
            keys, said = offered(ordered, words), ""
        else:
            keys, said = found(ordered, words)
        if said:
            self.message_user(request, said, messages.WARNING)
        return queryset.filter(Q(pk__in=keys) | Q(short_id=words.rstrip("/").rpartition("/")[2])), False

    # --- Who may do what: Django's permissions, and the state that the story is in.

    def get_queryset(self, request):
        """Who may not see every draft sees their own, and what is in print."""
        stories, user = super().get_queryset(request), request.user
        if request.resolver_match and request.resolver_match.url_name == "articles_article_change":
            stories = stories.select_related("section", "source", "working_copy")
        if user.has_perm("articles.view_article") or user.has_perm("articles.change_article"):
            return stories
        return stories.filter(pk__in=(stories.own(user) | stories.public()).values("pk"))

    def has_view_permission(self, request, obj=None):
        if super().has_view_permission(request, obj):
            return True
        key = number(getattr(obj, "pk", obj))
        return request.user.has_perm("articles.write_article") and (key is None or self.get_queryset(request).filter(pk=key).exists())

    def has_change_permission(self, request, obj=None):
        user = request.user
        if not isinstance(obj, Article):
            return user.has_perm("articles.change_article") or user.has_perm("articles.write_article")
        return obj.may_be_changed_by(user, obj.has_address and needs_note(obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (isinstance(obj, Article) and standing(request, obj.pk).was_printed)

    def has_desk_permission(self, request, object_id=None):
        """What the desk says of a story, and what it has written and not printed, concerns editors, and who wrote it or was given it."""
        may_see = request.user.has_perm("articles.view_article") or request.user.has_perm("articles.change_article")
        return may_see or standing(request, object_id).is_own

    def has_publish_permission(self, request, object_id=None):
        return request.user.has_perm("articles.publish_article") and standing(request, object_id).status != Article.Status.PUBLISHED

    def has_print_changes_permission(self, request, object_id=None):
        return request.user.has_perm("articles.correct_article") and standing(request, object_id).is_public

    def has_withdraw_permission(self, request, object_id=None):
        return request.user.has_perm("articles.withdraw_article") and standing(request, object_id).status == Article.Status.PUBLISHED

    def has_submit_permission(self, request, object_id=None):
        return standing(request, object_id).status in {"", Article.Status.DRAFT}

    def has_send_back_permission(self, request, object_id=None):
        return request.user.has_perm("articles.change_article") and standing(request, object_id).status == Article.Status.IN_REVIEW

    def has_working_copy_permission(self, request, object_id=None):
        return request.user.has_perm("articles.correct_article") and standing(request, object_id).has_working_copy

    def has_stay_permission(self, request, object_id=None):
        return request.user.has_perm("articles.withdraw_article") and standing(request, object_id).is_to_close

    def has_reports_permission(self, request, object_id=None):
        may = request.user.has_perm("articles.view_errorreport") and request.user.has_perm("articles.view_article")
        return may and standing(request, object_id).has_reports

    def has_read_permission(self, request, object_id=None):
        return standing(request, object_id).is_public

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.has_perm("articles.assign_article") else [*fields, "assigned_to", "due_at"]

    def get_changeform_initial_data(self, request):
        asked = super().get_changeform_initial_data(request)
        own = {"source": Source.objects.filter(is_ours=True).first()}
        return own | {name: value for name, value in asked.items() if name not in {"names", "figures", "seen", "shown", "window"}}

    # --- Looks

    @display(description="State", label={"Draft": "info", "In review": "info", "Scheduled": "warning", "Published": "success", "Withdrawn": "danger"})
    def state(self, article: Article) -> str:
        return article.state
