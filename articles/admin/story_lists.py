"""The list of stories: what it is narrowed to, and what is found in it."""

from django.conf import settings
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import EmptyResultSet
from unfold.contrib.filters.admin import DropdownFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm
from unfold.views import ChangeList

from articles.models import Article
from articles.models.story_sets import ArticleQuerySet
from articles.narrowing import language_name
from articles.search import TooSlow, ask, begun, keys

from .base import KeySelect, is_key

LONGEST = 200  # letters that are searched for
MOST = 1_000  # stories that a search lists: more than anybody turns pages for
TOO_LONG = f"That is too long to search for. Use at most {LONGEST} letters: the few words that matter."
TOO_SLOW = "That search takes longer than we let one take. Add a word, or choose a section or a year."
TOO_COMMON = "Nearly every story fits “{}”. Add a word that a story must hold, a rarer one."
TOO_MANY = f"More than {MOST:,} stories hold “{{}}”; these are the first {MOST:,}. Add a word, or choose a section or a year, to reach the others."


def found(stories: ArticleQuerySet, words: str) -> tuple[list[int], str]:
    """Return the keys of those of the stories that hold the words, MOST at most in their order, and what the editor has to know, "" for nothing."""
    if len(words) > LONGEST:
        return [], TOO_LONG
    asked = ask(words)
    if not asked.query or asked.is_open and not stories.query.has_filters():
        return [], TOO_COMMON.format(words)
    try:
        hits = keys(stories.holding(asked.query)[: MOST + 1])
    except TooSlow:
        return [], TOO_SLOW
    except EmptyResultSet:  # a filter that no story can pass
        return [], ""
    return hits[:MOST], TOO_MANY.format(words) if len(hits) > MOST else ""


def begun_by(stories: ArticleQuerySet, typed: str) -> list[int]:
    """Return the keys of those of the stories whose headlines hold what was typed so far, MOST at most in their order."""
    query = begun(typed[:LONGEST])
    return keys(stories.holding(query)[:MOST]) if query else []


def offered(stories: ArticleQuerySet, typed: str) -> list[int]:
    """Return what begun_by() finds, and nothing where that takes too long: somebody is still typing."""
    try:
        return begun_by(stories, typed)
    except TooSlow:
        return []


class StoryList(ChangeList):
    """The list of stories. Its months and days are offered once a year is chosen: which years there are, YearFilter learns by a shorter way."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.params.get(YearFilter.parameter_name):
            self.date_hierarchy = None

    def get_filters(self, request):
        try:
            return super().get_filters(request)
        except OverflowError as problem:  # a year of thirty digits
            raise IncorrectLookupParameters from problem


class YearFilter(DropdownFilter):
    title, parameter_name = "year", "published_on__year"

    def __init__(self, request, params, *args):
        super().__init__(request, params, *args)
        if self.value():
            params[self.parameter_name] = [self.value()]  # left to the list's dates, which narrow it

    def lookups(self, request, model_admin):
        return [(year, str(year)) for year in reversed(Article.objects.years())]

    def queryset(self, request, queryset):
        return queryset


class GivenFilter(DropdownFilter):
    title, parameter_name = "who does it", "given"

    def __init__(self, request, *args):
        self.user = request.user
        super().__init__(request, *args)

    def lookups(self, request, model_admin):
        return [("me", "Given to me"), ("anybody", "Given to anybody"), ("nobody", "Given to nobody")]

    def queryset(self, request, queryset):
        given = {"me": {"assigned_to": self.user}, "anybody": {"assigned_to__isnull": False}, "nobody": {"assigned_to__isnull": True}}
        return queryset.filter(**given.get(self.value(), {}))


class LanguageFilter(DropdownFilter):
    title, parameter_name = "language", "language"

    def lookups(self, request, model_admin):
        return [(tag, language_name(tag)) for tag in (settings.LANGUAGE_CODE, *Article.objects.other_languages())]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(language="" if self.value() == settings.LANGUAGE_CODE else self.value())


class PicturesFilter(DropdownFilter):
    title, parameter_name = "pictures", "pictures"

    def lookups(self, request, model_admin):
        return [("yes", "With pictures"), ("no", "Without pictures")]

    def queryset(self, request, queryset):
        return {"yes": queryset.with_pictures, "no": queryset.without_pictures}.get(self.value(), queryset.all)()


class TermsFilter(DropdownFilter):
    """Whether the text may leave the paper, by the terms of story and source."""

    title, parameter_name = "terms", "terms"

    def lookups(self, request, model_admin):
        return [("yes", "Can be republished"), ("no", "Not ours to sell")]

    def queryset(self, request, queryset):
        return {"yes": queryset.syndicatable, "no": queryset.not_syndicatable}.get(self.value(), queryset.all)()


class KeyForm(AutocompleteDropdownForm):
    widget = KeySelect


class SubjectFilter(DropdownFilter):
    """Stories of one topic, author or source, found by typing its name; no story stands there twice, so nothing has to look for that."""

    form_class = KeyForm
    field = phrase = ""  # of Article, and of its queryset

    def has_output(self):
        return True

    def lookups(self, request, model_admin):
        self.admin = model_admin
        return []

    def choices(self, changelist):
        field = Article._meta.get_field(self.field)
        form = {"request": self.request, "name": self.parameter_name, "label": f"By {self.title}", "choices": (), "field": field}
        yield {"form": self.form_class(**form, model_admin=self.admin, initial={self.parameter_name: self.value()})}

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        if not is_key(self.value()):
            raise IncorrectLookupParameters
        return getattr(queryset, self.phrase)(self.value())


class TopicFilter(SubjectFilter):
    title, parameter_name, field, phrase = "topic", "topic", "topics", "on_topic"


class AuthorFilter(SubjectFilter):
    title, parameter_name, field, phrase = "author", "author", "authors", "by_author"


class SourceFilter(SubjectFilter):
    title, parameter_name, field, phrase = "source", "source", "source", "from_source"
