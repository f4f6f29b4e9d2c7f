"""Stories whose rights lie here or there, and what somebody wants to do with them."""

from datetime import date, timedelta

from django.utils import timezone

from articles.models import Article, Source
from articles.terms import Syndication
from articles.tests.build import make_article, make_figure, make_image, make_source
from licensing.rights import Wanted, resolve
from licensing.tests.build import make_grant

EDITOR = "The editor, editor@skagen.example"


def ours(**fields) -> Source:
    return make_source("The Halyard", is_ours=True, **({"syndication": Syndication.FOR_SALE} | fields))


def theirs(*grants: dict, **fields) -> Source:
    """Return a source that is not ours, with what its contract grants."""
    source = make_source("Skagen Avis", **({"syndication": Syndication.FOR_SALE, "rights_contact": EDITOR} | fields))
    for grant in grants:
        make_grant("Skagen Avis", source=source, **grant)
    return source


def story_of(source: Source | None, *pictures: dict, **fields) -> Article:
    """Return a story with its pictures, as the pages read it."""
    story = make_article("The shepherd’s rain gauge", source=source, **fields)
    for number, picture in enumerate(pictures, start=1):
        make_figure(story, image=make_image(f"The gauge {number}", 64, 48, **({"syndication": Syndication.FOR_SALE} | picture)))
    return read(story)


def read(story: Article) -> Article:
    return Article.objects.for_licensing().get(pk=story.pk)


def use(medium="print", countries="FR", first=0, last=364) -> Wanted:
    """Return a use in these countries (none: the world), from and until so many days from now (None: without end)."""
    return Wanted(medium, frozenset(countries.split()), day(first), None if last is None else day(last))


def day(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def terms(story: Article, wanted: Wanted | None = None) -> list[Syndication]:
    """Return the terms of the text, and of each picture."""
    rights = resolve(story, wanted)
    return [rights.text.terms, *(ruling.terms for ruling in rights.pictures.values())]
