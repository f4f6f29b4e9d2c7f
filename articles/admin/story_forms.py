"""The forms of a story: its text, its byline, its pictures, and why it is withdrawn."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminURLInputWidget, UnfoldBooleanSwitchWidget

from articles.models import Article, Contribution, Correction, Figure
from articles.models.record import fingerprint, snapshot

from .fields import BodyFormField

IN_PRINT_TEXT = ("kicker", "headline", "standfirst", "dateline", "body")
NO_NOTE = "This story is in print: say under “What changed” what readers should know."
CLASH = "Somebody else has saved this story since you opened it. Look at it in another window; to put yours in its place, save again."
STAYS = "This story is in print. To take it out of print, withdraw it."


def needs_note(article: Article) -> bool:
    """Whether readers have seen the story, so that a change is a correction; a scheduled one is changed freely."""
    return bool(article.pk) and Article.objects.public().filter(pk=article.pk).exists()


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

    source_url = Article._meta.get_field("source_url").formfield(assume_scheme="https", widget=UnfoldAdminURLInputWidget)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # the fingerprint of the story that the editor was shown

    class Meta:
        model = Article
        fields = [*IN_PRINT_TEXT, "section", "topics", "source", "source_url", "language", "syndication", "published_at", "embargoed_until", "slug"]
        widgets = {"headline": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.is_bound:
            self.initial["seen"] = fingerprint(snapshot(self.instance))

    def _unless_untouched(self, field: str):
        """Return what was typed, or, untouched, what is stored: the form shows neither microseconds nor the layout of the HTML."""
        return self.cleaned_data[field] if field in self.changed_data else getattr(self.instance, field)

    def clean_body(self):
        return self._unless_untouched("body")

    def clean_published_at(self):
        return self._unless_untouched("published_at")

    def clean_embargoed_until(self):
        return self._unless_untouched("embargoed_until")

    def clean_correction_kind(self):
        return self.cleaned_data["correction_kind"] or Correction.Kind.CORRECTION

    def clean(self):
        cleaned = super().clean()
        self.corrects = needs_note(self.instance)
        self._refuse_to_overwrite(cleaned.get("seen"))
        if self.instance.status == Article.Status.WITHDRAWN:
            for field in ("published_at", "embargoed_until"):
                if cleaned.get(field) and cleaned[field] > self.instance.withdrawn_at:
                    self.add_error(field, "This story was withdrawn before that moment. Publish it again first.")
        if self.instance.has_address and "published_at" in cleaned and not cleaned["published_at"]:
            self.add_error("published_at", "A story that has been in print keeps its date.")
        if self.corrects:
            for field in ("published_at", "embargoed_until"):
                if cleaned.get(field) and cleaned[field] > timezone.now():
                    self.add_error(field, STAYS)
            if set(IN_PRINT_TEXT) & set(self.changed_data) and not cleaned.get("correction_text"):
                self.add_error("correction_text", NO_NOTE)
        return cleaned

    def _refuse_to_overwrite(self, seen: str | None) -> None:
        """Refuse once to save over what somebody else has saved meanwhile; what was typed stays in the form."""
        now = fingerprint(snapshot(self.instance)) if self.instance.pk and seen else seen
        if seen != now:
            self.data = self.data.copy()
            self.data["seen"] = now
            self.add_error(None, CLASH)


class PartFormSet(BaseInlineFormSet):
    """The byline or the pictures of a story; in print they change with a note too."""

    def clean(self):
        super().clean()
        if self.has_changed() and needs_note(self.instance) and not self.data.get("correction_text", "").strip():
            raise ValidationError(NO_NOTE)

    def kept(self) -> list[forms.ModelForm]:
        """Return the forms of the rows that stay or come."""
        return [form for form in self.forms if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")]


class ContributionForm(forms.ModelForm):
    """A name of the byline."""

    class Meta:
        model = Contribution
        fields = ["author", "role", "position"]


class FigureForm(forms.ModelForm):
    """A picture of the story; its number follows from the others' when it is left empty."""

    class Meta:
        model = Figure
        fields = ["image", "caption", "position", "is_lead"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["position"].required = False
        if not self.instance.pk:
            self.initial["position"] = None

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("image") and not cleaned.get("caption") and not self.errors and self.has_changed():
            self.add_error("caption", "Choose a picture or write a caption.")
        return cleaned


class FigureFormSet(PartFormSet):
    """The pictures of a story: numbered, and one of them the lead at most."""

    def clean(self):
        super().clean()
        if sum(form.cleaned_data.get("is_lead", False) for form in self.kept()) > 1:
            raise ValidationError("Only one picture can be the lead picture.")
        last = max((form.cleaned_data.get("position") or 0 for form in self.kept()), default=0)
        for form in self.kept():
            if not form.cleaned_data.get("position"):
                last += 1
                form.instance.position = last

    def save(self, commit=True):
        lead = [form.instance.pk for form in self.kept() if form.cleaned_data.get("is_lead")]
        self.instance.figures.exclude(pk__in=[pk for pk in lead if pk]).update(is_lead=False)
        return super().save(commit)


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
