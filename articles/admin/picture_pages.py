"""The pages beside the form of a picture: several uploaded at once, and many changed together."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from js_asset import Script
from unfold.decorators import action

from articles import renditions
from articles.models import Image

from .base import is_key
from .picture_forms import FilesForm, TogetherForm, UploadForm

MOST_TOGETHER = 200  # pictures
TOO_MANY = f"Up to {MOST_TOGETHER} pictures are edited together. Choose fewer, or narrow the list first."


def together_url(images: list[Image]) -> str:
    return f"{reverse('admin:articles_image_together')}?keys={','.join(str(image.pk) for image in images)}"


class PicturePages:
    """The part of ImageAdmin for more than one picture."""

    actions = ["edit_together"]
    actions_list = ["upload"]

    def get_urls(self):
        return [path("together/", self.admin_site.admin_view(self.together), name="articles_image_together"), *super().get_urls()]

    def _page(self, request: HttpRequest, name: str, **context) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, f"admin/articles/pictures/{name}.html", context)

    @action(description="Upload pictures", url_path="upload", permissions=["add"])
    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take several files; a script sends each alone and is told what became of it."""
        form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
        if not form.is_valid():
            media = forms.Media(js=[Script("js/pictures_upload.js", type="module")])
            return self._page(request, "upload", title="Upload pictures", form=form, media=media, most_bytes=renditions.MOST_BYTES)
        taken = [self._take(request, file, form.cleaned_data["keeps_both"]) for file in form.cleaned_data["files"]]
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return TemplateResponse(request, "admin/articles/pictures/_taken.html", {"form": taken[0]})
        for each in taken:
            if not each.is_valid():
                messages.warning(request, each.refusal)
        images = [each.instance for each in taken if each.is_valid()]
        if images and self.has_change_permission(request):
            return redirect(together_url(images))
        return redirect("admin:articles_image_changelist" if images else "admin:articles_image_upload")

    def _take(self, request: HttpRequest, file: UploadedFile, keeps_both: bool) -> UploadForm:
        """Save a file as a picture, if it is one; its form says what became of it."""
        form = UploadForm({"keeps_both": "on"} if keeps_both else {}, {"file": file})
        if form.is_valid():
            with transaction.atomic():
                image = form.save()
                image.remake(is_new_file=True)
                self.log_addition(request, image, [{"added": {}}])
        return form

    @admin.action(description="Edit together…", permissions=["change"])
    def edit_together(self, request: HttpRequest, images: QuerySet[Image]) -> HttpResponse | None:
        chosen = list(images.only("pk")[: MOST_TOGETHER + 1])
        if len(chosen) > MOST_TOGETHER:
            self.message_user(request, TOO_MANY, messages.ERROR)
            return None
        return redirect(together_url(chosen))

    def together(self, request: HttpRequest) -> HttpResponse:
        """Show the pictures that were chosen with a form for all of them, and one for the words of each."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        keys = [key for key in request.GET.get("keys", "").split(",")[:MOST_TOGETHER] if is_key(key)]
        images = list(Image.objects.filter(pk__in=keys).order_by("pk"))
        if not images:
            self.message_user(request, "None of these pictures is in the library. Choose some in the list.", messages.WARNING)
            return redirect("admin:articles_image_changelist")
        form = TogetherForm(request.POST if request.method == "POST" else None, images=images)
        if request.method == "POST" and form.is_valid():
            changed = form.save()
            LogEntry.objects.log_actions(request.user.pk, changed, CHANGE, "Edited together with others.")
            self.message_user(request, _told(len(changed)), messages.SUCCESS if changed else messages.WARNING)
            return redirect("admin:articles_image_changelist")
        rows = [(self.thumbnail(words.instance), words) for words in form.words]
        return self._page(request, "together", title="Edit pictures together", form=form, rows=rows)


def _told(count: int) -> str:
    if not count:
        return "Nothing was filled in, so nothing has changed."
    return "One picture is changed." if count == 1 else f"{count} pictures are changed."
