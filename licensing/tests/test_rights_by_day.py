"""Nothing is sold without a grant: the rulings beside a slow model that looks at every day in every country."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_article, make_figure, make_source
from licensing.models import Grant
from licensing.rights import Wanted, resolve
from licensing.tests.build import make_picture

MEDIA, COUNTRIES = ["print", "web"], ["AT", "BE", "FR"]
ELSEWHERE = "NZ"  # stands for every country that no grant and no use names
DAYS, FOR_EVER = 8, 12  # days that a grant or a use may name, and one by which all that ends has ended

some_media, some_countries = (st.lists(st.sampled_from(names), unique=True) for names in (MEDIA, COUNTRIES))
spans = st.tuples(st.none() | st.integers(0, DAYS), st.none() | st.integers(0, DAYS)).filter(
    lambda span: None in span or span[0] <= span[1],
)
grants_of_any = st.lists(
    st.tuples(st.sampled_from(["source", "article", "image"]), st.sampled_from(["YES", "YES", "ASK", "NO"]), some_media, some_countries, spans),
    max_size=5,
)
uses = st.tuples(st.sampled_from(MEDIA), some_countries, spans.filter(lambda span: span[0] is not None))


def day(number: int | None) -> date | None:
    return None if number is None else timezone.localdate() + timedelta(days=number)


def points(wanted: Wanted) -> list[tuple]:
    """Return every (medium, country, day) that somebody wants."""
    ends_on = wanted.ends_on or day(FOR_EVER)
    days = [wanted.starts_on + timedelta(days=number) for number in range((ends_on - wanted.starts_on).days + 1)]
    return list(product([wanted.medium], wanted.countries or [*COUNTRIES, ELSEWHERE], days))


def names(grant: Grant, point: tuple) -> bool:
    """Whether a grant is about one medium in one country on one day."""
    medium, country, at = point
    starts_on, ends_on = grant.starts_on or date.min, grant.ends_on or date.max
    return (not grant.media or medium in grant.media) and (not grant.countries or country in grant.countries) and starts_on <= at <= ends_on


def granted_by(grants: list[Grant]) -> list[Grant]:
    return [grant for grant in grants if grant.may_sublicense != "NO"]


def is_refused(grants: list[Grant], wanted: Wanted) -> bool:
    return any(names(grant, point) for grant in grants if grant.may_sublicense == "NO" for point in points(wanted))


def is_sold(grants: list[Grant], wanted: Wanted) -> bool:
    """Whether one grant that asks nobody names every point of a use."""
    return any(all(names(grant, point) for point in points(wanted)) for grant in grants if grant.may_sublicense == "YES")


@pytest.mark.django_db
def test_what_is_sold_is_granted_on_every_day_in_every_country_and_refused_on_none():
    source = make_source("Skagen Avis", syndication=Syndication.FOR_SALE)
    story = make_article(source=source)
    image = make_picture()
    make_figure(story, image=image)
    story = Article.objects.for_licensing().get(pk=story.pk)
    things = {"source": source, "article": story, "image": image}

    @settings(max_examples=600, deadline=None, database=None)
    @given(facts=grants_of_any, use=uses)
    def check(facts, use):
        medium, countries, (first, last) = use
        wanted = Wanted(medium, frozenset(countries), day(first), day(last))
        grants = [
            Grant(holder="A holder", may_sublicense=may, media=media, countries=where, starts_on=day(start), ends_on=day(end), **{what: things[what]})
            for what, may, media, where, (start, end) in facts
        ]
        of = {what: [grant for grant in grants if getattr(grant, what)] for what in things}

        rights = resolve(story, wanted, grants)

        nearest = granted_by(of["article"]) or granted_by(of["source"])
        text_refused = is_refused(of["article"] + of["source"], wanted)
        text_sold = not text_refused and is_sold(nearest, wanted)
        picture_refused = text_refused or is_refused(of["image"], wanted)
        picture_sold = text_sold and not picture_refused and (not granted_by(of["image"]) or is_sold(of["image"], wanted))
        rulings = [rights.text.terms, rights.pictures[image].terms]
        assert [terms == Syndication.FOR_SALE for terms in rulings] == [text_sold, picture_sold]
        assert [terms for terms, refused in zip(rulings, [text_refused, picture_refused], strict=True) if refused and terms != Syndication.NONE] == []

    check()
