"""The picture library."""

from pathlib import PurePath

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from articles import renditions
from articles.models import Image
from articles.views import rendition_response

from .base import NewsroomAdmin


class ImageForm(forms.ModelForm):
    """A picture as it comes in: looked at, never believed by its name."""

    class Meta:
        model = Image
        fields = ["file", "alt_text", "credit", "copyright_holder", "syndication", "usage_terms", "focal_x", "focal_y"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" in self.changed_data:
            file.name = str(PurePath(file.name).with_suffix(renditions.check(file)))
        return file


def thumbnail(image: Image | None) -> str:
    """Show a picture small, to those who may not have seen it in print yet."""
    if not image or not image.pk or not image.widths:
        return "–"
    url = reverse("admin:articles_image_rendition", args=[image.short_id, image.widths[0]])
    return format_html('<img src="{}" alt="" width="120" loading="lazy">', url)


@admin.register(Image)
class ImageAdmin(NewsroomAdmin):
    form = ImageForm
    list_display = ["thumbnail", "alt_text", "credit", "syndication", "created_at"]
    list_display_links = ["thumbnail", "alt_text"]
    list_filter = ["syndication"]
    search_fields = ["alt_text", "credit", "short_id"]
    readonly_fields = ["thumbnail"]
    fieldsets = [
        (None, {"fields": ["thumbnail", "file", "alt_text", "credit"]}),
        ("Rights", {"fields": ["copyright_holder", "syndication", "usage_terms"]}),
        ("Focal point", {"fields": ["focal_x", "focal_y"]}),
    ]

    @display(description="Picture")
    def thumbnail(self, image: Image) -> str:
        return thumbnail(image)

    def get_urls(self):
        rendition = path("<short_id:short_id>/<int:width>.jpg", self.admin_site.admin_view(self.rendition), name="articles_image_rendition")
        return [rendition, *super().get_urls()]

    def rendition(self, request: HttpRequest, short_id: str, width: int) -> HttpResponse:
        """Show a picture to those who may see it before readers do."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        response = rendition_response(get_object_or_404(Image, short_id=short_id), width)
        response["Cache-Control"] = "private, no-store"
        return response

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "file" in form.changed_data:
            obj.make_renditions()
