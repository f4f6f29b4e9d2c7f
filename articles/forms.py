"""Everything that comes in from readers: the search box, and a place in a list."""

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from articles.models import Article, ErrorReport
from articles.short_ids import PATTERN
from newsroom.forms import MailField, PublicForm, TextField, printable

PAGE = 20  # stories on a page of a list
LONGEST_REPORT = ErrorReport._meta.get_field("text").max_length  # letters
TOO_LONG = format_lazy(_("Write it in at most {number} letters."), number=lazy(number_format, str)(LONGEST_REPORT, force_grouping=True))


class SearchForm(forms.Form):
    """The search box."""

    q = forms.CharField(
        label=_("Search the archive"), required=False, max_length=200,
        error_messages={"max_length": _("That is too long to search for. Use at most 200 letters: the few words that matter.")},
        widget=forms.TextInput({"type": "search", "placeholder": _("Words, names, “a phrase”"), "maxlength": 200}),
    )  # fmt: skip

    def stories(self):
        """Return the stories that hold the words; none where the form is empty or cannot be read."""
        words = self.is_valid() and self.cleaned_data["q"]
        return Article.objects.public().matching(words) if words else Article.objects.none()


class PlaceForm(forms.Form):
    """A place in a list with the newest first: the page that begins after a story."""

    before = forms.RegexField(PATTERN, required=False)

    def page(self, stories) -> dict:
        """Return one page of `stories` and the short id that the next page begins after, if there is one."""
        if not self.is_valid():
            raise Http404
        if before := self.cleaned_data["before"]:
            seen = Article.objects.public() | Article.objects.retracted()  # a list may go on after a story that was withdrawn meanwhile
            last = get_object_or_404(seen, short_id=before)
            stories = stories.after(last)
        rows = list(stories.for_cards().newest_first()[: PAGE + 1])
        return {"stories": rows[:PAGE], "older": rows[PAGE - 1].short_id if len(rows) > PAGE else "", "is_first_page": not before}


class ReportForm(PublicForm):
    """A reader's word that something in a story is wrong."""

    text = TextField(
        label=_("What is wrong?"), max_length=LONGEST_REPORT, validators=[printable], widget=forms.Textarea({"rows": 7, "maxlength": LONGEST_REPORT}),
        error_messages={"required": _("Write what is wrong."), "max_length": TOO_LONG},
    )  # fmt: skip
    email = MailField(label=_("Your mail address"), required=False, help_text=_("Only if you would like an answer. We use it for nothing else."))

    def save(self, story: Article) -> None:
        """Put it into the desk's queue, unless a machine has sent it."""
        if not self.is_from_machine:
            ErrorReport.objects.create(article=story, text=self.cleaned_data["text"], email=self.cleaned_data["email"])
