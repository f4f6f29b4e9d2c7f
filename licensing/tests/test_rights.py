"""Whose is it? What may be sold of a story, and whom to ask for the rest."""

import pytest
from django.core.exceptions import ValidationError

from articles.terms import Syndication
from licensing.models import Grant
from licensing.rights import Ruling, Wanted, resolve
from licensing.tests.build import days_ago, make_grant
from licensing.tests.rights import EDITOR, day, ours, story_of, terms, theirs, use

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication


# --- Where nothing is granted


def test_our_own_story_is_sold_without_a_grant():
    story = story_of(ours(rights_contact="The desk"), {})

    rights = resolve(story, use())

    assert rights.text == Ruling(FOR_SALE, "For sale.", "The Halyard", "The desk")
    assert list(rights.pictures.values()) == [Ruling(FOR_SALE, "For sale.", "The Halyard", "The desk")]


def test_story_of_an_unknown_source_is_asked():
    story = story_of(None, {}, syndication=FOR_SALE)

    ruling = Ruling(ON_REQUEST, "We do not know for certain who holds its rights.")
    assert (resolve(story, use()).text, list(resolve(story, use()).pictures.values())) == (ruling, [ruling])


def test_story_of_an_unknown_source_that_is_not_to_be_sold_is_not():
    story = story_of(None, syndication=NONE)

    assert resolve(story, use()).text == Ruling(NONE, "Its owner does not let us pass it on.")


def test_story_of_an_unknown_source_keeps_to_what_was_granted_for_it():
    story = story_of(None)
    make_grant("An heir", contact="An aunt", article=story, media=["print"])
    web = Ruling(NONE, "An heir lets us sell it for print use only.", "An heir", "An aunt")

    assert (terms(story, use("print")), resolve(story, use("web")).text) == ([ON_REQUEST], web)


def test_story_of_another_source_without_a_contract_is_asked():
    story = story_of(theirs())

    assert resolve(story, use()).text == Ruling(ON_REQUEST, "No contract with Skagen Avis is on record.", "Skagen Avis", EDITOR)


@pytest.mark.parametrize(
    ("source", "ruling"),
    [
        (ours, Ruling(NONE, "We do not let it be republished.", "The Halyard")),
        (theirs, Ruling(NONE, "Skagen Avis does not let us pass it on.", "Skagen Avis", EDITOR)),
    ],
)
def test_story_that_is_not_sold_says_who_can_be_asked(source, ruling):
    assert resolve(story_of(source(syndication=NONE, rights_contact=EDITOR))).text == ruling


def test_free_story_of_another_source_needs_no_contract():
    assert resolve(story_of(theirs(syndication=FREE)), use()).text == Ruling(FREE, "Free to republish.", "Skagen Avis", EDITOR)


# --- What a grant covers


@pytest.mark.parametrize(
    ("grant", "wanted", "answer"),
    [
        ({}, {"countries": "", "last": None}, FOR_SALE),
        ({"media": ["print", "web"]}, {"medium": "web"}, FOR_SALE),
        ({"media": ["print"]}, {"medium": "web"}, NONE),
        ({"countries": ["FR"]}, {"countries": "FR"}, FOR_SALE),
        ({"countries": ["FR"]}, {"countries": "DE"}, NONE),
        ({"countries": ["FR", "DE", "BE"]}, {"countries": "DE FR"}, FOR_SALE),
        ({"countries": ["FR", "DE"]}, {"countries": "DE FR BE"}, NONE),
        ({"countries": ["FR", "DE"]}, {"countries": ""}, NONE),
        ({"ends_on": 364}, {"last": 364}, FOR_SALE),
        ({"ends_on": 363}, {"last": 364}, NONE),
        ({"ends_on": 364}, {"last": None}, NONE),
        ({"ends_on": -1}, {}, NONE),
        ({"starts_on": 0}, {}, FOR_SALE),
        ({"starts_on": 1}, {}, NONE),
        ({"starts_on": 1}, {"first": 1}, FOR_SALE),
        ({"media": ["print"], "countries": ["FR"], "starts_on": -9, "ends_on": 400}, {}, FOR_SALE),
    ],
)
def test_use_has_to_lie_within_a_grant_whole(grant, wanted, answer):
    dates = {name: day(grant[name]) for name in ("starts_on", "ends_on") if name in grant}

    assert terms(story_of(theirs(grant | dates), {}), use(**wanted)) == [answer, answer]


def test_two_grants_are_not_put_together():
    story = story_of(theirs({"countries": ["FR"]}, {"countries": ["DE"]}))

    assert [terms(story, use(countries=countries)) for countries in ("FR", "DE", "DE FR")] == [[FOR_SALE], [FOR_SALE], [NONE]]


def test_country_that_is_not_chosen_yet_rules_nothing_out():
    story = story_of(theirs({"countries": ["FR"]}, {"countries": ["DE"], "may_sublicense": "NO"}))

    assert terms(story, Wanted("print", None, day(0), day(364))) == [FOR_SALE]


@pytest.mark.parametrize(
    ("grant", "answer"),
    [
        ({}, FOR_SALE),
        ({"media": ["print"], "countries": ["FR"]}, FOR_SALE),
        ({"ends_on": 0}, FOR_SALE),
        ({"ends_on": -1}, NONE),
        ({"starts_on": 1}, NONE),
        ({"may_sublicense": "ASK"}, ON_REQUEST),
        ({"may_sublicense": "NO"}, NONE),
        ({"may_sublicense": "NO", "media": ["print"]}, ON_REQUEST),
    ],
)
def test_before_anything_is_chosen_a_story_is_what_it_can_still_become(grant, answer):
    dates = {name: day(grant[name]) for name in ("starts_on", "ends_on") if name in grant}

    assert terms(story_of(theirs(grant | dates))) == [answer]


def test_refusal_of_some_media_leaves_the_rest_open_before_anything_is_chosen():
    assert terms(story_of(theirs({}, {"media": ["print"], "may_sublicense": "NO"}))) == [FOR_SALE]


# --- May we sell it on?


def test_holder_who_wants_to_be_asked_is_asked():
    story = story_of(theirs({"may_sublicense": "ASK", "contact": "Pernille Dahl"}), {})

    asked = Ruling(ON_REQUEST, "Skagen Avis has to be asked each time.", "Skagen Avis", "Pernille Dahl")
    assert (resolve(story, use()).text, list(resolve(story, use()).pictures.values())) == (asked, [asked])


def test_of_two_grants_that_cover_a_use_the_one_that_asks_nobody_counts():
    assert terms(story_of(theirs({"may_sublicense": "ASK"}, {"media": ["print"]})), use("print")) == [FOR_SALE]


@pytest.mark.parametrize(("refusing", "answers"), [("source", [NONE, NONE]), ("story", [NONE, NONE]), ("picture", [FOR_SALE, NONE])])
def test_refusal_beats_every_grant(refusing, answers):
    story = story_of(theirs({}), {})
    things = {"source": {"source": story.source}, "story": {"article": story}, "picture": {"image": story.figures.all()[0].image}}
    for thing in things.values():
        make_grant(**thing)
    make_grant("An heir", may_sublicense="NO", **things[refusing])

    assert terms(story, use()) == answers


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ({}, "An heir does not let us pass it on."),
        ({"media": ["print"]}, "An heir does not let us pass it on for print use."),
        ({"countries": ["FR", "AT"]}, "An heir does not let us pass it on in France and Austria."),
    ],
)
def test_refusal_that_bears_on_any_of_a_use_refuses_all_of_it(refusal, reason):
    story = story_of(ours())
    make_grant("An heir", contact="An aunt", article=story, may_sublicense="NO", **refusal)

    assert resolve(story, use("print", "FR DE")).text == Ruling(NONE, reason, "An heir", "An aunt")


@pytest.mark.parametrize("wanted", [{"medium": "web"}, {"countries": "DE"}, {"first": 11, "last": 20}, {"first": -20, "last": -1}])
@pytest.mark.parametrize("source", [ours, lambda: theirs({})])
def test_refusal_leaves_other_uses_as_they_were(source, wanted):
    story = story_of(source())
    make_grant("An heir", article=story, may_sublicense="NO", media=["print"], countries=["FR"], starts_on=day(0), ends_on=day(10))

    assert (terms(story, use(**wanted)), terms(story, use(last=0))) == ([FOR_SALE], [NONE])


def test_free_story_that_a_holder_refuses_is_not_free():
    story = story_of(ours(syndication=FREE))
    make_grant("An heir", article=story, may_sublicense="NO")

    assert terms(story) == [NONE]


# --- The nearest grants


@pytest.mark.parametrize(("contract", "own", "answers"), [([], ["print"], [FOR_SALE, NONE]), (["web"], ["print"], [FOR_SALE, NONE])])
def test_storys_own_grant_takes_the_place_of_its_sources(contract, own, answers):
    story = story_of(theirs({"media": contract}))
    make_grant("An heir", article=story, media=own)

    assert [resolve(story, use(medium)).text.terms for medium in ("print", "web")] == answers


def test_our_own_story_is_sold_within_what_was_granted_for_it():
    story = story_of(ours(), {})
    make_grant("Ada Lindqvist", contact="ada@lindqvist.example", article=story, media=["print"])

    assert (terms(story, use("print")), terms(story, use("web"))) == ([FOR_SALE, FOR_SALE], [NONE, NONE])
    assert resolve(story, use("print")).text == Ruling(FOR_SALE, "For sale.", "Ada Lindqvist", "ada@lindqvist.example")


# --- Words and constraints


@pytest.mark.parametrize(
    ("grant", "limits"),
    [
        ({}, ""),
        ({"media": ["print", "web", "newsletter"]}, "for print, web and newsletter use"),
        ({"countries": ["FR"]}, "in France"),
        ({"countries": ["FR", "DE", "AT", "BE", "NL"]}, "in 5 countries"),
        ({"starts_on": "2026-03-01", "ends_on": "2028-12-31", "media": ["app"]}, "for app use from 1 March 2026 until 31 December 2028"),
    ],
)
def test_limits_of_a_grant_are_said_in_words(grant, limits):
    make_grant(source=theirs(), **grant)

    assert Grant.objects.get().limits == limits


def test_refused_use_is_told_each_use_that_is_granted():
    story = story_of(theirs({"media": ["print"]}, {"media": ["app"], "countries": ["FR"]}))

    assert resolve(story, use("web")).text.reason == "Skagen Avis lets us sell it for print use or for app use in France only."


@pytest.mark.parametrize("wrong", [{}, {"source": True, "article": True}, {"source": True, "starts_on": days_ago(1), "ends_on": days_ago(2)}])
def test_grant_that_makes_no_sense_is_refused(wrong):
    story = story_of(theirs())
    things = {"source": story.source, "article": story}

    with pytest.raises(ValidationError):
        make_grant(**{name: things[name] if value is True else value for name, value in wrong.items()})
