"""How often a page asks the database, every kind of it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
