"""Stories: writing them, and the buttons that call the model's verbs."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.decorators import action, display

from articles.models import Article, Contribution, ErrorReport, Figure, Revision, Source

from .base import NewsroomAdmin, NewsroomInline, NewsroomStackedInline
from .pictures import thumbnail
from .story_forms import ArticleForm, ContributionForm, FigureForm, FigureFormSet, PartFormSet, WithdrawalForm, needs_note
from .story_lists import (
    AuthorFilter,
    LanguageFilter,
    PicturesFilter,
    SourceFilter,
    StoryList,
    TermsFilter,
    TopicFilter,
    YearFilter,
    begun_by,
    found,
)  # fmt: skip


class ContributionInline(NewsroomInline):
    model = Contribution
    form, formset = ContributionForm, PartFormSet
    autocomplete_fields = ["author"]
    verbose_name, verbose_name_plural = "name", "byline"


class FigureInline(NewsroomStackedInline):
    model = Figure
    form, formset = FigureForm, FigureFormSet
    fields = ["thumbnail", "image", "caption", ("position", "is_lead")]
    readonly_fields = ["thumbnail"]
    autocomplete_fields = ["image"]
    verbose_name, verbose_name_plural = "picture", "pictures"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("image")

    @display(description="Shown")
    def thumbnail(self, figure: Figure) -> str:
        return thumbnail(figure.image)


def number(object_id: str | int | None) -> int | None:
    """Return the number in an address of the admin; what is none is no story's."""
    if object_id is None:
        return None
    try:
        return Article._meta.pk.to_python(object_id)
    except ValidationError:
        raise Http404 from None


def _where(article: Article) -> str:
    """Return where a story that was just published is to be read, and from when."""
    if needs_note(article):
        return format_html('In print: <a href="{}">{}</a>', article.get_absolute_url(), article.get_absolute_url())
    opens = max(moment for moment in (article.published_at, article.embargoed_until) if moment)
    return f"Scheduled: readers see it from {date_format(timezone.localtime(opens), 'j F Y, H:i')}."


@admin.register(Article)
class ArticleAdmin(NewsroomAdmin):
    form = ArticleForm
    inlines = [ContributionInline, FigureInline]
    list_display = ["headline", "state", "section", "byline", "published_at"]
    list_filter = ["status", "section", TopicFilter, AuthorFilter, SourceFilter, YearFilter, LanguageFilter, PicturesFilter, TermsFilter]
    list_filter_submit = True
    list_select_related = ["section"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["headline", "body"]  # what else is found, get_search_results() tells
    search_help_text = "Words, names, “a phrase”, an address"
    date_hierarchy = "published_on"
    autocomplete_fields = ["topics", "source"]
    actions_detail = ["preview", "in_print", "reports", "withdraw"]
    actions_submit_line = ["save_and_publish"]

    def get_fieldsets(self, request, obj=None):
        story = (None, {"fields": ["kicker", "headline", "standfirst", "dateline", "body", "seen"]})
        place = ("Where it belongs", {"fields": ["section", "topics", "source", "source_url", "language", "syndication"]})
        time = ("When", {"fields": ["published_at", "embargoed_until", "slug"]})
        note = ("Note to readers", {"fields": ["correction_kind", "correction_text"]})
        return [note, story, place, time] if obj and needs_note(obj) else [story, place, time]

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
            keys, said = begun_by(ordered, words), ""
        else:
            keys, said = found(ordered, words)
        if said:
            self.message_user(request, said, messages.WARNING)
        return queryset.filter(Q(pk__in=keys) | Q(short_id=words.rstrip("/").rpartition("/")[2])), False

    # --- Who may do what: Django's permissions, and the state that the story is in.

    def has_change_permission(self, request, obj=None):
        """A story in print is changed by those who correct; a scheduled or withdrawn one by those who publish."""
        if not super().has_change_permission(request, obj):
            return False
        if not isinstance(obj, Article) or not obj.has_address:
            return True
        return request.user.has_perm("articles.correct_article" if needs_note(obj) else "articles.publish_article")

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (isinstance(obj, Article) and obj.revisions.exists())

    def has_publish_permission(self, request, object_id=None):
        return request.user.has_perm("articles.publish_article") and not self._is(object_id, Article.Status.PUBLISHED)

    def has_withdraw_permission(self, request, object_id=None):
        return request.user.has_perm("articles.withdraw_article") and self._is(object_id, Article.Status.PUBLISHED)

    def has_reports_permission(self, request, object_id=None):
        waits = ErrorReport.objects.open().filter(article=number(object_id)).exists()
        return waits and request.user.has_perm("articles.view_errorreport") and request.user.has_perm("articles.view_article")

    def has_read_permission(self, request, object_id=None):
        return Article.objects.public().filter(pk=number(object_id)).exists()

    def _is(self, object_id, status: str) -> bool:
        return Article.objects.filter(pk=number(object_id), status=status).exists()

    def get_changeform_initial_data(self, request):
        return {"source": Source.objects.filter(is_ours=True).first()} | super().get_changeform_initial_data(request)

    # --- Saving

    def get_object(self, request, object_id, from_field=None):
        """Hold the story while its form is saved, so that no verb comes in between."""
        if request.method == "POST" and connection.in_atomic_block:
            list(Article.objects.select_for_update().filter(pk=number(object_id)).values_list("pk"))
        return super().get_object(request, object_id, from_field)

    def save_model(self, request, obj, form, change):
        if form.corrects or obj.status == Article.Status.WITHDRAWN:
            if {"slug", "published_at"} & set(form.changed_data):
                obj.move(slug=obj.slug, published_at=obj.published_at, by=request.user)
        elif obj.is_in_print:
            request.publishes = True
            obj.status, obj.published_on = Article.Status.DRAFT, None  # until save_related schedules it anew
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        article, note = form.instance, form.cleaned_data.get("correction_text")
        if form.corrects:
            if note:
                article.correct(note, form.cleaned_data["correction_kind"], by=request.user)
            else:
                Revision.objects.note(article, by=request.user)
        elif getattr(request, "publishes", False):
            try:
                article.publish(by=request.user)
            except ValidationError as problem:
                self.message_user(request, "Saved, but not published: " + " ".join(problem.messages), messages.ERROR)
            else:
                self.message_user(request, _where(article), messages.SUCCESS)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Offer to publish a new story at once; undo all of a correction that the model refuses, so that no text changes without its note."""
        if not object_id:
            extra_context = (extra_context or {}) | {"actions_submit_line": self.get_actions_submit_line(request, None)}
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as problem:
            self.message_user(request, "Nothing was saved: " + " ".join(problem.messages), messages.ERROR)
            return redirect(request.path)

    @action(description="Save and publish", permissions=["publish"])
    def save_and_publish(self, request: HttpRequest, obj: Article) -> None:
        request.publishes = True  # done in save_related, once the byline and the pictures are saved too

    # --- Buttons above the form

    @action(description="Preview", permissions=["view"], attrs={"target": "_blank"})
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the story as readers will see it."""
        article = get_object_or_404(Article.objects.for_reading(), pk=number(object_id))
        return TemplateResponse(request, "articles/article.html", {"article": article, "preview": True})

    @action(description="Read it in print", permissions=["read"])
    def in_print(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect(get_object_or_404(Article, pk=number(object_id)))

    @action(description="Errors reported", permissions=["reports"])
    def reports(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect(f"{reverse('admin:articles_errorreport_changelist')}?article__id__exact={number(object_id)}")

    @action(description="Withdraw…", permissions=["withdraw", "view"])
    def withdraw(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask why, then take the story out of print."""
        article = get_object_or_404(Article, pk=number(object_id))
        form = WithdrawalForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                article.withdraw(by=request.user, **form.cleaned_data)
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                self.message_user(request, f"“{article}” is withdrawn; its address now gives the reason.", messages.SUCCESS)
                return redirect("admin:articles_article_change", object_id)
        context = self.admin_site.each_context(request) | {"title": "Withdraw a story", "article": article, "form": form, "opts": self.opts}
        return TemplateResponse(request, "admin/articles/withdraw.html", context)

    # --- Looks

    @display(description="State", label={"Draft": "info", "In review": "info", "Scheduled": "warning", "Published": "success", "Withdrawn": "danger"})
    def state(self, article: Article) -> str:
        return article.state
