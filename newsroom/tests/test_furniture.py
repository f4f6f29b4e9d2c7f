"""What is the same on many pages is put together once an edition."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from articles.models import Section
from articles.tests.build import make_article, make_section
from newsroom.edition import IN_FORCE, Edition, remembered
from newsroom.publication import publication
from newsroom.tests.reader import ask, remembering, settle

SIGNED_IN = {"HTTP_COOKIE": "session=x"}  # goes round the store of whole pages


def request_in(edition):
    return RequestFactory().get("/", **{IN_FORCE: edition})


def masthead(request, **context) -> str:
    return Template('{% load furniture %}{% furniture "partials/_masthead.html" shown=section.pk story_in=article.section_id %}').render(
        Context(publication(request) | {"request": request} | context)
    )


@pytest.mark.django_db
def test_masthead_says_where_its_page_is_and_what_day_it_is():
    harbour, sport = make_section("Harbour"), make_section("Sport")
    story = make_article("Ferry late", section=sport)

    pages = [masthead(request_in(None), **context) for context in ({}, {"section": harbour}, {"article": story})]

    assert ["aria-current" in page for page in pages] == [False, True, True]
    assert f'href="{harbour.get_absolute_url()}" aria-current="page">Harbour' in pages[1]
    assert f'href="{sport.get_absolute_url()}" aria-current="true">Sport' in pages[2]
    assert all(f"{timezone.localdate():%A}" in page for page in pages)


@pytest.mark.django_db(transaction=True)
def test_sections_are_asked_for_once_an_edition(django_assert_num_queries):
    harbour, edition = make_section("Harbour"), Edition("1", timezone.now(), None)

    with django_assert_num_queries(1):
        first = [masthead(request_in(edition)) for _ in range(3)]
    Section.objects.filter(pk=harbour.pk).update(name="Sea")

    assert set(first) == {masthead(request_in(edition))}
    assert "Sea" in masthead(request_in(Edition("2", timezone.now(), None)))
    assert masthead(request_in(edition), section=harbour) != first[0]


@pytest.mark.django_db
def test_nothing_is_remembered_where_nobody_knows_the_edition_or_in_a_transaction():
    made, edition = [], Edition("1", timezone.now(), None)

    for request in (None, request_in(None), request_in(edition)):  # the test is in a transaction
        for _ in range(2):
            remembered(request, "what", lambda: made.append("again"))

    assert (made, edition.parts) == (["again"] * 6, {})


@pytest.mark.django_db(transaction=True)
def test_section_that_is_renamed_is_so_for_everybody_at_once():
    harbour, story = make_section("Harbour"), make_article("Ferry late", publish=True)
    with remembering() as site:
        settle(site)
        before = [ask(site, story.get_absolute_url(), **visitor).text for visitor in ({}, SIGNED_IN)]
        parts = site.listener.current().parts
        Section.objects.filter(pk=harbour.pk).update(name="Sea")
        settle(site)
        after = [ask(site, story.get_absolute_url(), **visitor).text for visitor in ({}, SIGNED_IN)]

    assert "sections" in parts  # the test tests something
    assert [(">Harbour<" in page, ">Sea<" in page) for page in before + after] == [(True, False)] * 2 + [(False, True)] * 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lie", [{"HTTP_HOST": "127.0.0.1"}, {"SCRIPT_NAME": "/elsewhere"}, {"wsgi.url_scheme": "https"}])
def test_nothing_is_remembered_that_was_made_for_another_address_of_the_site(lie):
    address = make_article("Ferry late", publish=True).get_absolute_url()

    with remembering() as site:
        settle(site)
        assert ask(site, address, **lie).status == 200
        assert site.listener.current().parts == {}
        assert ask(site, address, **SIGNED_IN).status == 200
        assert "sections" in site.listener.current().parts  # the test tests something
