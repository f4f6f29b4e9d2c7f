"""Asking for the newsletter and confirming it: twice wanted, proven, and nobody told who is on the list."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from articles.tests.races import at_once
from mail.models import Message
from newsletters import consent
from newsletters.forms import MAILS_A_DAY
from newsletters.models import FORGOTTEN_AFTER, TOKEN_LIFE, Consent, Subscription
from newsletters.tests.build import FROM_HERE, INES, ask, asked_token, form, mailed_token, make_subscription
from newsletters.views import TRIES

pytestmark = pytest.mark.django_db
FORGED = "A" * 22


def states() -> dict[str, str]:
    return dict(Subscription.objects.values_list("email", "state"))


def confirm(client, token: str, headers=FROM_HERE):
    return client.post(f"/newsletter/confirm/{token}/", headers=headers)


# --- The way of a reader


@pytest.mark.django_db(transaction=True)
def test_reader_asks_gets_a_mail_and_confirms(client, post_office, work):
    asked = ask(client)
    work()
    [mail] = post_office.to(INES)
    text, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
    [link] = re.findall(r"http://localhost:8000(/newsletter/confirm/\S+)", text)
    shown = client.get(link)
    confirmed = client.post(link, headers=FROM_HERE)

    assert (asked.status_code, asked["Location"]) == (302, "/newsletter/asked/")
    assert mail["Subject"] == "Please confirm: the newsletter of The Halyard"
    assert f'href="http://localhost:8000{link}"' in html
    assert consent.WORDING in text
    assert (shown.status_code, consent.WORDING in shown.content.decode()) == (200, True)
    assert (confirmed.status_code, confirmed["Location"]) == (302, "/newsletter/confirmed/")
    assert states() == {INES: "ACTIVE"}


def test_consent_is_kept_with_the_words_that_were_shown_their_version_and_the_page(client):
    page = client.get("/newsletter/").content.decode()
    ask(client)
    confirm(client, mailed_token())

    rows = Consent.objects.values_list("event", "wording", "wording_version", "page", "channel")
    assert list(rows) == [(event, consent.WORDING, consent.VERSION, "/2024/06/11/ferry-late/", "") for event in ("ASKED", "CONFIRMED")]
    assert f">{consent.WORDING}<" in page


def test_words_of_a_version_never_change():
    versions = {
        "1": "We send you the day’s stories by mail, once a day at most, until you tell us to stop; every mail says how. "
        "We use your address for nothing else."
    }  # a new wording is added here under a new version

    assert versions[consent.VERSION] == consent.WORDING
    assert max(versions) == consent.VERSION


def test_confirming_keeps_the_words_that_were_agreed_to_also_when_they_have_changed_since(client, monkeypatch):
    token, agreed = asked_token(), consent.WORDING
    monkeypatch.setattr(consent, "WORDING", "We also sell your address.")
    monkeypatch.setattr(consent, "VERSION", "2")

    page = client.get(f"/newsletter/confirm/{token}/").content.decode()
    confirm(client, token)

    assert (agreed in page, consent.WORDING in page) == (True, False)
    assert list(Consent.objects.values_list("wording", "wording_version")) == [(agreed, "1")] * 2


@pytest.mark.parametrize("version", ["0", "", "1; DROP", "x" * 500])
def test_stale_or_forged_version_of_the_words_is_refused_and_the_new_words_are_shown(client, version):
    answer = ask(client, wording_version=version)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "The wording has changed since you opened this page; please read it and send again." in page
    assert (consent.WORDING in page, f'name="wording_version" value="{consent.VERSION}"' in page, f'value="{INES}"' in page) == (True, True, True)
    assert states() == {}


@pytest.mark.parametrize("page", ["http://evil.example/", "javascript:alert(1)", "/a\nb", ""])
def test_page_that_is_no_path_is_not_kept(client, page):
    ask(client, page=page)

    assert [row.page for row in Consent.objects.all()] == [""]


# --- Tokens


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_link_scanner_that_opens_everything_confirms_nothing(client, method):
    token = asked_token()

    for _ in range(2):
        getattr(client, method)(f"/newsletter/confirm/{token}/", headers=FROM_HERE)

    assert states() == {INES: "PENDING"}
    assert confirm(client, token).status_code == 302


def test_token_is_used_once(client):
    token = asked_token()

    answers = [confirm(client, token).status_code for _ in range(2)]

    assert answers == [302, 404]
    assert [row.event for row in Consent.objects.all()] == ["ASKED", "CONFIRMED"]
    assert "If you have pressed its button already, all is well" in client.get(f"/newsletter/confirm/{token}/").content.decode()


def test_token_expires():
    now = timezone.now()
    token = asked_token(at=now)

    assert Subscription.objects.confirm(token, now + TOKEN_LIFE) is False
    assert states() == {INES: "PENDING"}
    assert Subscription.objects.confirm(token, now + TOKEN_LIFE - timedelta(seconds=1)) is True


def test_forged_token_confirms_nobody(client):
    asked_token()

    answers = [confirm(client, FORGED), client.get(f"/newsletter/confirm/{FORGED}/")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert states() == {INES: "PENDING"}


def test_fingerprint_from_the_database_is_no_token(client):
    asked_token()
    stored = Subscription.objects.get().token_sha256

    assert client.get(f"/newsletter/confirm/{stored}/").status_code == 404
    assert client.get(f"/newsletter/confirm/{stored[:22]}/").status_code == 404
    assert Subscription.objects.confirm("") is False


def test_somebody_elses_token_confirms_only_them(client):
    asked_token(INES)
    other = asked_token("tom@example.org")

    confirm(client, other)

    assert states() == {INES: "PENDING", "tom@example.org": "ACTIVE"}


def test_newer_token_replaces_the_older(client):
    first, second = asked_token(), asked_token()

    assert [confirm(client, token).status_code for token in (first, second)] == [404, 302]


def test_token_is_kept_as_its_fingerprint_only():
    token = asked_token()

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text || row_to_json(c)::text FROM newsletters_subscription s JOIN newsletters_consent c ON true")
        [(row,)] = cursor.fetchall()

    assert token not in row
    assert len(Subscription.objects.get().token_sha256) == 64


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_confirm_once():
    token = asked_token()

    outcomes = at_once(*[lambda: Subscription.objects.confirm(token)] * 8)

    assert sorted(outcomes) == [False] * 7 + [True]
    assert Consent.objects.filter(event="CONFIRMED").count() == 1


# --- The same answer for everybody


def what_is_seen(response) -> tuple:
    return response.status_code, response.content, sorted(response.headers.items()), response.cookies


def test_answer_is_the_same_to_the_byte_whether_or_not_an_address_is_known(client):
    for state in Subscription.State:
        make_subscription(f"{state.lower()}@example.org", state)
    addresses = ["new@example.org", "pending@example.org", "active@example.org", "left@example.org"]

    answers = [what_is_seen(ask(client, address)) for address in addresses]
    machine = what_is_seen(ask(client, "machine@example.org", website="https://spam.example"))

    assert answers == [machine] * 4
    assert sorted(Message.objects.values_list("to", flat=True)) == sorted(addresses)


def test_reader_who_gets_it_already_is_told_so_by_mail_and_nothing_changes(client):
    reader = make_subscription()

    ask(client)

    mail = Message.objects.get()
    assert mail.subject == "You get the newsletter of The Halyard already"
    assert f"/newsletter/leave/{reader.key}/" in mail.text
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (states(), Consent.objects.count()) == ({INES: "ACTIVE"}, 1)


def test_who_has_left_can_come_back_and_has_left_until_then(client):
    make_subscription(state="LEFT")

    ask(client)
    before = states()
    confirm(client, mailed_token())

    assert (before, states()) == ({INES: "LEFT"}, {INES: "ACTIVE"})


def test_address_is_one_whatever_its_capitals(client):
    ask(client, "Ines@Example.ORG")
    ask(client, "INES@EXAMPLE.org")

    assert states() == {INES: "PENDING"}


# --- Bad input


@pytest.mark.parametrize(
    "email",
    [
        "", "ines", "ines@", "@example.org", "ines@example.org\r\nBcc: all@example.org", "ines@example.org\nBcc: all@example.org",
        "ines@example.org\x00", "ines@example.org,all@example.org", "ines@example.org, all@example.org", "Ines <ines@example.org>",
        '"Bcc: all@example.org"\n@example.org', "ineſ@example.org", "zoë@example.org", "ines@exa\u00admple..org", "ines@" + "a" * 250 + ".org",
        "x" * 100_000, "ines@" + "ü" * 60 + ".example", "ines@example.org?cc=all@example.org", "<script>@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_beside_the_field_and_kept(client, email):
    answer = ask(client, email)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'aria-describedby="newsletter-wording newsletter-error"' in page
    assert 'id="newsletter-error" role="alert"' in page
    assert "<script>@" not in page
    assert (states(), Message.objects.count()) == ({}, 0)


def test_domain_of_another_script_is_written_as_the_post_writes_it(client):
    ask(client, "ines@bücher.example")

    assert states() == {"ines@xn--bcher-kva.example": "PENDING"}


def test_machine_is_answered_as_always_and_nothing_is_done(client):
    answer = ask(client, website="https://spam.example")

    assert (answer.status_code, answer["Location"]) == (302, "/newsletter/asked/")
    assert (states(), Message.objects.count()) == ({}, 0)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {}])
def test_post_from_another_site_is_refused(client, headers):
    token = asked_token()

    answers = [ask(client, "new@example.org", headers=headers).status_code, confirm(client, token, headers).status_code]

    assert answers == [403, 403]
    assert states() == {INES: "PENDING"}


def test_browsers_post_needs_no_cookie():
    browser = Client(enforce_csrf_checks=True)

    ask(browser)
    confirm(browser, mailed_token())

    assert states() == {INES: "ACTIVE"}


@pytest.mark.django_db(transaction=True)
def test_twenty_identical_posts_at_once_make_one_subscription_and_few_mails():
    answers = at_once(*[lambda: ask(Client()).status_code] * 20)

    assert sorted(answers) == [302] * TRIES + [429] * (20 - TRIES)
    assert states() == {INES: "PENDING"}
    assert Message.objects.count() == Consent.objects.count() == MAILS_A_DAY


@pytest.mark.django_db(transaction=True)
def test_twenty_asks_at_once_leave_one_link_that_works():
    at_once(*[lambda: Subscription.objects.ask(INES, "/")] * 20)

    tokens = [re.search(r"confirm/([\w-]{22})/", text)[1] for text in Message.objects.values_list("text", flat=True)]
    assert sorted(Subscription.objects.confirm(token) for token in tokens) == [False] * 19 + [True]


@pytest.mark.django_db(transaction=True)
def test_asking_again_while_confirming_waits_for_it():
    token = asked_token()

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        Subscription.objects.confirm(token)
        asking = other.submit(lambda: at_once(*[lambda: Subscription.objects.ask(INES, "/")] * 1))
        wait([asking], timeout=0.5)
        waited = not asking.done()
        transaction.on_commit(asking.result)

    assert waited
    assert states() == {INES: "ACTIVE"}
    assert Message.objects.first().subject == "You get the newsletter of The Halyard already"


def test_visitor_who_tries_too_often_is_told_to_wait_and_keeps_what_was_typed(client):
    answers = [ask(client, f"reader{number}@example.org") for number in range(TRIES + 1)]

    page = answers[-1].content.decode()
    assert [answer.status_code for answer in answers] == [302] * TRIES + [429]
    assert "Please wait an hour" in page
    assert f'value="reader{TRIES}@example.org"' in page
    assert len(states()) == TRIES


def test_address_is_written_to_so_often_a_day_whoever_asks_and_nobody_can_tell(client):
    answers = [
        what_is_seen(client.post("/newsletter/", form(email), headers=FROM_HERE, REMOTE_ADDR=f"198.51.100.{number}"))
        for number, email in enumerate([INES, "INES@example.org"] * 4)
    ]

    assert answers == [answers[0]] * 8
    assert Message.objects.filter(to=INES).count() == MAILS_A_DAY


# --- What is kept, and for how long


def test_addresses_that_nobody_confirmed_are_forgotten_and_no_others():
    long_ago = timezone.now() - FORGOTTEN_AFTER - timedelta(minutes=1)
    asked_token("old@example.org", long_ago)
    asked_token("again@example.org", long_ago), asked_token("again@example.org")
    asked_token("recent@example.org", long_ago + timedelta(minutes=2))
    make_subscription("reader@example.org", at=long_ago)
    make_subscription("left@example.org", "LEFT", at=long_ago)
    asked_token("left@example.org", long_ago)

    Subscription.objects.forget_unconfirmed()

    assert sorted(states()) == ["again@example.org", "left@example.org", "reader@example.org", "recent@example.org"]
    assert not Consent.objects.filter(subscription__email="old@example.org").exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "Ines@example.org"}, {"state": "SOLD"}, {"state": "ACTIVE", "confirmed_at": None},
        {"state": "ACTIVE", "token_sha256": "ab" * 32}, {"state": "LEFT"}, {"state": "PENDING"},
    ],
)  # fmt: skip
def test_database_refuses_a_subscription_that_cannot_be(fields):
    make_subscription()

    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.update(**fields)


@pytest.mark.parametrize("fields", [{"wording": ""}, {"wording_version": ""}, {"event": "WITHDRAWN"}, {"event": "GUESSED"}, {"channel": "LINK"}])
def test_database_refuses_a_proof_that_proves_nothing(fields):
    make_subscription()

    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.update(**fields)
