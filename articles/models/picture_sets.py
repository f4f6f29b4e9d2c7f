"""Every set of pictures that has a name, and why one of them may not be used in a story."""

from datetime import date, timedelta

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format

from articles import renditions
from articles.terms import Syndication

SOON = 30  # days
NO_DESCRIPTION = "It has no alternative text. Say in the picture library what is seen in it."
RIVALS = "It is licensed for one use, and another story that is not in print has it too. The first to be published gets it."


class ImageQuerySet(models.QuerySet):
    """Pictures."""

    def public(self, at=None):
        """Those in a story that readers can see; no other picture can be fetched."""
        from .stories import Article

        return self.filter(models.Exists(Article.objects.public(at).filter(figures__image=models.OuterRef("pk"))))

    def to_make(self):
        """Those without renditions, or with ones of an older recipe."""
        return self.exclude(recipe=renditions.RECIPE)

    def with_file(self, digest: str):
        """Those whose original is this very file, told by its SHA-256."""
        return self.filter(file_digest=digest)

    def without_description(self):
        return self.filter(alt_text="")

    def without_credit(self):
        return self.filter(credit="")

    def of_unknown_rights(self):
        """Those that nobody has decided on, and that say neither whose they are nor what they allow."""
        return self.filter(syndication=Syndication.ON_REQUEST, copyright_holder="", usage_terms="")

    def for_single_use(self):
        return self.filter(is_single_use=True)

    def ending_soon(self):
        """Those whose terms end within a month."""
        today = timezone.localdate()
        return self.filter(terms_end_on__range=(today, today + timedelta(days=SOON)))

    def ended(self):
        return self.filter(terms_end_on__lt=timezone.localdate())

    # --- Where they are used: in stories of every kind, drafts included

    def with_uses(self):
        """With the number of stories that each stands in."""
        return self.annotate(uses=Coalesce(models.Subquery(_numbers().filter(image=models.OuterRef("pk")).values("number")), 0))

    def unused(self):
        """Those in no story, nor in a working copy."""
        return self.filter(figures__isnull=True).exclude(short_id__in=_in_working_copies())

    def used_once(self):
        return self.filter(pk__in=_numbers().filter(number=1).values("image"))

    def used_often(self):
        return self.filter(pk__in=_numbers().filter(number__gt=1).values("image"))

    def beside(self, article):
        """With what stands against a use in this story: other stories in print that have it, one that readers can see, and drafts."""
        from .stories import Article

        others = Article.objects.filter(figures__image=models.OuterRef("pk")).exclude(pk=article.pk)
        return self.annotate(
            read_in=models.Subquery(others.public().order_by("published_at").values("headline")[:1]),
            is_printed_elsewhere=models.Exists(others.filter(status=Article.Status.PUBLISHED)),
            is_drafted_elsewhere=models.Exists(others.filter(status__in=[Article.Status.DRAFT, Article.Status.IN_REVIEW])),
        )

    def refusals(self, article, on: date | None = None) -> dict[int, str]:
        """Return by key why each of them may not be used in a story of that day (today, unless told): one query, those that may be are left out."""
        day = on or timezone.localdate()
        return {image.pk: reason for image in self.beside(article) if (reason := _refusal(image, day))}


def weigh(figures, article, on: date, in_print: bool = False) -> tuple[dict[int, str], list[str]]:
    """Return why pictures of these figures may not be used in a story of that day, by figures' numbers, and what its editor has to know: sentences.

    They are read from the figures; one query looks where those for one use only are used. In print each has to be described for those who
    cannot see it, too.
    """
    from .pictures import Image

    images = {figure.image_id: figure.image for figure in figures if figure.image_id}
    if single := [key for key, image in images.items() if image.is_single_use]:
        images |= Image.objects.beside(article).in_bulk(single)
    refused, warned = {}, []
    for figure in figures:
        if image := images.get(figure.image_id):
            reason = _refusal(image, on) or (NO_DESCRIPTION if in_print and not image.alt_text else "")
            refused |= {figure.position: f"Picture {figure.position}: {reason}"} if reason else {}
            warned += [f"Picture {figure.position}: {RIVALS}"] if image.is_single_use and image.is_drafted_elsewhere else []
    return refused, warned


def _refusal(image, on: date) -> str:
    """Return why a picture, found by beside(), may not be used on a day; "" where it may be."""
    if image.terms_end_on and image.terms_end_on < on:
        tense = "ended" if image.terms_end_on < timezone.localdate() else "end"
        return f"Its terms {tense} on {date_format(image.terms_end_on, 'j F Y')}."
    if image.terms_start_on and image.terms_start_on > on:
        return f"Its terms begin on {date_format(image.terms_start_on, 'j F Y')}. Give the story that date or a later one."
    if image.is_single_use and image.is_printed_elsewhere:
        where = f"stands in “{image.read_in}” already" if image.read_in else "another story, which readers cannot see at the moment, has it already"
        return f"It is licensed for one use, and {where}."
    return ""


def _in_working_copies() -> set[str]:
    """Return the short ids of the pictures that working copies name."""
    from .stories import Article

    written = Article.objects.with_working_copy().values_list("working_copy__story__figures", flat=True)
    return {figure["picture"]["short_id"] for figures in written for figure in figures if figure["picture"]}


def _numbers():
    """Return the number of stories that each picture stands in, of those that stand in any."""
    from .pictures import Figure

    uses = Figure.objects.filter(image__isnull=False).order_by().values("image")
    return uses.annotate(number=models.Count("article", distinct=True))
