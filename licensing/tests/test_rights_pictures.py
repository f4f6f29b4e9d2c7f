"""Whose is it? A story's pictures: never sold further than the story, nor than their own holders let us."""

from itertools import product

import pytest

from articles.terms import Syndication
from licensing.rights import Ruling, resolve
from licensing.tests.build import make_grant
from licensing.tests.rights import EDITOR, ours, story_of, terms, theirs, use

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication


def test_pictures_own_grant_takes_the_place_of_its_storys():
    story = story_of(theirs({}), {}, {})
    make_grant("Owen Strand", contact="owen@strand.example", image=story.figures.all()[0].image, media=["print"])

    first, second = resolve(story, use("web")).pictures.values()

    assert first == Ruling(NONE, "Owen Strand lets us sell it for print use only.", "Owen Strand", "owen@strand.example")
    assert (second.terms, terms(story, use("print"))) == (FOR_SALE, [FOR_SALE] * 3)


def test_pictures_own_grant_gives_no_more_than_its_story():
    story = story_of(theirs({"may_sublicense": "ASK", "media": ["print"]}), {})
    make_grant(image=story.figures.all()[0].image)

    assert [terms(story, use(medium)) for medium in ("print", "web")] == [[ON_REQUEST, ON_REQUEST], [NONE, NONE]]


def test_picture_of_somebody_without_a_contract_is_asked():
    story = story_of(ours(), {"copyright_holder": "Owen Strand"}, {"copyright_holder": "Owen Strand", "syndication": ON_REQUEST})

    asked = Ruling(ON_REQUEST, "No contract with Owen Strand is on record.", "Owen Strand")
    assert list(resolve(story, use()).pictures.values()) == [asked, asked]


def test_picture_of_somebody_with_a_contract_is_sold_within_it():
    story = story_of(ours(), {"copyright_holder": "Owen Strand"})
    make_grant("Owen Strand", image=story.figures.all()[0].image, countries=["FR"])

    assert [terms(story, use(countries=countries)) for countries in ("FR", "DE")] == [[FOR_SALE, FOR_SALE], [FOR_SALE, NONE]]


@pytest.mark.parametrize("holder", ["", "Skagen Avis", "The Halyard", "Skagen Avis A/S"])
def test_picture_of_the_storys_own_holder_goes_with_the_story(holder, settings):
    settings.PUBLICATION_NAME = "The Halyard"
    source = theirs()
    make_grant("Skagen Avis A/S", source=source)

    assert terms(story_of(source, {"copyright_holder": holder}), use()) == [FOR_SALE, FOR_SALE]


def test_picture_that_is_not_sold_says_whose_it_is():
    story = story_of(ours(rights_contact=EDITOR), {"syndication": NONE}, {"syndication": NONE, "copyright_holder": "Owen Strand"})
    make_grant("Owen Strand", contact="owen@strand.example", image=story.figures.all()[1].image)

    assert list(resolve(story, use()).pictures.values()) == [
        Ruling(NONE, "We do not let it be republished.", "The Halyard"),
        Ruling(NONE, "Owen Strand does not let us pass it on.", "Owen Strand", "owen@strand.example"),
    ]


def test_pictures_of_a_story_that_cannot_be_had_say_why_it_cannot():
    story = story_of(theirs({"media": ["print"]}), {"copyright_holder": "Owen Strand"})

    refused = Ruling(NONE, "Skagen Avis lets us sell it for print use only.", "Owen Strand", EDITOR)
    assert list(resolve(story, use("web")).pictures.values()) == [refused]


def test_strictest_of_source_story_and_picture_wins():
    story = story_of(ours(), {})
    image = story.figures.all()[0].image
    found, expected = {}, {}

    for source, own, picture in product(Syndication, Syndication, Syndication):
        story.source.syndication, story.syndication, image.syndication = source, own, picture
        found[source, own, picture] = terms(story, use())
        ranks = [list(Syndication).index(stated) for stated in (source, own, picture)]
        expected[source, own, picture] = [list(Syndication)[max(ranks[:2])], list(Syndication)[max(ranks)]]

    assert (len(found), found) == (64, expected)


@pytest.mark.parametrize("pictures", [1, 3])
def test_rights_of_a_story_take_one_query(pictures, django_assert_num_queries):
    story = story_of(theirs({}), *[{}] * pictures)

    with django_assert_num_queries(1):
        rulings = terms(story, use())

    assert rulings == [FOR_SALE] * (1 + pictures)
