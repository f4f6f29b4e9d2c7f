"""How often a page asks the database, every kind of it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.tests.build import make_article, make_figure, make_image, make_source
from licensing.tests.build import make_card
from newsroom.tests.test_access import deals, stories

pytestmark = pytest.mark.django_db
MOST, MOST_IN_SECRET = 8, 10  # of a page that everybody can see, and of one behind a secret link


def test_every_kind_of_page_takes_few_queries(client):
    call_command("load_seeds", verbosity=0)
    too_many = {}
    for name, address in (stories() | deals()).items():
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        if len(asked) > (MOST_IN_SECRET if address.startswith(("/orders/", "/preview/")) else MOST):
            too_many[name] = len(asked)

    assert too_many == {}


@pytest.mark.parametrize("count", [1, 3])
def test_pages_that_are_read_most_take_as_many_queries_whatever_they_show(client, count, django_assert_num_queries):
    make_card()
    source = make_source(is_ours=True, syndication="FOR_SALE")
    story, *related = [make_article(f"Story {number}", topics=["Ferries"], source=source, authors=["Ines Calloway"]) for number in range(count + 1)]
    for each in (story, *related):
        make_figure(each, image=make_image(f"Picture of {each}", width=500, height=300), is_lead=True)
        each.publish()
    asked = {story.get_absolute_url(): 5, "/": 5, story.topics.get().get_absolute_url(): 7}

    for address, queries in asked.items():
        with django_assert_num_queries(queries):
            page = client.get(address).content.decode()
        assert [other.headline for other in related if other.headline not in page] == []
