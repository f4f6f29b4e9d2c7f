"""Amounts of money: Decimal, in the smallest unit that the currency has."""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils.translation import to_locale


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round to the currency's own decimals (CLDR: two for EUR, none for JPY), halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), ROUND_HALF_UP)


def in_words(amount: Decimal, currency: str) -> str:
    """Return an amount as it is written in the publication's language: €1,200.00."""
    return format_currency(amount, currency, locale=to_locale(settings.LANGUAGE_CODE)).replace("-", "−")
