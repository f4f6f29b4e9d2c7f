"""What stories cost."""

from django import template

from licensing.least import Price, least_price
from newsroom.edition import remembered

register = template.Library()


@register.simple_tag(name="least_price", takes_context=True)
def least_price_of(context, article) -> Price | None:
    """Return the least that a story which is for sale costs; None for every other."""
    return remembered(context.get("request"), "least price", least_price) if article.terms == "FOR_SALE" else None
