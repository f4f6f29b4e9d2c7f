"""The picture library."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from js_asset import Media, Script
from unfold.decorators import display

from articles import renditions
from articles.models import Article, Image
from articles.views import rendition_response

from .base import NewsroomAdmin
from .home import PicturesThatWait
from .picture_forms import REMADE_FOR, ImageForm
from .picture_lists import TermsFilter, UseFilter
from .picture_pages import PicturePages

MOST_USES = 50  # stories that a picture's form names
CROPS = {"3x2": "Cards", "16x9": "Wide", "4x3": "Classic", "1x1": "Square", "share": "Shared links"}


def rendition_url(image: Image, copy: renditions.Rendition) -> str:
    """Return where a copy is shown to those who may not have seen it in print yet."""
    return reverse("admin:articles_image_rendition", args=[image.short_id, copy.name])


def thumbnail(image: Image | None) -> str:
    """Show a picture small, to those who may not have seen it in print yet."""
    if not image or not image.pk:
        return "–"
    if not image.smallest:
        return "Its copies are still to be made."
    return format_html('<img src="{}" alt="" width="120" loading="lazy">', rendition_url(image, image.smallest))


@admin.register(Image)
class ImageAdmin(PicturePages, NewsroomAdmin):
    form = ImageForm
    list_display = ["thumbnail", "named", "credit", "place", "used", "syndication", "terms_end_on", "created_at"]
    list_display_links = ["thumbnail", "named"]
    list_filter = ["syndication", PicturesThatWait, UseFilter, TermsFilter]
    list_filter_submit = True
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["alt_text", "caption", "credit", "creator", "place", "short_id"]
    search_help_text = "What is seen, who made it, where"
    readonly_fields = ["thumbnail", "crops"]
    change_form_after_template = "admin/articles/pictures/_uses.html"

    @property
    def media(self):
        return super().media + Media(js=[Script("js/pictures_focal.js", type="module")])

    def get_fieldsets(self, request, obj=None):
        """Ask whether both are to be kept only when a file has been sent; who may not change a picture is shown nothing of its file."""
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        file = ["file", *(["keeps_both"] if request.method == "POST" else [])] if may else []
        return [
            (None, {"fields": ["thumbnail", *file, "alt_text", "caption", "credit", "creator", "taken_on", "place"]}),
            ("Rights", {"fields": ["copyright_holder", "syndication", "usage_terms", "terms_start_on", "terms_end_on", "is_single_use"]}),
            ("Focal point", {"fields": ["crops", "focal_x", "focal_y"]}),
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_uses()

    # --- Looks

    @display(description="Picture")
    def thumbnail(self, image: Image) -> str:
        return thumbnail(image)

    @display(description="What is seen", ordering="alt_text")
    def named(self, image: Image) -> str:
        return str(image) if image.alt_text else f"{image} (without alternative text)"

    @display(description="Stories", ordering="uses")
    def used(self, image: Image) -> int:
        return image.uses

    @display(description="Crops")
    def crops(self, image: Image) -> str:
        """Show the whole picture, to click at what matters most in it, and what is left of it in every shape."""
        if not image.pk or not image.largest:
            return "Click at what matters most in the picture as soon as its copies are made. Until then crops are made around its middle."
        shapes = [{"name": name, "across": renditions.RATIOS[shape][0], "down": renditions.RATIOS[shape][1]} for shape, name in CROPS.items()]
        context = {"image": image, "url": rendition_url(image, image.rendition(960) or image.largest), "shapes": shapes}
        return render_to_string("admin/articles/pictures/_crops.html", context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        return super().render_change_form(request, context | self._uses(request, obj), *args, obj=obj, **kwargs)

    def _uses(self, request: HttpRequest, image: Image | None) -> dict:
        """Return the stories with a picture that this editor may see, the number of the others, and why no other story may have it."""
        if not image:
            return {}
        stories = self.admin_site.get_model_admin(Article).get_queryset(request).defer("body", "captions")
        shown = list(stories.filter(pk__in=image.figures.values("article")).newest_first()[:MOST_USES])
        return {"uses": shown, "other_uses": image.uses - len(shown), "refusal": image.refusal(Article())}

    def get_deleted_objects(self, objs, request):
        """Keep a picture that a working copy has, as one that stands in a story is kept."""
        found = super().get_deleted_objects(objs, request)
        kept = [f"The working copy of “{story}”" for image in objs for story in image.working_copies[:MOST_USES]]
        return (*found[:3], [*found[3], *kept])

    # --- Its copies, and its file

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
        """Save what was changed; a new file takes the place of the old one, which is kept no longer."""
        is_new_file = "file" in form.changed_data
        old = form.initial["file"].name if change and is_new_file else ""
        super().save_model(request, obj, form, change)
        if REMADE_FOR.intersection(form.changed_data) or not change:
            obj.remake(is_new_file=is_new_file)
        if old:
            obj.drop_original(old)
