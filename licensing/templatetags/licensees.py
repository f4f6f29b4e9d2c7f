"""Who has licensed a story, for the newsroom."""

from django import template

from licensing.models import Licence

MOST = 50  # that are named

register = template.Library()


@register.inclusion_tag("admin/licensing/_licensees.html")
def licensees(article) -> dict:
    """Name those who may republish a story, now or later: a withdrawal concerns them."""
    licences = Licence.objects.standing().filter(article=article)
    return {"licences": licences.order_by("-issued_at")[:MOST], "count": licences.count(), "most": MOST}
