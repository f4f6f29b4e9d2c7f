"""A small newspaper for the state machine: its rows, and the same as plain values for the books that are kept by hand."""

from decimal import Decimal

from django.utils import timezone

from articles.models import Article, Image
from articles.tests.build import make_article, make_figure, make_source
from licensing.models import Licensee
from licensing.tests.books import DESK_ABOVE, Account, Books
from licensing.tests.build import days_ago, make_card, make_grant, make_picture, make_terms
from licensing.tests.slowly import Contract, Picture, Prices, Source, Story

NORDIC = ("DK", "NO", "SE")
MONTHS = {"month": 1, "year": 12, "ever": None}
PERCENTS = {"country": "0", "nordic": "35", "world": "90", "month": "-33", "year": "0", "ever": "150", "small": "0", "large": "25", "huge": "40"}
LEAST = Decimal("60.00")
STORIES = (("ours", (0, 1), ""), ("theirs", (2,), ""), (None, (), ""), ("ours", (), "ON_REQUEST"), ("theirs", (), ""))  # source, pictures, terms
HOLDERS = ("", "Mira Vance", "")
LIMITS = (900, 300)


def make_rows() -> None:
    """Make the rows that every example begins with."""
    make_terms()
    make_rates(1)
    sources = {"ours": make_source("The Halyard", is_ours=True, syndication="FOR_SALE"), "theirs": make_source("Skagen Avis", syndication="FOR_SALE")}
    pictures = [make_picture(f"Hail, seen from gate {number}", "FOR_SALE") for number in range(len(HOLDERS))]
    for picture, holder in zip(pictures, HOLDERS, strict=True):
        Image.objects.filter(pk=picture.pk).update(copyright_holder=holder)
    for number, (source, shown, terms) in enumerate(STORIES):
        story = make_article(f"Hail, part {number}", source=sources.get(source), syndication=terms)
        for place in shown:
            make_figure(story, image=pictures[place])
        story.publish()
    make_grant("Skagen Avis", source=sources["theirs"])
    make_grant("Mira Vance", image=pictures[1])
    for limit in LIMITS:
        Licensee.objects.create(organisation=f"Group {limit}", email=f"group-{limit}@press.example", credit_limit=limit)


def make_rates(factor: int) -> Prices:
    """Put a rate card in force whose prices are so many times those of the first one."""
    media, picture = {"print": Decimal("120.00") * factor, "web": Decimal("45.55") * factor}, Decimal("35.00") * factor
    rates = {"MEDIUM": [(key, key, {"fee": str(fee)}) for key, fee in media.items()]}
    for question, keys in (("TERRITORY", ("country", "nordic", "world")), ("TERM", tuple(MONTHS)), ("AUDIENCE", ("small", "large", "huge"))):
        rates[question] = [(key, key, {"percent": PERCENTS[key]} | ({"months": MONTHS[key]} if key in MONTHS else {})) for key in keys]
    card = make_card(rates, in_force_from=days_ago(0), picture_fee=str(picture), minimum_fee=LEAST, desk_above=DESK_ABOVE)
    for key, change in {"nordic": {"countries": list(NORDIC)}, "large": {"desk": "APPROVES"}, "huge": {"desk": "PRICES"}}.items():
        card.rates.filter(key=key).update(**change)
    return Prices(media, {key: Decimal(percent) for key, percent in PERCENTS.items()}, picture, LEAST)


def as_it_begins() -> Books:
    """Return the same as plain values, which an example may change."""
    rows = Article.objects.order_by("pk").select_related("source")
    sources = {row.source_id: Source(row.source_id, row.source.name, row.source.is_ours, row.source.syndication) for row in rows if row.source}
    pictures = [Picture(row.pk, row.short_id, row.syndication, row.copyright_holder) for row in Image.objects.order_by("pk")]
    stories = [
        Story(row.pk, sources.get(row.source_id), [pictures[place] for place in shown], terms)
        for row, (_, shown, terms) in zip(rows, STORIES, strict=True)
    ]
    theirs = next(source for source in sources.values() if not source.is_ours)
    contracts = [Contract(theirs, "Skagen Avis", "YES"), Contract(pictures[1], "Mira Vance", "YES")]
    accounts = [Account(row.pk, row.email, row.credit_limit) for row in Licensee.objects.order_by("pk")]
    prices = Prices(
        {"print": Decimal("120.00"), "web": Decimal("45.55")}, {key: Decimal(percent) for key, percent in PERCENTS.items()}, Decimal("35.00"), LEAST
    )
    return Books(timezone.localdate(), [*sources.values(), *stories, *pictures], stories, contracts, accounts, prices)
