"""What hangs on a story's own page, fetched with the story itself: its byline, topics and corrections, however many there are of each."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from .bylines import Contribution
from .record import Correction
from .subjects import Author, Topic


def hangings() -> JSONObject:
    """Return the expression for all of it, as arrays of JSON in the order of print."""
    names = Contribution.objects.filter(article=OuterRef("pk"))
    topics = Topic.objects.filter(articles=OuterRef("pk"))
    corrections = Correction.objects.filter(article=OuterRef("pk"))
    return JSONObject(
        contributions=_array(names, "role", "position", id="pk", author=JSONObject(id="author_id", **_same("author__", "name", "slug", "title"))),
        topics=_array(topics, "name", "slug", id="pk"),
        corrections=_array(corrections, "kind", "text", "made_at", id="pk"),
    )


def _same(prefix: str, *fields: str) -> dict[str, str]:
    return {field: prefix + field for field in fields}


def _array(rows: QuerySet, *fields: str, **others) -> ArraySubquery:
    return ArraySubquery(rows.values(row=JSONObject(**_same("", *fields), **others)))


def hang(article, found: dict) -> None:
    """Give a story the rows that were fetched with it: its relations then answer .all() from them, as after prefetch_related."""
    rows = {
        "contributions": [Contribution(article=article, **row | {"author": Author(**row["author"])}) for row in found["contributions"]],
        "topics": [Topic(**row) for row in found["topics"]],
        "corrections": [Correction(article=article, **row | {"made_at": datetime.fromisoformat(row["made_at"])}) for row in found["corrections"]],
    }
    for name, objects in rows.items():
        give(article, name, objects)


def give(article, name: str, objects: list) -> None:
    """Give a story the rows of one relation."""
    rows = getattr(article, name).get_queryset()
    rows._result_cache, rows._prefetch_done = objects, True
    article.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows
