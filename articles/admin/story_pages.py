"""The pages beside a story's form: its preview, its revisions, why it is sent back or withdrawn."""

from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from unfold.decorators import action

from articles.comparing import compare
from articles.models.verbs import in_words
from articles.preflight import stop
from articles.previews import as_written
from newsroom.policies import FRAMED

from .story_forms import LinkForm, NoteForm, ReasonForm, WithdrawalForm, number


class ComparisonForm(forms.Form):
    """Two revisions of a story, by their numbers."""

    before, after = forms.TypedChoiceField(coerce=int), forms.TypedChoiceField(coerce=int)

    def __init__(self, *args, revisions, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.choices = [(revision.number, str(revision)) for revision in revisions]


class StoryPages:
    """The part of ArticleAdmin that answers the buttons above the form."""

    def get_urls(self):
        page = path("<int:object_id>/preview/", self.admin_site.admin_view(self.preview), name="articles_article_preview")
        return [page, *super().get_urls()]

    @method_decorator([xframe_options_sameorigin, csp_replace(FRAMED)])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the story as readers will see it, or its working copy."""
        if not self.has_view_permission(request) or not self.has_desk_permission(request, object_id):
            raise PermissionDenied
        article = get_object_or_404(self.get_queryset(request).select_related("working_copy"), pk=object_id)
        with as_written(article) as story:
            return render(request, "articles/article.html", {"article": story, "preview": True, "is_working_copy": bool(article.working_copy)})

    @action(description="Preview", permissions=["desk"], attrs={"target": "_blank"}, url_path="frames")
    def frames(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the preview at the width of a desk or of a phone."""
        article = get_object_or_404(self.get_queryset(request), pk=number(object_id))
        width = "phone" if request.GET.get("width") == "phone" else "desk"
        page = reverse("admin:articles_article_preview", args=[article.pk])
        return render(request, "admin/articles/frames.html", {"article": article, "width": width, "page": page})

    @action(description="Secret links", permissions=["change"], url_path="links")
    def links(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Let somebody outside see a story before readers do, for a time, and take that back."""
        article = get_object_or_404(self.get_queryset(request), pk=number(object_id))
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        form = LinkForm(request.POST if request.method == "POST" and "revoke" not in request.POST else None)
        if "revoke" in request.POST:
            article.unshare(get_object_or_404(article.secret_links, pk=number(request.POST["revoke"])), by=request.user)
            return redirect("admin:articles_article_links", object_id)
        if form.is_valid():
            article.share(form.cleaned_data["reader"], form.expires_at, by=request.user)
            return redirect("admin:articles_article_links", object_id)
        context = {
            "title": "Secret links",
            "article": article,
            "form": form,
            "links": article.secret_links.select_related("made_by"),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/articles/links.html", self.admin_site.each_context(request) | context)

    @action(description="Read it in print", permissions=["read"])
    def in_print(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect(get_object_or_404(self.get_queryset(request), pk=number(object_id)))

    @action(description="Errors reported", permissions=["reports"])
    def reports(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect(f"{reverse('admin:articles_errorreport_changelist')}?article__id__exact={number(object_id)}")

    @action(description="Revisions", permissions=["desk"], url_path="revisions")
    def revisions(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show what was kept of a story, and two versions side by side; bring one back."""
        article = get_object_or_404(self.get_queryset(request), pk=number(object_id))
        if request.method == "POST":
            if not self.has_change_permission(request, article):
                raise PermissionDenied
            revision = get_object_or_404(article.revisions, number=number(request.POST.get("revision")) or 0)
            try:
                with transaction.atomic():
                    article.restore(revision, by=request.user)
                    if article.is_in_print and not article.working_copy_id:
                        stop(article)
            except ValidationError as problem:
                self.message_user(request, "It was not brought back: " + " ".join(problem.messages), messages.ERROR)
                return redirect("admin:articles_article_revisions", object_id)
            self.message_user(request, f"Revision {revision.number} is back. Look it over and save it.", messages.SUCCESS)
            return redirect("admin:articles_article_change", object_id)
        kept = list(article.revisions.select_related("made_by").defer("story").order_by("-number"))
        form = ComparisonForm(request.GET or None, revisions=kept)
        differences, names = None, ("", "")
        if form.is_valid():
            before, after = (article.revisions.get(number=form.cleaned_data[name]) for name in ("before", "after"))
            differences, names = compare(before.story, after.story), (str(before), str(after))
        context = {"title": "Revisions", "article": article, "revisions": kept, "form": form, "differences": differences, "names": names}
        context |= {"may_restore": self.has_change_permission(request, article)}
        return TemplateResponse(request, "admin/articles/revisions.html", self.admin_site.each_context(request) | {"opts": self.opts} | context)

    @action(description="Notes and log", permissions=["desk"], url_path="notes")
    def notes(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show what editors had to say to each other about a story, and every step that was taken with it; take another note."""
        article = get_object_or_404(self.get_queryset(request), pk=number(object_id))
        form = NoteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            article.notes.create(text=form.cleaned_data["text"], made_by=request.user)
            return redirect("admin:articles_article_notes", object_id)
        context = {"title": "Notes and log", "article": article, "form": form, "opts": self.opts}
        context |= {"notes": article.notes.select_related("made_by"), "events": article.events.select_related("by")}
        return TemplateResponse(request, "admin/articles/notes.html", self.admin_site.each_context(request) | context)

    @action(description="Send back…", permissions=["send_back", "view"])
    def send_back(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask what is missing, then give the story back to whoever wrote it."""
        article = get_object_or_404(self.get_queryset(request), pk=number(object_id))
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                article.send_back(form.cleaned_data["reason"], by=request.user)
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                self.message_user(request, f"“{article}” is a draft again.", messages.SUCCESS)
                return redirect("admin:articles_article_change", object_id)
        context = self.admin_site.each_context(request) | {"title": "Send a story back", "article": article, "form": form, "opts": self.opts}
        return TemplateResponse(request, "admin/articles/send_back.html", context)

    @action(description="Withdraw…", permissions=["withdraw", "view"])
    def withdraw(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask why, then take the story out of print."""
        article = get_object_or_404(self.get_queryset(request), pk=number(object_id))
        form = WithdrawalForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                article.withdraw(by=request.user, **form.cleaned_data)
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                later = f"will be withdrawn on {in_words(article.withdrawn_at)}"
                told = later if article.is_in_print else "is withdrawn; its address now gives the reason"
                self.message_user(request, f"“{article}” {told}.", messages.SUCCESS)
                return redirect("admin:articles_article_change", object_id)
        context = self.admin_site.each_context(request) | {"title": "Withdraw a story", "article": article, "form": form, "opts": self.opts}
        return TemplateResponse(request, "admin/articles/withdraw.html", context)
