"""The tables of republication rights, by subject."""

from .cards import OWN_COUNTRY, Rate, RateCard
from .documents import LicenceTerms
from .ledger import Payment, QuoteLine
from .licences import Licence
from .orders import LicenceOrder
from .placing import SELLABLE, Licensee, OrderedAlready, OrderedTooOften, PriceChanged, Shown

__all__ = [
    "OWN_COUNTRY",
    "SELLABLE",
    "Licence",
    "LicenceOrder",
    "LicenceTerms",
    "Licensee",
    "OrderedAlready",
    "OrderedTooOften",
    "Payment",
    "PriceChanged",
    "QuoteLine",
    "Rate",
    "RateCard",
    "Shown",
]
