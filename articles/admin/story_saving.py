"""Saving a story: from its form to the verb that keeps it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from js_asset import Media, Script
from unfold.decorators import action

from articles.comparing import compare, merge
from articles.models import Article, Contribution, Figure, Sitting
from articles.models.verbs import in_words
from articles.preflight import look_over, stop

from .base import is_key
from .sittings import hear
from .standing import standing
from .story_forms import latest, needs_note, number

HELD = "Saved, but not published yet: look at what is said above the form, then publish."
WITH = (
    Prefetch("contributions", Contribution.objects.select_related("author")),
    Prefetch("figures", Figure.objects.select_related("image")),
)
LEFT = 5  # windows that were left, at most, are offered


def _where(article: Article) -> str:
    """Return where a story that was just published is to be read, and from when."""
    if needs_note(article):
        return format_html('In print: <a href="{}">{}</a>', article.get_absolute_url(), article.get_absolute_url())
    return f"Scheduled: readers see it from {in_words(article.opens_at)}."


class StorySaving:
    """The part of ArticleAdmin that shows and saves the form of a story."""

    @property
    def media(self):
        return super().media + Media(js=[Script("js/desk.js", type="module")])

    def get_urls(self):
        urls = [
            path("add/sitting/", self.admin_site.admin_view(self.sitting), name="articles_article_sitting"),
            path("<int:object_id>/sitting/", self.admin_site.admin_view(self.sitting), name="articles_article_sitting"),
        ]
        return urls + super().get_urls()

    def sitting(self, request: HttpRequest, object_id: int | None = None):
        return hear(self, request, object_id)

    def get_object(self, request, object_id, from_field=None):
        """Hold the story while its form is saved, so that no verb comes in between; read one that is shown with all that the form shows."""
        if request.method == "POST" and connection.in_atomic_block:
            held = Article.objects.select_for_update().filter(pk=number(object_id))
            for article in held.due_to_close():
                article.close()
            list(held.values_list("pk"))
        article = super().get_object(request, object_id, from_field)
        if article and request.method == "GET":
            if not article.working_copy_id:
                prefetch_related_objects([article], "topics", *WITH)
            stands = standing(request, article.pk)
            article.needs_note, article.latest_number = stands.is_public, stands.latest or 0
        return article

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Begin with the working copy of a story in print, or with what was typed in a window that was left."""
        form = super().get_form(request, obj, change, **kwargs)
        form.prints, form.problem = request.prints, getattr(request, "problem", "")
        form.earlier = getattr(request, "merged", None) or (obj.working_copy.story if obj and obj.working_copy else None)
        form.of_window = request.POST.get("window", "") if getattr(request, "merged", None) else ""
        if request.method == "GET" and is_key(request.GET.get("left", "")):
            form.typed = Sitting.objects.of(request.user).at(obj).filter(pk=request.GET["left"]).fields()
        return form

    def save_model(self, request, obj, form, change):
        """Save when it is printed and where; what is written, save_related() keeps."""
        if change and obj.has_address and (form.corrects or obj.status == Article.Status.WITHDRAWN):
            self._move(request, obj, form)
        request.is_scheduled = bool(change and obj.is_in_print and not form.corrects)
        if form.corrects or request.is_scheduled:
            return
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def _move(self, request, obj: Article, form) -> None:
        """Give a story that has an address the slug, date and embargo of its form, and nothing else."""
        article = Article.objects.get(pk=obj.pk)
        if {"slug", "published_at"} & set(form.changed_data):
            article.move(slug=obj.slug, published_at=obj.published_at, by=request.user)
        obj.slug, obj.published_on = article.slug, article.published_on
        if "embargoed_until" in form.changed_data:
            article.embargoed_until = obj.embargoed_until
            article.save(update_fields=["embargoed_until"])

    def save_related(self, request, form, formsets, change):
        article = Article.objects.get(pk=form.instance.pk)
        if "articles_article_drop_working_copy" in request.POST and self.has_working_copy_permission(request, article.pk):
            article.keep(form.story, by=request.user)  # among the revisions, where it can be found again
            article.drop_working_copy(by=request.user)
        elif request.is_scheduled:
            self._reschedule(request, article, form)
        elif form.corrects and request.prints and self.has_print_changes_permission(request, article.pk):
            printed = {finding.name for finding in look_over(article) if finding.stops}  # and nobody is held up by it now
            article.print_changes(form.story, form.cleaned_data["correction_text"], form.cleaned_data["correction_kind"], by=request.user)
            stop(article, printed)
            self.message_user(request, _where(article), messages.SUCCESS)
        else:
            article.keep(form.story, by=request.user)
        for warning in form.warnings:
            self.message_user(request, warning, messages.WARNING)
        Sitting.objects.of(request.user).saved(form.cleaned_data["window"], request.GET.get("left", ""))
        if "articles_article_stay" in request.POST and self.has_stay_permission(request, article.pk):
            article.stay(by=request.user)
        if {"assigned_to", "due_at"} & set(form.changed_data):
            article.assign(form.cleaned_data["assigned_to"], form.cleaned_data["due_at"], by=request.user)
        if getattr(request, "submits", False):
            article.submit(by=request.user)
        if getattr(request, "publishes", False):
            self._publish(request, article, form.cleaned_data["shown"].split())

    def _reschedule(self, request, article: Article, form) -> None:
        """Change a scheduled story; what would stop it from being published leaves it as it was."""
        when = {name: form.cleaned_data[name] for name in ("published_at", "embargoed_until", "slug")}
        article.reschedule(form.story, request.user, **when)
        stop(article)
        self.message_user(request, _where(article), messages.SUCCESS)

    def _publish(self, request, article: Article, shown: list[str]) -> None:
        """Publish a story, unless something stops it, or something is to be said of it that did not stand above the form yet."""
        findings = look_over(article)
        if any(finding.stops or finding.name not in shown for finding in findings):
            self.message_user(request, HELD, messages.WARNING)
            request.held = True
            return
        try:
            article.publish(by=request.user)
        except ValidationError as problem:
            self.message_user(request, "Saved, but not published: " + " ".join(problem.messages), messages.ERROR)
        else:
            self.message_user(request, _where(article), messages.SUCCESS)

    def response_post_save_add(self, request, obj):
        return self._after(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request, obj):
        return self._after(request, obj) or super().response_post_save_change(request, obj)

    def _after(self, request, obj) -> HttpResponse | None:
        """Go back to the form of a story that was not published."""
        return redirect("admin:articles_article_change", obj.pk) if getattr(request, "held", False) else None

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Offer to publish a new story at once; undo all of what the model refuses, say so, and show again what was typed."""
        request.prints = "articles_article_print_changes" in request.POST
        if not object_id:
            extra_context = (extra_context or {}) | {"actions_submit_line": self.get_actions_submit_line(request, None)}
        if "_merge" in request.POST and object_id and (merged := self._merged(request, object_id)):
            request.method, request.merged, extra_context = "GET", merged[0], {"merged_clashes": merged[1], "is_merged": True}
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as problem:
            request.problem = "Nothing was saved: " + " ".join(problem.messages)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _merged(self, request, object_id: str) -> tuple[dict, list[str]] | None:
        """Return what was typed and what somebody else has saved, put together, and the parts that both changed; None where it cannot be."""
        article = get_object_or_404(Article, pk=number(object_id))
        base = article.revisions.filter(number=request.POST["_merge"] if is_key(request.POST["_merge"]) else 0).first()
        form = self.get_form(request, article, change=True)(request.POST, instance=article)
        if not self.has_change_permission(request, article) or not form.is_valid():
            return None
        theirs = latest(article)
        if not theirs:
            return None
        return merge(base.story if base else theirs.story, theirs.story, form.story)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Say above the form what was typed and not saved, and what somebody else has saved."""
        form = context["adminform"].form
        return super().render_change_form(request, context | self._desk(request, form, obj), add, change, form_url, obj)

    def _desk(self, request, form, obj: Article | None) -> dict:
        said = {"sitting_url": reverse("admin:articles_article_sitting", args=[obj.pk] if obj else []), "clash": None}
        if request.method == "GET" and not form.typed and not getattr(request, "merged", None):
            said["left"] = Sitting.objects.of(request.user).at(obj).left()[:LEFT] if not obj or standing(request, obj.pk).was_left else ()
        if form.clash and (mine := form.story_or_none):
            said["clash"] = {"theirs": form.clash, "base": form.cleaned_data.get("seen") or 0, "differences": compare(form.clash.story, mine)}
        if obj and not obj.is_in_print:
            prefetch_related_objects([obj], "topics", *WITH)
            said["findings"] = look_over(obj)
            form.initial["shown"] = " ".join(finding.name for finding in said["findings"])
        closes_at = obj.withdrawn_at if obj and obj.is_in_print and obj.withdrawn_at and obj.withdrawn_at > timezone.now() else None
        said |= {"state": obj.state if obj else "", "is_brought_back": bool(form.typed)}
        return said | {"has_working_copy": bool(obj and obj.working_copy_id), "closes_at": closes_at}

    @action(description="Save and send to review", permissions=["submit"])
    def save_and_submit(self, request: HttpRequest, obj: Article) -> None:
        request.submits = True  # done in save_related

    @action(description="Drop the working copy", permissions=["working_copy"])
    def drop_working_copy(self, request: HttpRequest, obj: Article) -> None:
        """Done in save_related."""

    @action(description="Do not withdraw it", permissions=["stay"])
    def stay(self, request: HttpRequest, obj: Article) -> None:
        """Done in save_related."""

    @action(description="Save and publish", permissions=["publish"])
    def save_and_publish(self, request: HttpRequest, obj: Article) -> None:
        request.publishes = True  # done in save_related, once what is written is kept

    @action(description="Publish the changes", permissions=["print_changes"])
    def print_changes(self, request: HttpRequest, obj: Article) -> None:
        """Done in save_related."""
