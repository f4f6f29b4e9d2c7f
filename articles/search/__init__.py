"""Finding stories. Every list, search and feed asks here; docs/search.md explains why it takes the time it takes.

reading   what somebody typed
asked     what is looked for, as a query of lexemes
tally     how many stories there are, in which months, of which topics, authors and so on: counted, or estimated from a sample
places    one page of them, the newest or the oldest first
ranking   one page of them, the best first
excerpts  where the words stand in a story
words     what a misspelt word may have meant, and what a half typed one may become
"""

from .asked import COUNTED, Asked, either, facet, of_series, without
from .finding import Order, find, newest
from .reading import ask
from .running import TooSlow, keys
from .tally import Tally, count, count_days
from .words import begun, meant, suggested

__all__ = [
    "COUNTED", "Asked", "Order", "Tally", "TooSlow", "ask", "begun", "count", "count_days", "either", "facet", "find", "keys", "meant", "newest",
    "of_series", "suggested", "without",
]  # fmt: skip
