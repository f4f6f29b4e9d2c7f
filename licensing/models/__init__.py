"""The tables of republication rights, by subject."""

from .accounts import Licensee
from .cards import ONE_COUNTRY, WORLD, Medium, Rate, RateCard

from .grants import Grant  # isort: skip (quotes, which orders need, are worked out from cards and grants)
from .deliveries import Delivery, Package
from .documents import LicenceTerms
from .keys import PublicKey
from .ledger import OrderEvent, Payment, Refund
from .licences import Licence
from .notices import Notice
from .orders import LicenceOrder
from .placing import SELLABLE, Buyer, OrderedAlready, OrderedTooOften, PriceChanged, Shown
from .states import State
from .stories import OrderedStory, QuoteLine

__all__ = [
    "ONE_COUNTRY",
    "SELLABLE",
    "WORLD",
    "Buyer",
    "Delivery",
    "Grant",
    "Licence",
    "LicenceOrder",
    "LicenceTerms",
    "Licensee",
    "Medium",
    "Notice",
    "OrderEvent",
    "OrderedAlready",
    "OrderedStory",
    "OrderedTooOften",
    "Package",
    "Payment",
    "PriceChanged",
    "PublicKey",
    "QuoteLine",
    "Rate",
    "RateCard",
    "Refund",
    "Shown",
    "State",
]
