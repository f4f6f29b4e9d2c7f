"""The front page's lead and seconds, arranged by dragging or by number."""

import re

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from js_asset import Media, Script
from unfold.widgets import UnfoldAdminSelectWidget

from articles.models import Article, FrontPageStory

from .base import NewsroomAdmin, RecordMixin
from .story_lists import found

NEWEST, SCHEDULED, MOST = 12, 6, 30  # stories that are offered; the last, of those that were sent in a form or found by words
PLACES = [("", "Nowhere"), *((place.value, f"{place.value} · {place.label}") for place in FrontPageStory.Place)]
STRAY = "Nothing was saved: what was sent does not say what you saw. Open this page anew and arrange it once more."
FIELD = re.compile(r"place_([1-9]\d{0,17})")
Standing = list[int | None]


class ArrangingForm(forms.Form):
    """A place, or none, for each of the stories that are shown. A story that is put where another stood takes its place."""

    seen = forms.RegexField(r"\A\d{1,18}(,\d{1,18}){3}\Z", widget=forms.HiddenInput, error_messages={"required": STRAY, "invalid": STRAY})

    def __init__(self, *args, stories: list[Article], standing: Standing, **kwargs):
        super().__init__(*args, initial={"seen": ",".join(str(key or 0) for key in standing)}, **kwargs)
        for story in stories:
            self.fields[f"place_{story.pk}"] = forms.TypedChoiceField(
                choices=PLACES, coerce=int, empty_value=None, required=False,
                widget=UnfoldAdminSelectWidget(attrs={"aria-label": f"Place of “{story}”"}),
                initial=standing.index(story.pk) + 1 if story.pk in standing else "",
            )  # fmt: skip
            story.place = self[f"place_{story.pk}"]

    def clean_seen(self) -> Standing:
        return [int(key) or None for key in self.cleaned_data["seen"].split(",")]

    def clean(self):
        facts = super().clean()
        facts["keys"] = [self._taker(place, facts) for place in FrontPageStory.Place] if "seen" in facts else []
        return facts

    def _taker(self, place: FrontPageStory.Place, facts: dict) -> int | None:
        """Return the key of the story that takes a place: one that is new there comes before the one that stood there."""
        put = [int(name.removeprefix("place_")) for name, value in facts.items() if name.startswith("place_") and value == place]
        new = [key for key in put if key != facts["seen"][place - 1]]
        if len(new) > 1:
            self.add_error(None, f"Several stories are put in the place “{place.label}”. Choose one of them.")
        return next(iter(new or put), None)


@admin.register(FrontPageStory)
class FrontPageAdmin(RecordMixin, NewsroomAdmin):
    """In place of a list and its forms: one page, on which the four places are set at once."""

    @property
    def media(self):
        return super().media + Media(js=[Script("js/front.js", type="module")])

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and request.user.has_perm("articles.view_article")  # the page shows headlines

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_arrange = request.user.has_perm("articles.change_frontpagestory")
        if request.method == "POST" and not may_arrange:
            raise PermissionDenied
        standing, sent = FrontPageStory.objects.standing(), _sent(request)
        stories = Article.objects.for_cards().in_bulk([*filter(None, standing), *sent])
        words = request.GET.get("q", "").strip()
        others, said = _found(words, list(stories)) if words else (_newest(list(stories)), "")
        placed, gone = [], []
        for story in stories.values():
            (placed if has_a_place(story) else gone).append(story)
        form = ArrangingForm(request.POST or None, stories=placed + others, standing=standing)
        if form.is_valid():
            return self._arrange(request, form, [story for story in gone if story.pk in sent])
        offered = [story for story in placed if story.pk not in standing] + others
        context = {"title": "Front page", "form": form, "offered": offered, "places": _places(standing, stories), "may_arrange": may_arrange}
        context |= {"words": words, "said": said, "media": self.media, "opts": self.opts}
        return TemplateResponse(request, "admin/articles/front_page.html", self.admin_site.each_context(request) | context)

    def _arrange(self, request: HttpRequest, form: ArrangingForm, gone: list[Article]) -> HttpResponse:
        try:
            FrontPageStory.objects.arrange(form.cleaned_data["keys"], form.cleaned_data["seen"], by=request.user)
        except ValidationError as problem:
            self.message_user(request, " ".join(problem.messages), messages.ERROR)
        else:
            self.message_user(request, "The front page stands as you have arranged it.", messages.SUCCESS)
            for story in gone:
                self.message_user(request, f"“{story}” is not in print any more, so its place is free.", messages.WARNING)
        return redirect("admin:articles_frontpagestory_changelist")


def has_a_place(story: Article) -> bool:
    """Whether readers see a story, or will: a draft or a withdrawn one leaves its place free."""
    return story.state in {"Published", "Scheduled"}


def _newest(shown: list[int]) -> list[Article]:
    """Return the newest other stories, and the next of those that are scheduled."""
    newest, scheduled = (stories.exclude(pk__in=shown).for_cards() for stories in (Article.objects.public(), Article.objects.scheduled()))
    return [*newest.newest_first()[:NEWEST], *scheduled.order_by("published_at", "pk")[:SCHEDULED]]


def _found(words: str, shown: list[int]) -> tuple[list[Article], str]:
    """Return other stories in print, or scheduled, that hold the words, and what the editor has to know, "" for nothing."""
    others = Article.objects.in_print().exclude(pk__in=shown)
    keys, said = found(others.order_by("-entry__published_at", "-entry__article_id"), words)
    return list(others.for_cards().filter(pk__in=keys[:MOST]).newest_first()), said


def _sent(request: HttpRequest) -> list[int]:
    """Return the keys of the stories that a form puts somewhere."""
    return [int(name[1]) for field, value in request.POST.items() if value and (name := FIELD.fullmatch(field))][:MOST]


def _places(standing: Standing, stories: dict[int, Article]) -> list[dict]:
    """Return the four places, with the story that an editor put in each, and the one that stands there now where readers do not see that."""
    newest = iter(Article.objects.public().exclude(pk__in=filter(None, standing)).newest_first().defer("body", "captions")[: len(standing)])
    places = []
    for place, key in zip(FrontPageStory.Place, standing, strict=True):
        story = stories.get(key)
        stands_in = None if story and story.state == "Published" else next(newest, None)
        places.append({"place": place, "story": story, "has_left": bool(story) and not has_a_place(story), "stands_in": stands_in})
    return places
