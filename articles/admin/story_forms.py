"""The forms of a story: its text, its byline, its pictures, and why it is withdrawn."""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.http import Http404
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanSwitchWidget,
)

from articles.comparing import compare
from articles.models import Article, Author, Correction, Figure, Image, Revision, Section, Source, Topic
from articles.models.picture_sets import weigh
from articles.models.record import figure_facts, snapshot
from articles.models.verbs import NO_NOTE
from articles.models.writing import LATER, OTHER, TEXT, as_read

from .fields import BodyFormField
from .moments import MomentField
from .rows import BylineField, FiguresField, key_of

CLASH = "Somebody else has saved this story since you opened it. Both versions are shown above the form."
STAYS = "This story is in print. To take it out of print, withdraw it."
CLASH_LATER = "Somebody else has saved this story since you opened it. Mend what is marked below and save again: then both versions are shown."
LEAVES_FIRST = "It is to be withdrawn before that moment, so readers would never see it. Choose an earlier one, or take the withdrawal back."
WINDOW = 32  # letters of a window's own name


def number(object_id: str | int | None) -> int | None:
    """Return the number in an address of the admin; what is none is no story's."""
    if object_id is None:
        return None
    try:
        return Article._meta.pk.to_python(object_id)
    except ValidationError:
        raise Http404 from None


def needs_note(article: Article) -> bool:
    """Whether readers see the story, so that a change is a correction; a scheduled one is changed freely. Known before of one that is only shown."""
    if "needs_note" in article.__dict__:
        return article.needs_note
    return bool(article.pk) and Article.objects.public().filter(pk=article.pk).exists()


class Told(forms.CharField):
    """What the form tells of itself: no part of the story."""

    def has_changed(self, initial, data) -> bool:
        return False


class ArticleForm(forms.ModelForm):
    """A story: what a Revision keeps of it, and when it is printed. One in print is corrected with a note to its readers."""

    body = BodyFormField()
    names = BylineField(required=False, label="Byline")
    figures = FiguresField(required=False, label="Pictures")
    correction_kind = forms.ChoiceField(
        label="Kind", choices=Correction.Kind, required=False, widget=UnfoldAdminSelectWidget(choices=Correction.Kind)
    )
    correction_text = forms.CharField(
        label="What changed", max_length=1000, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="Printed under the headline: what was wrong, and what is right.",
    )  # fmt: skip

    source_url = Article._meta.get_field("source_url").formfield(assume_scheme="https", widget=UnfoldAdminURLInputWidget)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)  # the number of the revision that the editor was shown
    shown = Told(required=False, max_length=10_000, widget=forms.HiddenInput)  # the findings that stood above the form
    window = Told(
        required=False, max_length=WINDOW, validators=[validate_slug], widget=forms.HiddenInput
    )  # what is typed in it is kept until it is saved

    class Meta:
        model = Article
        fields = [*TEXT, "section", "topics", "source", *OTHER, "assigned_to", "due_at", "published_at", "embargoed_until", "slug"]
        widgets = {"headline": UnfoldAdminTextareaWidget(attrs={"rows": 2, "data-letters": True})}

    earlier = None  # a story to begin with, in place of the one in the row
    typed = None  # what was typed before, to begin with
    of_window = ""  # the window that this one goes on from
    prints = False  # whether it is to go in print at once, with a note
    problem = ""  # why the model refused it
    warnings = ()  # what the editor has to know of the pictures that are new in it
    clash = None  # the revision that somebody else has saved since this one was opened

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        article = self.instance
        self.initial |= {"window": self.of_window or get_random_string(WINDOW), "seen": latest_number(article)}
        if self.earlier:
            initial, known = initial_of(self.earlier, article)
            self.initial |= initial
            self._know(**known)
        elif article.pk:
            self.initial |= {"names": BylineField.of(article), "figures": FiguresField.of(article)}
            self._know(
                topics=article.topics.all(),
                source=[article.source] if article.source else [],
                names=[row.author for row in article.contributions.all()],
                figures=[row.image for row in article.figures.all() if row.image],
            )
        if self.typed:
            fresh = {name: field.widget.value_from_datadict(self.typed, {}, name) for name, field in self.fields.items()}
            self.initial |= fresh | {"window": self.initial["window"]}

    def _know(self, **known) -> None:
        """Let the widgets show what the story was read with, without asking for it again."""
        for name, rows in known.items():
            if name in self.fields:
                widget = self.fields[name].widget
                getattr(widget, "widget", widget).known = {key_of(row): row for row in rows}

    @property
    def story(self) -> dict:
        """Return the story that the form holds, as a Revision keeps one."""
        facts = self.cleaned_data
        story = {part: value for part, value in self._stands.items() if part not in OTHER}
        story |= {field: facts[field] for field in TEXT} | {field: facts[field] for field in OTHER if facts[field] or field not in LATER}
        return story | {
            "section": facts["section"].slug,
            "source": facts["source"].slug if facts["source"] else None,
            "topics": sorted(topic.slug for topic in facts["topics"]),
            "byline": [{"author": row["author"].slug, "name": row["author"].name, "role": row["role"]} for row in facts["names"]],
            "figures": [figure_facts(figure) for figure in facts["figures"]],
        }

    @property
    def story_or_none(self) -> dict | None:
        """Return the story, None where what was typed makes none."""
        return self.story if {*TEXT, *OTHER, "section", "topics", "source", "names", "figures"} <= self.cleaned_data.keys() else None

    @cached_property
    def _stands(self) -> dict:
        """The story as it stands in the database: the form's own row holds what was typed."""
        return snapshot(Article.objects.get(pk=self.instance.pk))

    def _unless_untouched(self, field: str):
        """Return what was typed, or, untouched, what was there: the form shows neither microseconds nor the layout of the HTML."""
        return self.cleaned_data[field] if field in self.changed_data else self.initial.get(field)

    def clean_body(self):
        return self._unless_untouched("body") or ""

    def clean_published_at(self):
        return self._unless_untouched("published_at")

    def clean_embargoed_until(self):
        return self._unless_untouched("embargoed_until")

    def clean_figures(self):
        """Refuse a picture that its terms keep out of this story, unless it has it already: an old story stays editable."""
        figures, article = self.cleaned_data["figures"], self.instance
        held = set(Figure.objects.filter(article_id=article.pk).values_list("image__short_id", flat=True)) if figures else ()
        kept = {row["picture"]["short_id"] for row in (self.earlier or {}).get("figures", ()) if row["picture"]}
        new = [figure for figure in figures if figure.image and figure.image.short_id not in kept.union(held)]
        if new:
            moments = [moment for name in ("published_at", "embargoed_until") if (moment := self.cleaned_data.get(name))]
            refused, self.warnings = weigh(new, article, timezone.localdate(max([timezone.now(), *moments])))
            if refused:
                raise ValidationError(list(refused.values()))
        return figures

    def clean_correction_kind(self):
        return self.cleaned_data["correction_kind"] or Correction.Kind.CORRECTION

    def clean(self):
        cleaned = super().clean()
        self.corrects = needs_note(self.instance)
        self._refuse_to_overwrite(cleaned.get("seen") or 0)
        if self.instance.status == Article.Status.WITHDRAWN:
            for field in ("published_at", "embargoed_until"):
                if cleaned.get(field) and cleaned[field] > self.instance.withdrawn_at:
                    self.add_error(field, "This story was withdrawn before that moment. Publish it again first.")
        if self.instance.has_address and "published_at" in cleaned and not cleaned["published_at"]:
            self.add_error("published_at", "A story that has been in print keeps its date.")
        closes_at, moments = self.instance.withdrawn_at, [cleaned.get(field) for field in ("published_at", "embargoed_until")]
        if self.instance.is_in_print and closes_at and any(moment and moment >= closes_at for moment in moments):
            self.add_error("published_at", LEAVES_FIRST)
        if self.problem:
            self.add_error(None, self.problem)
        if self.corrects:
            if self.prints and not self.errors and not cleaned["correction_text"] and as_read(self.story) != as_read(self._stands):
                self.add_error("correction_text", NO_NOTE)
            for field in ("published_at", "embargoed_until"):
                if cleaned.get(field) and cleaned[field] > timezone.now():
                    self.add_error(field, STAYS)
        return cleaned

    def _refuse_to_overwrite(self, seen: int) -> None:
        """Refuse once to save over what somebody else has saved meanwhile; what was typed stays in the form."""
        if not self.instance.pk or seen >= latest_number(self.instance):
            return
        if not self.story_or_none:
            self.add_error(None, ValidationError(CLASH_LATER, code="clash"))
            return
        self.clash = latest(self.instance)
        if not compare(self.clash.story, self.story):  # it says the same
            self.clash = None
            return
        self.data = self.data.copy()
        self.data["seen"] = self.clash.number
        self.add_error(None, ValidationError(CLASH, code="clash"))


def latest(article: Article) -> Revision | None:
    """Return the last revision of what a story's form shows: of a story in print its working copy, if it has one."""
    return article.working_copy or article.revisions.last()


def latest_number(article: Article) -> int:
    """Return the number of that revision, 0 where there is none. Known before of one that is only shown."""
    if "latest_number" in article.__dict__:
        return article.latest_number
    if article.working_copy:
        return article.working_copy.number
    return (article.pk and article.revisions.order_by("-number").values_list("number", flat=True).first()) or 0


def initial_of(story: dict, article: Article) -> tuple[dict, dict]:
    """Return what the form begins with to show a story that a Revision keeps, and the rows that its widgets show; what has gone is left out."""
    section, source = (
        row if row and row.slug == slug else model.objects.called(slug).first() if slug else None
        for model, slug, row in ((Section, story["section"], article.section), (Source, story["source"], article.source))
    )
    authors, topics = Author.objects.by_slug([row["author"] for row in story["byline"]]), Topic.objects.by_slug(story["topics"])
    names = dict.fromkeys((key_of(authors[row["author"]]), row["role"]) for row in story["byline"] if row["author"] in authors)
    images = Image.objects.in_bulk([row["picture"]["short_id"] for row in story["figures"] if row["picture"]], field_name="short_id")
    figures = [(row, images.get(row["picture"]["short_id"]) if row["picture"] else None) for row in story["figures"]]
    initial = {field: story.get(field, "") for field in TEXT + OTHER} | {
        "section": key_of(section),
        "source": key_of(source),
        "topics": list(set(topics.values())),
        "names": [{"author": key, "role": role} for key, role in names],
        "figures": [
            {"position": str(row["position"]), "image": key_of(image), "caption": row["caption"], "is_lead": row["is_lead"]}
            for row, image in figures
            if image or row["caption"]
        ],
    }
    return initial, {"topics": topics.values(), "source": [source] if source else [], "names": authors.values(), "figures": images.values()}


class ReasonForm(forms.Form):
    """Why a story goes back to whoever wrote it."""

    reason = forms.CharField(
        label="What is missing", max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), help_text="Whoever wrote the story reads it."
    )


class NoteForm(forms.Form):
    """What one editor has to say to another."""

    text = forms.CharField(
        label="Note", max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), help_text="The newsroom reads it; readers never do."
    )


class LinkForm(forms.Form):
    """Whom a secret link is for, and for how long."""

    reader = forms.CharField(
        label="For whom",
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text="A name that the newsroom will recognise. It stands on the page.",
    )
    days = forms.TypedChoiceField(
        label="For how long", coerce=int, choices=[(1, "A day"), (3, "Three days"), (7, "A week"), (30, "A month")], initial=3,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    @property
    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


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
    at = MomentField(label="When", required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text="Leave this empty to withdraw the story at once.")

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and at <= timezone.now():
            raise ValidationError("That moment has passed. Leave it empty to withdraw the story at once.")
        return at
