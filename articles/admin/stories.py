"""Stories: writing them, and the buttons that call the model's verbs."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from js_asset import Media
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from articles.models import Article, Contribution, Correction, Figure

from .base import NewsroomAdmin, NewsroomInline
from .fields import BodyFormField

IN_PRINT_TEXT = ("kicker", "headline", "standfirst", "dateline", "body")
NO_NOTE = "This story is in print: say under “What changed” what readers should know."


class ArticleForm(forms.ModelForm):
    """A story. One in print asks for a note to its readers whenever its text changes."""

    body = BodyFormField(help_text="For a picture between paragraphs write [picture 2] on a line of its own: the number is the picture's, below.")
    correction_kind = forms.ChoiceField(
        label="Kind", choices=Correction.Kind, required=False, widget=UnfoldAdminSelectWidget(choices=Correction.Kind)
    )
    correction_text = forms.CharField(
        label="What changed", max_length=1000, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="Printed under the headline: what was wrong, and what is right.",
    )  # fmt: skip

    class Meta:
        model = Article
        fields = [*IN_PRINT_TEXT, "section", "topics", "source", "syndication", "published_at", "embargoed_until", "slug"]

    def clean(self):
        cleaned = super().clean()
        if not self.instance.is_in_print:
            return cleaned
        if "published_at" in cleaned and not cleaned["published_at"]:
            self.add_error("published_at", "A story in print keeps its date. To take it out of print, withdraw it.")
        if needs_note(self.instance) and set(IN_PRINT_TEXT) & set(self.changed_data) and not cleaned.get("correction_text"):
            self.add_error("correction_text", NO_NOTE)
        return cleaned


def needs_note(article: Article) -> bool:
    """Whether readers have seen the story, so that a change is a correction; a scheduled one is changed freely."""
    return bool(article.pk) and Article.objects.public().filter(pk=article.pk).exists()


class PartFormSet(BaseInlineFormSet):
    """The byline or the pictures of a story; in print they change with a note too."""

    def clean(self):
        super().clean()
        if self.has_changed() and needs_note(self.instance) and not self.data.get("correction_text", "").strip():
            raise ValidationError(NO_NOTE)


class ContributionInline(NewsroomInline):
    model = Contribution
    formset = PartFormSet
    autocomplete_fields = ["author"]
    verbose_name, verbose_name_plural = "name", "byline"


class FigureInline(NewsroomInline):
    model = Figure
    formset = PartFormSet
    autocomplete_fields = ["image"]
    verbose_name, verbose_name_plural = "picture", "pictures"


class WithdrawalForm(forms.Form):
    """Why a story leaves print."""

    reason = forms.CharField(
        max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="Readers who come to its address are told this. Do not repeat what was wrong in it.",
    )  # fmt: skip
    is_legal_takedown = forms.BooleanField(
        label="By legal demand",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="The page then answers “451 Unavailable For Legal Reasons”.",
    )


@admin.register(Article)
class ArticleAdmin(NewsroomAdmin):
    form = ArticleForm
    inlines = [ContributionInline, FigureInline]
    list_display = ["headline", "state", "section", "byline", "published_at"]
    list_filter = ["status", "section", "source", "topics"]
    list_select_related = ["section"]
    search_fields = ["headline", "byline", "short_id"]
    date_hierarchy = "published_on"
    autocomplete_fields = ["topics", "source"]
    actions_detail = ["preview", "in_print", "withdraw"]
    actions_submit_line = ["save_and_publish"]

    def get_fieldsets(self, request, obj=None):
        story = (None, {"fields": ["kicker", "headline", "standfirst", "dateline", "body"]})
        place = ("Where it belongs", {"fields": ["section", "topics", "source", "syndication"]})
        time = ("When", {"fields": ["published_at", "embargoed_until", "slug"]})
        note = ("Note to readers", {"fields": ["correction_kind", "correction_text"]})
        return [note, story, place, time] if obj and needs_note(obj) else [story, place, time]

    # --- Who may do what: Django's permissions, and the state that the story is in.

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (not isinstance(obj, Article) or not obj.is_in_print or request.user.has_perm("articles.correct_article"))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (isinstance(obj, Article) and obj.revisions.exists())

    def has_publish_permission(self, request, object_id=None):
        return request.user.has_perm("articles.publish_article") and not self._is(object_id, Article.Status.PUBLISHED)

    def has_withdraw_permission(self, request, object_id=None):
        return request.user.has_perm("articles.withdraw_article") and self._is(object_id, Article.Status.PUBLISHED)

    def has_read_permission(self, request, object_id=None):
        return Article.objects.public().filter(pk=object_id).exists()

    def _is(self, object_id, status: str) -> bool:
        return Article.objects.filter(pk=object_id, status=status).exists()

    # --- Saving

    def save_model(self, request, obj, form, change):
        if obj.is_in_print and {"slug", "published_at"} & set(form.changed_data):
            obj.move(slug=obj.slug, published_at=obj.published_at)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        article, note = form.instance, form.cleaned_data.get("correction_text")
        try:
            if note and needs_note(article):
                article.correct(note, form.cleaned_data["correction_kind"], by=request.user)
            elif getattr(request, "publishes", False) or (article.is_in_print and not needs_note(article)):
                article.publish(by=request.user)
        except ValidationError as problem:
            self.message_user(request, "Saved, but not published: " + " ".join(problem.messages), messages.ERROR)

    @action(description="Save and publish", permissions=["publish"])
    def save_and_publish(self, request: HttpRequest, obj: Article) -> None:
        request.publishes = True  # done in save_related, once the byline and the pictures are saved too

    # --- Buttons above the form

    @action(description="Preview", permissions=["view"], attrs={"target": "_blank"})
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the story as readers will see it."""
        article = get_object_or_404(Article.objects.with_byline().select_related("section", "source"), pk=object_id)
        response = TemplateResponse(request, "articles/article.html", {"article": article, "preview": True})
        response["Cache-Control"] = "private, no-store"
        return response

    @action(description="Read it in print", permissions=["read"])
    def in_print(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect(get_object_or_404(Article, pk=object_id))

    @action(description="Withdraw…", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask why, then take the story out of print."""
        article = get_object_or_404(Article, pk=object_id)
        form = WithdrawalForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            article.withdraw(by=request.user, **form.cleaned_data)
            self.message_user(request, f"“{article}” is withdrawn; its address now gives the reason.", messages.SUCCESS)
            return redirect("admin:articles_article_change", object_id)
        context = self.admin_site.each_context(request) | {"title": "Withdraw a story", "article": article, "form": form, "opts": self.opts}
        return TemplateResponse(request, "admin/articles/withdraw.html", context)

    # --- Looks

    def render_change_form(self, request, context, *args, **kwargs):
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description="State", label={"Draft": "info", "In review": "info", "Scheduled": "warning", "Published": "success", "Withdrawn": "danger"})
    def state(self, article: Article) -> str:
        return article.state
