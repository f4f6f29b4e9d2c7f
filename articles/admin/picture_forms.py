"""The forms of pictures: one as it comes in, several at once, and many changed together."""

from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, get_available_image_extensions
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from articles import renditions
from articles.models import Image
from articles.models.pictures import digest_of
from articles.terms import Syndication

REMADE_FOR = {"file", "focal_x", "focal_y", "creator", "credit", "copyright_holder", "syndication"}  # what the copies show or say
IN_PLACE = (
    "Choose a file here to put it in the place of this one, in every story that has it. All that is said of the picture stays; "
    "the old file is deleted, and readers see the new one once its copies are made."
)
TWIN = (
    'This very file is in the library already: <a href="{}" target="_blank">{}</a>. Use that picture, or choose the file again and tick “Keep both”.'
)
NO_PICTURE = "This is not a picture that can be used, or it is damaged. Choose a JPEG, PNG, WebP or TIFF file."
MOST_FILES = 50  # of one upload without the script; with it each file comes alone
AS_THEY_ARE = ("", "As they are")


class Upload(UnfoldAdminFileFieldWidget):
    """A place for a file, without a link to the one that is there: originals are shown to nobody."""

    def is_initial(self, value) -> bool:
        return False


class ImageForm(forms.ModelForm):
    """A picture as it comes in: looked at, never believed by its name."""

    keeps_both = forms.BooleanField(
        label="Keep both", required=False, widget=UnfoldBooleanWidget, help_text="Even where the library has this very file."
    )

    class Meta:
        model = Image
        fields = [
            "file", "alt_text", "caption", "credit", "creator", "taken_on", "place",
            "copyright_holder", "syndication", "usage_terms", "terms_start_on", "terms_end_on", "is_single_use", "focal_x", "focal_y",
        ]  # fmt: skip
        widgets = {"file": Upload}
        error_messages = {"file": {"invalid_image": NO_PICTURE}}

    twin = None  # the picture in the library that has the very file

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"].validators = [FileExtensionValidator(get_available_image_extensions(), NO_PICTURE)]
        if self.instance.pk and "file" in self.fields:
            self.fields["file"].help_text = IN_PLACE

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" in self.changed_data:
            file.name = str(PurePath(file.name).with_suffix(renditions.check(file)))
            self.twin = Image.objects.with_file(digest_of(file)).exclude(pk=self.instance.pk).first()
        return file

    def clean(self):
        """Find the same file a second time; take from a new one what it says, where the editor has left that open."""
        facts = super().clean()
        if "file" not in self.changed_data or not facts.get("file"):
            return facts
        if self.twin and not facts.get("keeps_both"):
            where = reverse("admin:articles_image_change", args=[self.twin.pk])
            words = format_html(TWIN, where, self.twin)
            self.add_error("file", ValidationError(words, code="twin"))
        for name, found in said_by(facts.get("file")).items():
            if name in self.fields:
                facts[name] = facts.get(name) or found
        return facts


def said_by(file) -> dict:
    """Return what a file says of the picture in it, by the picture's fields."""
    if not file:
        return {}
    rights = renditions.rights.read(file)
    file.seek(0)
    description = renditions.description.read(file)
    file.seek(0)
    return vars(description) | {"creator": rights.creator, "credit": rights.credit, "copyright_holder": rights.owner}


class UploadForm(ImageForm):
    """One file of an upload: what it does not say is asked for afterwards."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name == "file"

    @property
    def found(self) -> list[tuple[str, object]]:
        """Return what the file said, with the names of the fields that hold it now."""
        names = ("alt_text", "caption", "credit", "creator", "copyright_holder", "taken_on", "place", "usage_terms")
        said = ((Image._meta.get_field(name).verbose_name, getattr(self.instance, name)) for name in names)
        return [(name[:1].upper() + name[1:], value) for name, value in said if value]

    @property
    def refusal(self) -> str:
        """Return why the file is no picture of the library, with its name."""
        return format_html("{}: {}", self.files["file"].name, format_html_join(" ", "{}", ([words] for words in self.errors["file"])))

    @property
    def missing(self) -> list[str]:
        return [name for name, value in (("alternative text", self.instance.alt_text), ("credit", self.instance.credit)) if not value]


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, each of them looked at by a form of its own."""

    widget = Files

    def clean(self, data, initial=None):
        files = [super(FilesField, self).clean(file, initial) for file in data or [None]]
        if len(files) > MOST_FILES:
            raise ValidationError(f"That is too much at once. Choose up to {MOST_FILES} files.")
        return files


class FilesForm(forms.Form):
    """What is chosen on the page for uploads."""

    files = FilesField(label="Pictures", widget=Files(attrs={"accept": "image/jpeg,image/png,image/webp,image/tiff"}))
    keeps_both = forms.BooleanField(
        label="Keep both where the library has a file already", required=False, widget=UnfoldBooleanWidget, help_text="Else such a file is left out."
    )


class WordsForm(forms.ModelForm):
    """What differs from picture to picture. What is said of one is changed here and not taken away."""

    class Meta:
        model = Image
        fields = ["alt_text", "caption"]
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 2}) for name in fields}

    def __init__(self, data=None, *, instance: Image):
        super().__init__(data, prefix=f"picture{instance.pk}", instance=instance)
        self.fields["alt_text"].required = bool(instance.alt_text)
        for field in self.fields.values():
            field.help_text = ""
            field.show_hidden_initial = True  # so that what somebody else has written meanwhile stays


def _same(name: str, widget, **options) -> forms.Field:
    return Image._meta.get_field(name).formfield(required=False, widget=widget, **options)


class TogetherForm(forms.Form):
    """Many pictures changed together: what is filled in is written to all of them, what is left open stays as it is."""

    FILLED = ("credit", "creator", "copyright_holder", "place", "usage_terms", "taken_on", "terms_start_on", "terms_end_on")

    credit, creator, copyright_holder, place = (_same(name, UnfoldAdminTextInputWidget) for name in FILLED[:4])
    usage_terms = _same("usage_terms", UnfoldAdminTextareaWidget(attrs={"rows": 2}))
    taken_on, terms_start_on, terms_end_on = (_same(name, UnfoldAdminSingleDateWidget) for name in FILLED[5:])
    syndication = forms.ChoiceField(label="Terms", choices=[AS_THEY_ARE, *Syndication.choices], required=False, widget=UnfoldAdminSelectWidget)
    is_single_use = forms.TypedChoiceField(
        label="For one use only", choices=[AS_THEY_ARE, ("yes", "Yes"), ("no", "No")], required=False, widget=UnfoldAdminSelectWidget,
        coerce=lambda value: value == "yes", empty_value=None,
    )  # fmt: skip
    emptied = forms.MultipleChoiceField(
        label="Take away from all of them", required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget,
        choices=[(name, Image._meta.get_field(name).verbose_name.capitalize()) for name in FILLED],
    )  # fmt: skip

    def __init__(self, data=None, *, images: list[Image]):
        super().__init__(data)
        self.images = images
        self.words = [WordsForm(data, instance=image) for image in images]

    @property
    def changes(self) -> dict:
        """Return what is written to every picture."""
        filled = {name: value for name, value in self.cleaned_data.items() if name != "emptied" and value not in {None, ""}}
        emptied = {name: None if Image._meta.get_field(name).null else "" for name in self.cleaned_data.get("emptied", ())}
        return emptied | filled

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(words.is_valid() for words in self.words)])

    def clean(self):
        facts, changes = super().clean(), self.changes
        for name in set(facts.get("emptied", ())) & {name for name, value in facts.items() if value}:
            self.add_error(name, "Fill this in for all of them, or take it away from all of them.")
        for image in self.images:
            start, end = (changes.get(name, getattr(image, name)) for name in ("terms_start_on", "terms_end_on"))
            if start and end and end < start:
                self.add_error("terms_end_on", f"The terms of “{image}” would end before they begin.")
        return facts

    @transaction.atomic
    def save(self) -> list[Image]:
        """Write what has changed, and have the copies made anew that show or say it; return the pictures that have changed."""
        changes = self.changes
        if changes:
            Image.objects.filter(pk__in=[image.pk for image in self.images]).update(**changes)
        changed = [words.instance for words in self.words if changes or words.has_changed()]
        for words in self.words:
            if words.has_changed():
                own = {name: words.cleaned_data[name] for name in words.changed_data}
                Image.objects.filter(pk=words.instance.pk).update(**own)
        for image in changed if REMADE_FOR & changes.keys() else ():
            image.remake()
        return changed
