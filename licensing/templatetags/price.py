"""What stories cost."""

from django import template

from licensing.least import Price, least_price

register = template.Library()


@register.simple_tag
def least_price_on(terms: str) -> Price | None:
    """Return the least that a story on these terms costs; None where it is not for sale."""
    return least_price() if terms == "FOR_SALE" else None
