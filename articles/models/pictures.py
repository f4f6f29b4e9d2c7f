"""Pictures, and their use in stories."""

import hashlib
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils.text import Truncator

from articles import renditions
from articles.short_ids import make_short_id
from articles.terms import Syndication

from .picture_sets import ImageQuerySet


def original_path(image: "Image", filename: str) -> str:
    """Return where the original is kept, under MEDIA_ROOT, which nothing serves."""
    return f"originals/{image.short_id}{PurePath(filename).suffix.lower()[:5]}"


def digest_of(file) -> str:
    """Return the SHA-256 of a file, in hexadecimal, and leave it at its beginning."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest


class Image(models.Model):
    """A picture: its file, what is seen in it, whose it is, and what its terms allow. What it means belongs to each use (Figure).

    One that has just been uploaded may still lack its alternative text; its form asks for it, and no story is printed without it.
    """

    short_id = models.CharField(max_length=7, unique=True, default=make_short_id, editable=False)
    file = models.ImageField(
        upload_to=original_path, max_length=200,
        help_text="JPEG, PNG, WebP or TIFF, up to 40 MB. The original stays private; readers get smaller copies.",
    )  # fmt: skip
    width = models.PositiveIntegerField(default=0, editable=False, help_text="Pixels, upright; 0 until the renditions are made.")
    height = models.PositiveIntegerField(default=0, editable=False)
    recipe = models.PositiveSmallIntegerField(default=0, editable=False)  # that its renditions were made by; 0 until they are made
    alt_text = models.CharField(
        "alternative text", max_length=400, help_text="What is seen, in a sentence, for those who cannot see it. Not the caption."
    )
    caption = models.CharField(
        max_length=1000, blank=True, help_text="What the photographer says of it. The caption of a story begins as this and is the story’s own then."
    )
    taken_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True, help_text="Where it was taken: Gate 1, Port Merrow")
    creator = models.CharField(max_length=200, blank=True, help_text="Who made it: the name alone, as it is written into the file.")
    credit = models.CharField(max_length=200, blank=True, help_text="Printed after the caption: Photo: Owen Strand / The Halyard")
    copyright_holder = models.CharField(max_length=200, blank=True)
    usage_terms = models.CharField(max_length=2000, blank=True, help_text="What the holder allows, in their own words.")
    syndication = models.CharField(
        "terms", max_length=10, choices=Syndication, default=Syndication.ON_REQUEST,
        help_text="Whether it may be republished with a story. The strictest of source, story and picture wins.",
    )  # fmt: skip
    terms_start_on = models.DateField("usable from", null=True, blank=True, help_text="No story prints it before this day.")
    terms_end_on = models.DateField(
        "usable until", null=True, blank=True,
        help_text="The last day on which a story may be printed with it. Stories that have it already keep it.",
    )  # fmt: skip
    is_single_use = models.BooleanField(
        "for one use only", default=False,
        help_text="Once a story with it is published or scheduled, no other can be. A draft may hold it; the first to be published gets it.",
    )  # fmt: skip
    focal_x = models.FloatField(
        "focal point across", default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)], help_text="0 is left, 1 is right."
    )
    focal_y = models.FloatField(
        "focal point down", default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)], help_text="0 is the top, 1 the foot."
    )
    file_digest = models.CharField(max_length=64, blank=True, editable=False)  # the SHA-256 of the original, by which it is found a second time
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["file_digest"], name="image_file_digest"),
            models.Index(fields=["id"], name="image_without_alt_text", condition=models.Q(alt_text="")),
            models.Index(fields=["id"], name="image_without_credit", condition=models.Q(credit="")),
            models.Index(
                fields=["id"], name="image_of_unknown_rights", condition=models.Q(syndication="ON_REQUEST", copyright_holder="", usage_terms="")
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(focal_x__range=(0, 1), focal_y__range=(0, 1)), name="image_focal_point_inside"),
            models.CheckConstraint(condition=models.Q(syndication__in=Syndication.values), name="image_syndication"),
            models.CheckConstraint(
                condition=models.Q(terms_start_on=None) | models.Q(terms_end_on=None) | models.Q(terms_end_on__gte=models.F("terms_start_on")),
                name="image_terms_end_after_they_start",
            ),
        ]

    def __str__(self):
        return Truncator(self.alt_text or self.caption).chars(70) or self.short_id

    def clean(self):
        if self.terms_start_on and self.terms_end_on and self.terms_end_on < self.terms_start_on:
            raise ValidationError({"terms_end_on": "The terms end before they begin."})

    @property
    def working_copies(self) -> models.QuerySet:
        """The stories in print whose working copy has it, be it not in print with them."""
        from .stories import Article

        return Article.objects.with_working_copy().filter(working_copy__story__figures__contains=[{"picture": {"short_id": self.short_id}}])

    def refusal(self, article, on: date | None = None) -> str:
        """Return why it may not be used in a story of that day (today, unless told), in a sentence; "" where it may be."""
        return Image.objects.filter(pk=self.pk).refusals(article, on).get(self.pk, "")

    def remake(self, is_new_file: bool = False) -> None:
        """Have a job make the renditions. Until then a picture shows those that it had, but with a new file none: they are of another picture."""
        from articles.tasks import make_renditions
        from newsroom.jobs import defer

        if is_new_file:
            with self.file.open("rb") as original:
                self.width, self.height = renditions.upright_size(original)
                self.file_digest = digest_of(original)
            self.recipe = 0
            self.save(update_fields=["width", "height", "recipe", "file_digest"])
        defer(make_renditions, image=self.pk)

    def drop_original(self, name: str) -> None:
        """Delete the file that another one has taken the place of, once that is certain."""
        transaction.on_commit(partial(self.file.storage.delete, name))

    def make_renditions(self) -> None:
        """Make the copies that readers get, of the picture as it is in the database, and note its upright size."""
        with renditions.alone(self.short_id):
            self.refresh_from_db()
            with self.file.open("rb") as original:
                rights = self.rights(renditions.rights.read(original))
                digest = digest_of(original)
                width, height = renditions.make(original, self.short_id, (self.focal_x, self.focal_y), rights)
            same = Image.objects.filter(pk=self.pk, file=self.file.name)  # a file that has come meanwhile has a job of its own
            same.update(width=width, height=height, recipe=renditions.RECIPE, file_digest=digest)
        self.refresh_from_db(fields=["width", "height", "recipe", "file_digest"])

    def rights(self, said: renditions.Rights) -> renditions.Rights:
        """Return what the copies say: what the newsroom knows, what the original `said` where it knows nothing, and where a licence can be had."""
        notice = f"© {self.copyright_holder}" if self.copyright_holder else ""
        known = renditions.Rights(creator=self.creator, credit=self.credit, notice=notice, holder=self.copyright_holder)
        ways = renditions.Rights(terms_url=settings.SITE_URL + reverse("licensing:terms"))
        if not said.licensor_url and self.syndication != Syndication.NONE:
            ways = replace(ways, licensor=settings.PUBLICATION_NAME, licensor_url=settings.SITE_URL + reverse("licensing:sample"))
        return known.or_else(said).or_else(ways)

    @property
    def copies(self) -> list[renditions.Rendition]:
        """Return all that readers can fetch; nothing until they are made."""
        return renditions.every(self.short_id, (self.width, self.height)) if self.recipe else []

    def offers(self, shape: str = renditions.WHOLE, kind: str = "jpg") -> list[renditions.Rendition]:
        """Return those of a shape and a kind, the narrowest first."""
        return renditions.offered(self.short_id, (self.width, self.height), shape, kind) if self.recipe else []

    def rendition(self, width: int, shape: str = renditions.WHOLE, kind: str = "jpg") -> renditions.Rendition | None:
        """Return one of them, with its address and true size, or None where there is none."""
        return next((copy for copy in self.offers(shape, kind) if copy.step == width), None)

    def rendition_url(self, width: int, shape: str = renditions.WHOLE, kind: str = "jpg") -> str:
        return reverse("articles:picture", args=[self.short_id, renditions.name_of(width, shape, kind)])

    @property
    def widths(self) -> list[int]:
        """Return the widths, in pixels, that the whole picture is offered in."""
        return [copy.step for copy in self.offers()]

    @property
    def smallest(self) -> renditions.Rendition | None:
        return next(iter(self.offers()), None)

    @property
    def largest(self) -> renditions.Rendition | None:
        return next(reversed(self.offers()), None)


class Figure(models.Model):
    """A picture's use in one story: what it means there. Where the picture is missing, the caption stands."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="figures")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="figures", null=True, blank=True)
    caption = models.CharField(max_length=1000, blank=True, help_text="What the picture means in this story. The credit is printed after it.")
    position = models.PositiveSmallIntegerField(default=1, help_text="Its number in the story, from 1.")
    is_lead = models.BooleanField("lead picture", default=False, help_text="Shown above the story.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="figure_position_unique", deferrable=models.Deferrable.DEFERRED),
            models.UniqueConstraint(fields=["article"], condition=models.Q(is_lead=True), name="figure_one_lead"),
            models.CheckConstraint(condition=models.Q(image__isnull=False) | ~models.Q(caption=""), name="figure_says_or_shows"),
        ]

    def __str__(self):
        return f"Figure {self.position}"
