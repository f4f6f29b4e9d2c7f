"""Licences, licensees and grants at the desk: to look up, to revoke, to record."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from articles.tests.build import make_source
from articles.tests.newsroom import sign_in
from licensing.models import Delivery, Grant, Licensee, Package
from licensing.tests.build import days_ago, make_card, make_grant, make_licence, make_notice, make_order, make_story, make_terms, pay
from licensing.tests.desk import DESK, complaints, press, rows, url
from mail.models import Message

pytestmark = pytest.mark.django_db
LICENCES, LICENSEES, GRANTS = (f"/admin/licensing/{name}/" for name in ("licence", "licensee", "grant"))
VIEW, REVOKE = "licensing.view_licence", "licensing.revoke_licence"
KEEPER = [f"licensing.{what}_{row}" for row in ("licensee", "grant") for what in ("add", "change", "delete", "view")]


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


@pytest.fixture
def desk():
    return sign_in("desk", *DESK)


# --- Looking up


def test_licences_can_be_looked_up(desk):
    licence = make_licence()

    found = desk.get(LICENCES, {"q": licence.reference})

    assert list(found.context["cl"].result_list) == [licence]


@pytest.mark.parametrize("words", ["Hill Farming", "maud@", "rain gauge"])
def test_licences_are_found_by_what_a_licensee_says_on_the_telephone(words, desk):
    licence = make_licence()

    assert list(desk.get(LICENCES, {"q": words}).context["cl"].result_list) == [licence]


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_licences_takes_the_same_queries_for_any_number(django_assert_num_queries, number, desk):
    licences = [make_licence(make_story(None, headline=f"Story {each}", source=make_source("The For sale"))) for each in range(number)]
    desk.get(LICENCES)

    with django_assert_num_queries(9):
        page = desk.get(LICENCES).content.decode()

    assert [licence.reference in page for licence in licences] == [True] * number


def test_page_of_a_licence_shows_what_it_covers_what_was_delivered_and_what_was_told(desk):
    licence = make_licence(pictures := make_story(pictures=["FOR_SALE"]), choice={"pictures": True})
    package = Package.objects.make(licence)
    package.deliver(Delivery.Way.LINK)
    make_notice(licence, revision=licence.revision).acknowledge()

    page = desk.get(url(licence)).content.decode()

    facts = [licence.reference, licence.order.reference, pictures.headline, "€155.00", "Hill Farming Monthly", "A newspaper, in print", "In force"]
    facts += ["The whole text", "The gauge, seen from gate 1", licence.get_absolute_url(), "with the licensed text", "by the link in a mail"]
    facts += ["Corrected: told on", "acknowledged on"]
    assert [fact for fact in facts if fact not in page] == []


# --- Revoking


@pytest.mark.parametrize("permissions", [[], [VIEW], [REVOKE], ["licensing.change_licence", VIEW], [VIEW, REVOKE]])
def test_revoking_is_for_those_who_may(permissions):
    licence = make_licence()
    client = sign_in("somebody", *permissions)
    may = permissions == [VIEW, REVOKE]
    before = rows()

    asked = client.get(url(licence, "revoke"))
    pressed = press(client, licence, "revoke")

    assert (asked.status_code, pressed.status_code, rows() != before) == (200 if may else 403, 302 if may else 403, may)


def test_licence_is_not_revoked_from_another_site():
    licence = make_licence()
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = sign_in("desk", *DESK).cookies
    before = rows()

    assert (press(browser, licence, "revoke").status_code, rows()) == (403, before)


def test_revoked_licence_keeps_who_revoked_it_and_tells_its_licensee(desk):
    licence = make_licence()
    offered = url(licence, "revoke") in desk.get(url(licence)).content.decode()

    press(desk, licence, "revoke", reason="It was printed without <its> byline.")

    licence.refresh_from_db()
    page = desk.get(url(licence)).content.decode()
    assert (licence.state, licence.revocation_reason) == ("Revoked", "It was printed without <its> byline.")
    assert (offered, url(licence, "revoke") in page, f"Licence {licence} is revoked; the licensee is told why." in page) == (True, False, True)
    assert "It was printed without &lt;its&gt; byline." in desk.get(url(licence.order)).content.decode()
    assert [(entry.object_id, entry.user.username) for entry in LogEntry.objects.all()] == [(str(licence.pk), "desk")]
    assert (Message.objects.last().to, licence.order.events.last().by.username) == (licence.order.email, "desk")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "No.\x00"])
def test_licence_is_not_revoked_without_a_reason(reason, desk):
    licence = make_licence()
    before = rows()

    answer = press(desk, licence, "revoke", reason=reason)

    assert (answer.status_code, len(complaints(answer)), rows()) == (200, 1, before)


@pytest.mark.parametrize("verb", ["get", "post"])
def test_licence_is_revoked_once(verb, desk):
    licence = make_licence()
    press(desk, licence, "revoke")
    before = rows()

    answer = desk.get(url(licence, "revoke")) if verb == "get" else press(desk, licence, "revoke")

    assert (answer.status_code, rows()) == (302, before)
    assert f"Revoke: licence {licence} is revoked already." in desk.get(url(licence)).content.decode()


def test_licence_that_does_not_exist_is_answered_in_words(desk):
    assert [desk.get(f"{LICENCES}{key}/revoke/").status_code for key in ("0", "abc", "99999999999999999999")] == [404] * 3


# --- Licensees


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_licensees_says_what_each_owes_in_the_same_queries(django_assert_num_queries, number):
    for each in range(number):
        licensee = Licensee.objects.create(organisation=f"Paper {each}", email=f"desk{each}@paper.example", credit_limit=500)
        order = make_order("ACCEPTED", make_story(None, headline=f"Story {each}", source=make_source("The For sale")))
        order.put_on_account(licensee)
        order.release()
        pay(order, "20.00")
        not_taken = make_order("ACCEPTED", make_story(None, headline=f"Not taken {each}", source=make_source("The For sale")))
        not_taken.put_on_account(licensee)
    Licensee.objects.create(organisation="Zeitung", email="desk@zeitung.example")
    client = sign_in("keeper", *KEEPER)
    client.get(LICENSEES)

    with django_assert_num_queries(6):
        answer = client.get(LICENSEES)

    page = answer.content.decode()
    assert [(row.organisation, row.owed) for row in answer.context["cl"].result_list] == [
        (row.organisation, row.outstanding) for row in Licensee.objects.all()
    ]
    assert (page.count("€100.00"), page.count("€0.00")) == (number, 1)


def test_licensee_is_recorded_under_the_name_of_who_recorded_it():
    client = sign_in("keeper", *KEEPER)

    fields = {"organisation": "Skagen Avis", "email": "desk@skagen.example", "credit_limit": "500", "payment_days": "30", "note": "Agreed in May."}
    client.post(f"{LICENSEES}add/", fields)
    twin = client.post(f"{LICENSEES}add/", fields | {"email": "DESK@skagen.example"})

    assert [(row.email, row.recorded_by.username) for row in Licensee.objects.all()] == [("desk@skagen.example", "keeper")]
    assert (twin.status_code, "Another licensee has this address." in twin.content.decode()) == (200, True)


# --- Grants


def test_grant_is_recorded_with_its_media_and_countries():
    source, client = make_source("The Upland Gazette", syndication="FOR_SALE"), sign_in("keeper", *KEEPER, "articles.view_source")

    client.post(f"{GRANTS}add/", {
        "source": source.pk, "holder": "The Upland Gazette", "contact": "The editor", "may_sublicense": "YES", "media": ["print", "web"],
        "countries": "GB,IE", "starts_on": "", "ends_on": days_ago(-300).isoformat(), "reference": "UG 12",
    })  # fmt: skip

    grant = Grant.objects.get()
    assert (grant.source, grant.media, grant.countries, grant.ends_on) == (source, ["print", "web"], ["GB", "IE"], days_ago(-300))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"countries": "XX"}, "XX: write countries as two capital letters"),
        ({"source": ""}, "Choose a source, a story or a picture: one of the three."),
        ({"starts_on": "2027-01-02", "ends_on": "2027-01-01"}, "It ends before it starts."),
        ({"media": ["telegraph"]}, "telegraph is not one of the available choices."),
        ({"source": "abc"}, "is not one of the available choices"),
    ],
)
def test_grant_with_a_slip_in_it_is_not_recorded(wrong, words):
    source, client = make_source("The Upland Gazette", syndication="FOR_SALE"), sign_in("keeper", *KEEPER, "articles.view_source")

    answer = client.post(f"{GRANTS}add/", {"source": source.pk, "holder": "The Upland Gazette", "may_sublicense": "YES"} | wrong)

    assert (answer.status_code, words in answer.content.decode(), Grant.objects.count()) == (200, True, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_grants_takes_the_same_queries_for_any_number(django_assert_num_queries, number):
    for each in range(number):
        make_grant(source=make_source(f"Gazette {each}"), media=["print"], countries=["GB"])
    client = sign_in("keeper", *KEEPER)
    client.get(GRANTS)

    with django_assert_num_queries(6):
        page = client.get(GRANTS).content.decode()

    assert [f"Gazette {each}" in page for each in range(number)] == [True] * number
    assert page.count(Grant.objects.first().limits) == number
