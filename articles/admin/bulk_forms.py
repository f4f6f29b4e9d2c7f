"""What is asked before something is done with many stories, and what is said of it."""

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from unfold.widgets import UnfoldAdminSelectWidget

from articles.models import Article, BulkChange, Section, Topic

from .base import KeySelectMultiple
from .story_forms import WithdrawalForm

MOST_TOPICS = 20


class PublishForm(forms.Form):
    """Nothing is asked: each story has its moment, or none."""

    explanation = "Each is published at the moment that is set in it, else now. A withdrawn one comes back; one in print already is listed as failed."
    button = words = "Publish"
    arguments = {}


class TopicsField(forms.ModelMultipleChoiceField):
    """Topics, found by typing."""

    def __init__(self, label: str):
        widget = KeySelectMultiple(Article._meta.get_field("topics"), admin.site, attrs={"data-width": "100%"})
        super().__init__(Topic.objects.all(), label=label, required=False, widget=widget)

    def clean(self, value):
        if len(value or ()) > MOST_TOPICS:
            raise forms.ValidationError(f"Choose at most {MOST_TOPICS} topics.")
        return super().clean(value)


class TagForm(forms.Form):
    """Which topics stories get, and which they lose."""

    add, remove = TopicsField("Topics to add"), TopicsField("Topics to take away")
    button = "Change the topics of"
    explanation = "Text and address stay as they are, and readers get no note. A working copy gets and loses the same topics."

    def clean(self):
        chosen = super().clean()
        add, remove = (set(chosen.get(name) or ()) for name in ("add", "remove"))
        if not self.errors and not add | remove:
            raise forms.ValidationError("Choose a topic to add, or one to take away.")
        if both := add & remove:
            raise forms.ValidationError(f"{', '.join(map(str, both))} cannot be both added and taken away.")
        return chosen

    @property
    def arguments(self) -> dict:
        return {name: [topic.slug for topic in self.cleaned_data[name]] for name in ("add", "remove")}

    @property
    def words(self) -> str:
        names = {name: ", ".join(map(str, self.cleaned_data[name])) for name in ("add", "remove")}
        return "; ".join(f"{said} {names[name]}" for name, said in (("add", "Add"), ("remove", "Take away")) if names[name])


class MoveForm(forms.Form):
    """Which section stories go to."""

    section = forms.ModelChoiceField(Section.objects.all(), widget=UnfoldAdminSelectWidget)
    button = "Move"
    explanation = "Text and address stay as they are, and readers get no note. A working copy goes to the same section."

    @property
    def arguments(self) -> dict:
        return {"section": self.cleaned_data["section"].slug}

    @property
    def words(self) -> str:
        return f"Move to {self.cleaned_data['section']}"


class WithdrawManyForm(WithdrawalForm):
    """Why stories leave print, and when."""

    button = "Withdraw"
    explanation = "Each leaves print, everywhere. Its address stays and gives the reason. One that is not in print is listed as failed."

    @property
    def arguments(self) -> dict:
        return self.cleaned_data

    @property
    def words(self) -> str:
        return f"Withdraw: {self.cleaned_data['reason']}"


class GiveForm(forms.Form):
    """Whom stories are given to."""

    to = forms.ModelChoiceField(
        get_user_model().objects.filter(is_active=True, is_staff=True).order_by("first_name", "last_name", "username"),
        label="Who does it", required=False, empty_label="Nobody", widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    button = "Give"
    explanation = "When each is due does not change."

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].label_from_instance = lambda user: user.get_full_name() or user.get_username()

    @property
    def arguments(self) -> dict:
        return {"to": self.cleaned_data["to"] and self.cleaned_data["to"].pk}

    @property
    def words(self) -> str:
        to = self.cleaned_data["to"]
        return f"Give to {to.get_full_name() or to.get_username()}" if to else "Give to nobody"


FORMS = {
    BulkChange.Verb.PUBLISH: PublishForm,
    BulkChange.Verb.TAG: TagForm,
    BulkChange.Verb.MOVE: MoveForm,
    BulkChange.Verb.WITHDRAW: WithdrawManyForm,
    BulkChange.Verb.GIVE: GiveForm,
}
