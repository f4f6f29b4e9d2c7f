"""What a story's editor chooses from while writing: the pictures of the library, and our own stories."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import path, reverse
from django.utils.formats import date_format

from articles.models import Article, Image
from articles.search import TooSlow

from .story_lists import LONGEST, TOO_SLOW, begun_by, found

PICTURES = 24  # shown at a time
PAGES = 200  # of pictures, that anybody turns
STORIES = 12


class SearchForm(forms.Form):
    """What was typed so far; of pictures also how far somebody has turned, or the key of the one that was chosen."""

    words = forms.CharField(required=False, max_length=LONGEST)
    page = forms.IntegerField(required=False, min_value=1, max_value=PAGES)
    key = forms.IntegerField(required=False, min_value=1, max_value=10**18)


class Choosers:
    """The part of ArticleAdmin that answers the dialogs of the editor."""

    def get_urls(self):
        view = self.admin_site.admin_view
        urls = [
            path("choose/picture/", view(self.choose_picture), name="articles_article_choose_picture"),
            path("choose/story/", view(self.choose_story), name="articles_article_choose_story"),
        ]
        return urls + super().get_urls()

    def choose_picture(self, request: HttpRequest) -> JsonResponse:
        """Tell of the library's pictures, the newest first, those that the words find."""
        library = self.admin_site.get_model_admin(Image)
        if not self.has_change_permission(request) or not library.has_view_permission(request):
            raise PermissionDenied
        form = SearchForm(request.GET)
        if not form.is_valid():
            return refusal(form)
        asked, pictures = form.cleaned_data, library.get_queryset(request)
        if asked["key"]:
            pictures = pictures.filter(pk=asked["key"])
        elif asked["words"]:
            pictures, _ = library.get_search_results(request, pictures, asked["words"])
        page = asked["page"] or 1
        shown = list(pictures.order_by("-created_at", "-pk")[(page - 1) * PICTURES : page * PICTURES + 1])
        more = page + 1 if len(shown) > PICTURES and page < PAGES else None
        add_url = reverse("admin:articles_image_add") if library.has_add_permission(request) else ""
        return JsonResponse({"pictures": [facts_of(image) for image in shown[:PICTURES]], "more": more, "add_url": add_url})

    def choose_story(self, request: HttpRequest) -> JsonResponse:
        """Tell of the stories in print or scheduled whose headlines, or else whose texts, hold the words."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = SearchForm(request.GET)
        if not form.is_valid():
            return refusal(form)
        words, stories = form.cleaned_data["words"], self.get_queryset(request).in_print()
        ordered = stories.defer("body", "captions").order_by("-entry__published_at", "-entry__article_id")
        try:
            keys = (begun_by(ordered, words) or found(ordered, words)[0])[:STORIES] if words else []
        except TooSlow:
            return JsonResponse({"problem": TOO_SLOW}, status=400)
        shown = ordered.filter(pk__in=keys).select_related("section")
        return JsonResponse({"stories": [_story(article) for article in shown]})


def refusal(form: forms.Form) -> JsonResponse:
    return JsonResponse({"problem": " ".join(problem for problems in form.errors.values() for problem in problems)}, status=400)


def facts_of(image: Image) -> dict:
    """Return what a form shows of a picture: the smallest of its copies, never the original."""
    smallest = image.smallest
    return {
        "key": str(image.pk),
        "name": str(image),
        "credit": image.credit,
        "caption": image.caption,
        "thumbnail": reverse("admin:articles_image_rendition", args=[image.short_id, smallest.name]) if smallest else "",
    }


def _story(article: Article) -> dict:
    state = "" if article.state == Article.Status.PUBLISHED.label else article.state
    about = [article.section.name, date_format(article.published_on, "j F Y"), state]
    return {"headline": article.headline, "about": " · ".join(filter(None, about)), "address": article.get_absolute_url()}
