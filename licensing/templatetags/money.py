"""Amounts in templates."""

from decimal import Decimal

from django import template

from licensing.money import in_words

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """Write an amount in its currency."""
    return in_words(amount, currency)
