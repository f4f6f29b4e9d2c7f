"""How often the forms of the newsroom ask the database, however much stands in them."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models.record import snapshot
from articles.tests.build import make_article, make_bulk_change, make_figure, make_image, make_source, make_user
from articles.tests.newsroom import change_url

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def editor():
    client, user = Client(), make_user("editor")
    user.groups.add(Group.objects.get(name="Editor"))
    client.force_login(user)
    client.get(change_url(make_article("First")))  # what kinds of rows there are is asked for once
    return client


def asked(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("count", [1, 3])
def test_form_of_a_story_takes_few_queries_however_much_stands_in_it(editor, count):
    article = make_article(authors=["Ada", "Ben", "Cleo"][:count], topics=["Tides", "Clocks", "Ferries"][:count], source=make_source())
    for _ in range(count):
        make_figure(article, image=make_image())
    other = make_article("Another", publish=True)
    article.body += f'<p><a href="{other.get_absolute_url()}">there</a></p>' * count
    article.assigned_to = make_user("given")
    article.save()

    queries = asked(editor, change_url(article))

    assert len(queries) <= MOST, "\n".join(queries)


@pytest.mark.parametrize("page", ["add/", "{pk}/change/", "{pk}/withdraw/", "{pk}/revisions/", "{pk}/notes/", "{pk}/links/", ""])
def test_pages_of_a_story_in_print_take_few_queries(editor, page):
    article = make_article(authors=["Ada"], topics=["Tides"], source=make_source(), publish=True)
    make_figure(article, image=make_image())

    queries = asked(editor, f"/admin/articles/article/{page.format(pk=article.pk)}")

    assert len(queries) <= MOST, "\n".join(queries)


def test_form_of_a_working_copy_takes_few_queries(editor):
    article = make_article(authors=["Ada"], topics=["Tides"], source=make_source(), publish=True)
    make_figure(article, image=make_image())
    article.keep(snapshot(article) | {"headline": "Ferry early"})

    queries = asked(editor, change_url(article))

    assert len(queries) <= MOST, "\n".join(queries)


def test_list_of_bulk_changes_takes_few_queries(editor):
    for _ in range(3):
        make_bulk_change(by=make_user(f"editor-{_}"))

    queries = asked(editor, "/admin/articles/bulkchange/")

    assert len(queries) <= MOST, "\n".join(queries)
