"""What an editor's window keeps on the server while a story is written, and what it learns: who else is there, and whether somebody has saved."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Article, Sitting

from .base import is_key
from .story_forms import WINDOW, ArticleForm, latest_number

KEPT = {*ArticleForm.base_fields} - {"names", "figures", "shown", "window"}  # what of a form is kept, beside its rows
ROWS = ("names_", "figures_")
SPLIT = ("published_at_", "embargoed_until_", "due_at_")


class SittingForm(forms.Form):
    """A window that says that it is there."""

    window = forms.SlugField(max_length=WINDOW)


def hear(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
    """Keep what is typed in a window, and tell it who else is at the story, and the number of the last revision.

    What was left in another window is thrown away where it says so. One that asks without sending anything is told the token that its forms are
    sent with (CSRF): signing in again has made another.
    """
    article = get_object_or_404(Article, pk=object_id) if object_id else None
    may = model_admin.has_change_permission(request, article) if article else model_admin.has_add_permission(request)
    if not may or request.method not in {"GET", "POST"}:
        raise PermissionDenied
    if request.method == "GET":
        return JsonResponse({"token": get_token(request)})
    if is_key(request.POST.get("forget", "")):
        Sitting.objects.of(request.user).filter(pk=request.POST["forget"]).delete()
        return redirect("admin:articles_article_change", object_id) if object_id else redirect("admin:articles_article_add")
    form = SittingForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"problem": "This window has no name. Open the story again."}, status=400)
    Sitting.objects.hear(form.cleaned_data["window"], request.user, article, _typed(request))
    others = Sitting.objects.at_work().at(article).exclude(editor=request.user).select_related("editor") if article else ()
    return JsonResponse(
        {
            "kept": date_format(timezone.localtime(), "H:i:s"),
            "others": sorted({each.editor.get_full_name() or each.editor.get_username() for each in others}),
            "latest": latest_number(article) if article else 0,
        }
    )


def _typed(request: HttpRequest) -> dict | None:
    """Return what of the form was sent, None where a window only says that it is there."""
    if "headline" not in request.POST:
        return None
    sent = {name: [value.replace("\0", "") for value in values] for name, values in request.POST.lists()}
    return {name: values for name, values in sent.items() if name in KEPT or name.startswith((*ROWS, *SPLIT))}
