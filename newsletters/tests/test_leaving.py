"""Leaving: by the link and its button, or by the mail program's own (RFC 8058); as easy as coming."""

import pytest
from django.test import Client
from django.utils import timezone

from newsletters.models import Consent, Subscription
from newsletters.tests.build import FROM_HERE, INES, make_subscription

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def leave(key: str, body=None, **options):
    """Return the answer to a post without cookies and, unless told, from nowhere."""
    return Client(enforce_csrf_checks=True).post(f"/newsletter/leave/{key}/", body or {}, **options)


def proofs() -> list[tuple[str, str]]:
    return list(Consent.objects.exclude(event="ASKED").values_list("event", "channel"))


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_mail_programs_button_leaves_without_cookie_origin_or_redirect(kind):
    reader = make_subscription()
    encoded = ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")

    answer = leave(reader.key, ONE_CLICK) if kind == "multipart" else leave(reader.key, encoded[0], content_type=encoded[1])

    assert (answer.status_code, answer.cookies) == (200, {})
    assert Subscription.objects.get().state == "LEFT"
    assert proofs() == [("WITHDRAWN", "ONE_CLICK")]


def test_button_of_the_page_leaves_and_says_so():
    reader = make_subscription()

    answer = leave(reader.key, headers=FROM_HERE)

    assert (answer.status_code, answer["Location"]) == (302, "/newsletter/left/")
    assert Subscription.objects.get().state == "LEFT"
    assert proofs() == [("WITHDRAWN", "LINK")]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_link_scanner_leaves_for_nobody(client, method):
    reader = make_subscription()

    getattr(client, method)(f"/newsletter/leave/{reader.key}/", ONE_CLICK)

    assert Subscription.objects.get().state == "ACTIVE"


@pytest.mark.parametrize("body", [ONE_CLICK, {}])
def test_leaving_twice_is_leaving_once(body):
    reader = make_subscription()

    answers = [leave(reader.key, body) for _ in range(2)]
    left_at = Subscription.objects.get().left_at

    assert answers[0].status_code == answers[1].status_code
    assert answers[0].content == answers[1].content
    assert left_at <= timezone.now()
    assert len(proofs()) == 1


@pytest.mark.parametrize("body", [ONE_CLICK, {}])
def test_unknown_key_is_answered_like_a_known_one_and_nobody_leaves(client, body):
    reader = make_subscription()
    unknown = "A" * 22

    shown = [client.get(f"/newsletter/leave/{key}/") for key in (unknown, reader.key)]
    stranger = leave(unknown, body)
    before = Subscription.objects.get().state
    known = leave(reader.key, body)

    assert shown[0].content == shown[1].content
    assert (stranger.status_code, stranger.content, stranger.headers) == (known.status_code, known.content, known.headers)
    assert before == "ACTIVE"


def test_key_of_one_reader_leaves_for_no_other():
    reader, _ = make_subscription(), make_subscription("tom@example.org")

    leave(reader.key, ONE_CLICK)

    assert list(Subscription.objects.filter(state="ACTIVE").values_list("email", flat=True)) == ["tom@example.org"]


def test_reader_can_leave_come_back_and_leave_again():
    reader = make_subscription()

    leave(reader.key)
    Subscription.objects.ask(INES, "/newsletter/")
    Subscription.objects.filter(email=INES).update(state="ACTIVE", token_sha256="")
    leave(reader.key, ONE_CLICK)

    assert Subscription.objects.get().state == "LEFT"
    assert proofs() == [("WITHDRAWN", "LINK"), ("WITHDRAWN", "ONE_CLICK")]
