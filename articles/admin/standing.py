"""How a story stands: what may be done with it depends on it."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from articles.models import Article, ErrorReport, Revision, Sitting

from .story_forms import number


class Standing(NamedTuple):
    """What may be done with a story depends on it; a story that is not there yet has none."""

    status: str = ""
    is_public: bool = False
    has_working_copy: bool = False
    is_to_close: bool = False
    has_reports: bool = False
    was_printed: bool = False
    latest: int | None = None  # the number of the last revision of what its form shows
    is_own: bool = False  # begun by this member of the staff, or given to them
    was_left: bool = False  # whether this member of the staff has left something that was typed and not saved


def standing(request, object_id) -> Standing:
    """Return how a story stands: asked once for each page, but anew for each verb."""
    if object_id is None:
        return Standing()
    found, key = request.__dict__.setdefault("standings", {}), number(object_id)
    if key not in found or request.method == "POST":
        own = {"pk": OuterRef("pk")}
        row = Article.objects.filter(pk=key).values_list(
            "status", Exists(Article.objects.public().filter(**own)), Q(working_copy__isnull=False),
            Q(status=Article.Status.PUBLISHED, withdrawn_at__gt=Now()),
            Exists(ErrorReport.objects.open().filter(article=OuterRef("pk"))),
            Exists(Revision.objects.printed().filter(article=OuterRef("pk"))),
            Coalesce("working_copy__number", Subquery(Revision.objects.filter(article=OuterRef("pk")).order_by("-number").values("number")[:1])),
            Q(created_by=request.user) | Q(assigned_to=request.user),
            Exists(Sitting.objects.of(request.user).left().filter(article=OuterRef("pk"))),
        )  # fmt: skip
        found[key] = Standing(*row.first() or ())
    return found[key]
