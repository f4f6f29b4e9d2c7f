"""Who has licensed a story, for the newsroom."""

from django import template

from licensing.models import Licence

MOST = 50  # that are named

register = template.Library()


@register.inclusion_tag("admin/licensing/_licensees.html")
def licensees(article) -> dict:
    """Name those who may republish a story, now or later: a withdrawal concerns them."""
    return _named(Licence.objects.standing().filter(article=article))


@register.inclusion_tag("admin/licensing/_licensees.html")
def licensees_of_all(stories) -> dict:
    """Name those who may republish any of the stories of a bulk change."""
    return _named(Licence.objects.standing().filter(article__in=stories.values("article"))) | {"many": True}


def _named(licences) -> dict:
    named = licences.select_related("article").defer("article__body", "article__captions").order_by("-issued_at")[:MOST]
    return {"licences": named, "count": licences.count(), "most": MOST}
