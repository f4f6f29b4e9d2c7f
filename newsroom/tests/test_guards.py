"""Public forms without cookies: who may post, and how often."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from newsroom.guards import NOT_FROM_HERE, allows, network_address, public_form
from newsroom.models import Use


@public_form
def view(request):
    return HttpResponse("taken")


def post(**headers):
    """Return the answer to a POST with these headers."""
    try:
        return view(RequestFactory().post("/form/", headers=headers)).content
    except PermissionDenied as refusal:
        return "refused" if str(refusal) == NOT_FROM_HERE else str(refusal)


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, b"taken"),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, b"taken"),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, "refused"),
        ({"Sec-Fetch-Site": "same-site"}, "refused"),
        ({"Sec-Fetch-Site": "none"}, "refused"),
        ({"Origin": "http://testserver"}, b"taken"),
        ({"Origin": "https://testserver"}, "refused"),
        ({"Origin": "http://testserver.evil.example"}, "refused"),
        ({"Origin": "null"}, "refused"),
        ({"Origin": "http://evil.example", "Referer": "http://testserver/form/"}, "refused"),
        ({"Referer": "http://testserver/s/k3x9f2b/"}, b"taken"),
        ({"Referer": "http://evil.example/http://testserver/"}, "refused"),
        ({"Origin": "http://[bad"}, "refused"),
        ({}, "refused"),
    ],
)
def test_post_is_taken_from_our_own_pages_only(headers, answer):
    assert post(**headers) == answer


def test_get_needs_no_origin():
    assert view(RequestFactory().get("/form/")).content == b"taken"


def test_forwarded_address_counts_only_behind_our_own_proxy(settings):
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})

    settings.TRUST_PROXY = False
    assert network_address(request) == "127.0.0.1"
    settings.TRUST_PROXY = True
    assert network_address(request) == "198.51.100.7"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("198.51.100.7:41234", "198.51.100.7"),
        ("[2001:db8::7]:41234", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("203.0.113.9, 198.51.100.7:80", "198.51.100.7"),
    ],
)
def test_forwarded_address_counts_without_its_port(settings, written, address):
    settings.TRUST_PROXY = True

    assert network_address(RequestFactory().get("/", headers={"X-Forwarded-For": written})) == address


@pytest.mark.parametrize(
    "written", ["", "unknown", "_hidden", "198.51.100", "198.51.100.7:", "198.51.100.7:http", "203.0.113.9, ", "[]:80", "1" * 500]
)
def test_what_is_no_address_counts_as_the_connection(settings, written):
    settings.TRUST_PROXY = True

    assert network_address(RequestFactory().get("/", headers={"X-Forwarded-For": written})) == "127.0.0.1"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("198.51.100.7", "::ffff:198.51.100.7", True),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
        ("::ffff:198.51.100.7", "[::ffff:c633:6407]:80", True),
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::8", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("198.51.100.7", "198.51.100.8", False),
    ],
)
def test_visitor_is_an_ipv4_address_or_the_64_bits_of_a_household(settings, first, second, is_one):
    settings.TRUST_PROXY = True
    requests = [RequestFactory().get("/", headers={"X-Forwarded-For": address}) for address in (first, second)]

    assert [allows(request, "order", limit=1, seconds=86_400) for request in requests] == [True, not is_one]


@pytest.mark.django_db
def test_visitor_is_allowed_so_often_and_no_more():
    answers = [Use.objects.allows("newsletter", "198.51.100.7", limit=3, seconds=3600) for _ in range(5)]

    assert answers == [True, True, True, False, False]
    assert Use.objects.allows("newsletter", "203.0.113.9", limit=3, seconds=3600)
    assert Use.objects.allows("republish", "198.51.100.7", limit=3, seconds=3600)
    assert not Use.objects.filter(key__contains="198.51").exists()


@pytest.mark.django_db(transaction=True)
def test_uses_of_many_processes_at_once_are_all_counted():
    def use(_):
        try:
            return Use.objects.allows("newsletter", "198.51.100.7", limit=5, seconds=86_400)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(use, range(20)))

    assert sorted(answers) == [False] * 15 + [True] * 5


@pytest.mark.django_db
def test_what_no_longer_counts_is_forgotten():
    Use.objects.allows("newsletter", "198.51.100.7", limit=3, seconds=3600)
    Use.objects.update(ends_at="2020-01-01T00:00Z")

    Use.objects.forget()

    assert not Use.objects.exists()
