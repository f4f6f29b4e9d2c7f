"""What stories cost."""

from django import template

from licensing.least import Price, least_price

register = template.Library()


@register.simple_tag(name="least_price")
def least_price_of(article) -> Price | None:
    """Return the least that a story which is for sale costs; None for every other."""
    return least_price() if article.terms == "FOR_SALE" else None
