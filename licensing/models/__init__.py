"""The tables of republication rights, by subject."""

from .cards import OWN_COUNTRY, Rate, RateCard
from .documents import LicenceTerms
from .ledger import Payment, QuoteLine
from .licences import Licence
from .orders import SELLABLE, LicenceOrder, Licensee, PriceChanged

__all__ = [
    "OWN_COUNTRY",
    "SELLABLE",
    "Licence",
    "LicenceOrder",
    "LicenceTerms",
    "Licensee",
    "Payment",
    "PriceChanged",
    "QuoteLine",
    "Rate",
    "RateCard",
]
