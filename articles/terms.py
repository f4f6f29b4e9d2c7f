"""Terms of use: what may be done with a story or a picture outside this paper. The licensing app sells by them."""

from collections.abc import Iterable

from django.db import models


class Syndication(models.TextChoices):
    """From the most generous to the strictest; the strictest that is stated wins."""

    FREE = "FREE", "Free to republish"
    FOR_SALE = "FOR_SALE", "For sale"
    ON_REQUEST = "ON_REQUEST", "On request: the rights desk decides"
    NONE = "NONE", "Not ours to sell"

    @classmethod
    def strictest(cls, stated: Iterable[str]) -> "Syndication":
        """Return the strictest of the terms that are stated; where nothing is, ON_REQUEST."""
        known = [cls(terms) for terms in stated if terms]
        return max(known, key=list(cls).index, default=cls.ON_REQUEST)
