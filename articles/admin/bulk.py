"""What is done with many stories at once: asked, watched, stopped, and tried again."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from js_asset import Media, Script
from unfold.decorators import display

from articles.models import Article, BulkChange
from articles.models.bulk import PERMISSIONS

from .base import NewsroomAdmin, RecordMixin
from .bulk_forms import FORMS
from .story_forms import number

LISTED = 500  # stories that failed, on a page


def in_words(change: BulkChange) -> str:
    """Say how far it is."""
    tally = change.tally
    said = f"{tally['done']:,} of {tally['total']:,} {'story' if tally['total'] == 1 else 'stories'} done"
    said += f", {tally['failed']:,} failed" if tally["failed"] else ""
    return f"{said}; {tally['waiting']:,} left alone." if change.state == "Stopped" else f"{said}."


@admin.register(BulkChange)
class BulkChangeAdmin(RecordMixin, NewsroomAdmin):
    list_display = ["__str__", "stand", "progress", "asked_by", "made_at"]
    list_filter = ["verb"]
    list_select_related = ["made_by"]

    def get_queryset(self, request):
        """One that is not confirmed concerns nobody but who asked."""
        return super().get_queryset(request).counted().filter(Q(begun_at__isnull=False) | Q(made_by=request.user))

    # --- Who may do what. Its pages show headlines, so they are for those who may see stories.

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and request.user.has_perm("articles.view_article")

    def _found(self, request: HttpRequest, object_id: str | int) -> BulkChange:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("made_by"), pk=number(object_id))

    @staticmethod
    def _may(request: HttpRequest, change: BulkChange) -> bool:
        return request.user.has_perm(PERMISSIONS.get(change.verb, "articles.change_article"))

    # --- Its pages

    def get_urls(self):
        pages = {"ask": self.ask, "step": self.step, "progress": self.report}
        urls = [
            path(f"<int:object_id>/{name}/", self.admin_site.admin_view(page), name=f"articles_bulkchange_{name}") for name, page in pages.items()
        ]
        return urls + super().get_urls()

    def ask(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Say how many stories it is about, ask what is to be known, and begin."""
        change = self._found(request, object_id)
        if change.made_by != request.user or not self._may(request, change):
            raise PermissionDenied
        form = FORMS[change.verb](request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                change.begin(form.words, form.arguments)
            except ValidationError as problem:
                self.message_user(request, " ".join(problem.messages), messages.WARNING)
        if change.begun_at:
            return redirect("admin:articles_bulkchange_change", object_id)
        states = change.stories.order_by().values_list("article__status").annotate(stories=Count("pk")).order_by("article__status")
        context = {"title": change.get_verb_display(), "change": change, "form": form, "opts": self.opts}
        context |= {"states": [(Article.Status(status).label, stories) for status, stories in states]}
        return TemplateResponse(request, "admin/articles/bulk/ask.html", self.admin_site.each_context(request) | context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show how far it is, and which stories failed and why."""
        change = self._found(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        if not change.begun_at:
            return redirect("admin:articles_bulkchange_ask", object_id)
        failed = change.stories.failed().select_related("article").only("problem", "article__headline")
        context = {"title": str(change), "change": change, "words": in_words(change), "failed": failed[:LISTED], "listed": LISTED, "opts": self.opts}
        context |= {"reached": change.tally["done"] + change.tally["failed"]}
        context |= {"may_stop": self._may(request, change), "may_go_on": self._may(request, change) and change.made_by == request.user}
        context |= {"media": Media(js=[Script("js/bulk.js", type="module")])}
        return TemplateResponse(request, "admin/articles/bulk/change.html", self.admin_site.each_context(request) | context)

    def step(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Stop it, or go on: whoever may do such a thing can stop it, and only who asked goes on, in whose name it is done."""
        change = self._found(request, object_id)
        asked = request.POST.get("step")
        if not self._may(request, change) or asked == "go_on" and change.made_by != request.user:
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if asked not in {"stop", "go_on"}:
            return HttpResponseBadRequest("Choose what to do.")
        try:
            change.stop() if asked == "stop" else change.go_on()
        except ValidationError as problem:
            self.message_user(request, " ".join(problem.messages), messages.ERROR)
        return redirect("admin:articles_bulkchange_change", object_id)

    def report(self, request: HttpRequest, object_id: int) -> JsonResponse:
        """Tell the page how far it is."""
        change = self._found(request, object_id)
        reached = change.tally["done"] + change.tally["failed"]
        return JsonResponse({"reached": reached, "total": change.tally["total"], "words": in_words(change), "is_running": change.is_running})

    # --- Looks

    @display(description="State", label={"Running": "info", "Done": "success", "Stopped": "warning", "Not confirmed": "warning"})
    def stand(self, change: BulkChange) -> str:
        return change.state

    @display(description="Asked by")
    def asked_by(self, change: BulkChange) -> str:
        return change.made_by.get_full_name() or change.made_by.get_username()

    @display(description="Stories")
    def progress(self, change: BulkChange) -> str:
        return in_words(change)
