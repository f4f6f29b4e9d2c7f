"""The small newspaper that a new archive begins with."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from articles.models import Article, Author, Correction, Image, Topic
from licensing.models import Grant, Licence, LicenceOrder, LicenceTerms, Licensee, RateCard
from licensing.rights import resolve
from licensing.seeds import PERMISSIONS
from mail.models import Message
from newsletters.models import Issue

pytestmark = pytest.mark.django_db


def test_seeds_are_a_newspaper_with_something_in_every_state():
    call_command("load_seeds", verbosity=0)

    years = Article.objects.public().dates("published_on", "year")
    assert Article.objects.count() >= 30
    assert years.last().year - years.first().year >= 12
    assert (Topic.objects.count() >= 15, Author.objects.count() >= 8, Image.objects.count() >= 12, Correction.objects.count() >= 2) == (True,) * 4
    assert {article.terms for article in Article.objects.select_related("source")} == {"FREE", "FOR_SALE", "ON_REQUEST", "NONE"}
    assert {order.state for order in LicenceOrder.objects.all()} == {"REQUESTED", "ACCEPTED", "DECLINED", "PAID"}
    assert {licence.is_in_force(date(2026, 11, 24)) for licence in Licence.objects.all()} == {True, False}
    assert Issue.objects.count() == 4
    assert Group.objects.get(name="Rights desk").permissions.count() == len(PERMISSIONS)
    assert (RateCard.objects.current().version, LicenceTerms.objects.current().version) == (1, 1)


def test_seeds_add_up_and_write_to_nobody():
    call_command("load_seeds", verbosity=0)

    for order in LicenceOrder.objects.all():
        assert [sum(line.amount for line in story.lines.all()) for story in order.stories.all()] == [story.fee for story in order.stories.all()]
        assert sum(story.fee for story in order.stories.all()) == order.total
        assert order.paid == (order.total if order.state == "PAID" else 0)
        assert order.licences.count() == (order.stories.count() if order.state == "PAID" else 0)
        assert order.events.exists()
    assert not Message.objects.exists()


def test_seeds_sell_within_their_contracts_and_one_licensee_has_an_account():
    call_command("load_seeds", verbosity=0)

    rulings = {str(resolve(story).text.terms) for story in Article.objects.public().for_licensing()}
    assert rulings == {"FREE", "FOR_SALE", "ON_REQUEST", "NONE"}
    assert sorted(Grant.objects.values_list("may_sublicense", flat=True)) == ["ASK", "NO"]
    assert list(Licensee.objects.values_list("organisation", "credit_limit")) == [("Skagen Avis", 1000)]
    assert [licence.jws.count(".") for licence in Licence.objects.all()] == [2] * Licence.objects.count()


def test_seeds_are_for_an_empty_archive_only():
    call_command("load_seeds", verbosity=0)

    with pytest.raises(CommandError, match="The archive holds stories already"):
        call_command("load_seeds", verbosity=0)


def test_bare_archive_sells_nothing_until_it_has_prices(client):
    call_command("load_seeds", bare=True, verbosity=0)

    assert (Article.objects.count(), RateCard.objects.count(), LicenceTerms.objects.count()) == (0, 0, 0)
    assert [client.get(address).status_code for address in ("/", "/newsletter/", "/licence-terms/")] == [200, 200, 404]
