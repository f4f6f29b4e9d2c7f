"""The picture library."""

from pathlib import PurePath

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from articles import renditions
from articles.models import Image
from articles.views import rendition_response

from .base import NewsroomAdmin
from .home import PicturesThatWait

REMADE_FOR = {"file", "focal_x", "focal_y", "creator", "credit", "copyright_holder", "syndication"}  # what the copies show or say


class Upload(UnfoldAdminFileFieldWidget):
    """A place for a file, without a link to the one that is there: originals are shown to nobody."""

    def is_initial(self, value) -> bool:
        return False


class ImageForm(forms.ModelForm):
    """A picture as it comes in: looked at, never believed by its name."""

    class Meta:
        model = Image
        fields = ["file", "alt_text", "creator", "credit", "copyright_holder", "syndication", "usage_terms", "focal_x", "focal_y"]
        widgets = {"file": Upload}

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" in self.changed_data:
            file.name = str(PurePath(file.name).with_suffix(renditions.check(file)))
        return file

    def clean(self):
        """Take from a new file what it says of whose it is, where the editor has left that open."""
        facts = super().clean()
        if "file" in self.changed_data and facts.get("file"):
            said = renditions.rights.read(facts["file"])
            facts["file"].seek(0)
            for name, found in {"creator": said.creator, "credit": said.credit, "copyright_holder": said.owner}.items():
                facts[name] = facts.get(name) or found
        return facts


def thumbnail(image: Image | None) -> str:
    """Show a picture small, to those who may not have seen it in print yet."""
    if not image or not image.pk:
        return "–"
    if not image.smallest:
        return "Its copies are still to be made."
    url = reverse("admin:articles_image_rendition", args=[image.short_id, image.smallest.name])
    return format_html('<img src="{}" alt="" width="120" loading="lazy">', url)


@admin.register(Image)
class ImageAdmin(NewsroomAdmin):
    form = ImageForm
    list_display = ["thumbnail", "alt_text", "credit", "syndication", "created_at"]
    list_display_links = ["thumbnail", "alt_text"]
    list_filter = ["syndication", PicturesThatWait]
    search_fields = ["alt_text", "credit", "short_id"]
    readonly_fields = ["thumbnail"]
    fieldsets = [
        (None, {"fields": ["thumbnail", "file", "alt_text", "credit"]}),
        ("Rights", {"fields": ["creator", "copyright_holder", "syndication", "usage_terms"]}),
        ("Focal point", {"fields": ["focal_x", "focal_y"]}),
    ]

    @display(description="Picture")
    def thumbnail(self, image: Image) -> str:
        return thumbnail(image)

    def get_urls(self):
        rendition = path("<short_id:short_id>/<rendition:name>", self.admin_site.admin_view(self.rendition), name="articles_image_rendition")
        return [rendition, *super().get_urls()]

    def rendition(self, request: HttpRequest, short_id: str, name: str) -> HttpResponseBase:
        """Show a picture to those who may see it before readers do."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        response = rendition_response(request, get_object_or_404(Image, short_id=short_id), name)
        response["Cache-Control"] = "private, no-store"
        return response

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if REMADE_FOR.intersection(form.changed_data) or not change:
            obj.remake(is_new_file="file" in form.changed_data)
