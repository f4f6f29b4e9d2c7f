"""The words of the interface: a translator reaches all of them, and dates and numbers follow the publication's language."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from articles.models import Article, Image
from licensing.models import Licence, LicenceOrder, Licensee, Notice, State
from licensing.sample import FILES
from licensing.tests.build import days_ago, fields_of, make_order, republish_url, send, submit, unkept
from newsroom.tests.test_access import deals, stories
from newsroom.tests.words import data, mark_translations, texts_of, unmarked

ENGLISH_ON_PURPOSE = ("Chicago", "BibTeX", "HTML", "PDF", "ZIP", *FILES)


def words_left(pages: dict[str, str]) -> list[str]:
    """Return the words of pages that no translator reaches, a line each."""
    client, known = Client(), data() + list(ENGLISH_ON_PURPOSE)
    typed = {address: parse_qs(urlsplit(address).query).get("q", []) for address in pages.values()}
    return [left for name, address in pages.items() for left in words_in(name, client.get(address), typed[address] + known)]


def words_in(name: str, answer: HttpResponse, known: list[str]) -> list[str]:
    return [f"{name}: {left}" for text in dict.fromkeys(texts_of(answer.content.decode())) if (left := unmarked(text, known))]


@pytest.fixture
def paper(db, settings, monkeypatch):
    """A whole newspaper with its deals, and marks round all that is translated."""
    settings.SITE_URL = "http://testserver"
    monkeypatch.setattr(Image, "make_renditions", lambda self: None)
    call_command("load_seeds", verbosity=0)
    mark_translations(monkeypatch)


def test_translator_reaches_every_word_that_readers_see(paper):
    assert words_left(stories()) == []


def test_translator_reaches_every_word_that_buyers_see(paper):
    assert words_left(deals()) == []


def test_translator_reaches_every_complaint_of_readers_forms(paper):
    client, elsewhere = Client(headers={"Sec-Fetch-Site": "same-origin"}), Client(headers={"Sec-Fetch-Site": "cross-site"})
    report, subscribe = reverse("articles:report", args=[Article.objects.public().first().short_id]), reverse("newsletters:subscribe")
    answers = {
        "empty report": client.post(report, {"email": "nobody"}),
        "long report": client.post(report, {"text": "a" * 2001, "email": "nobody@-.example"}),
        "report with signs": client.post(report, {"text": "\u202e"}),
        "newsletter for nobody": client.post(subscribe, {"wording_version": "0"}),
        "newsletter for rubbish": client.post(subscribe, {"email": "nobody"}),
        "form from elsewhere": elsewhere.post(subscribe),
        "long search": client.get(reverse("articles:search"), {"q": "a" * 201}),
    }
    known = data()
    assert [answer.status_code for answer in answers.values()] == [400, 400, 400, 400, 400, 403, 400]
    assert [left for name, answer in answers.items() for left in words_in(name, answer, known)] == []


def test_translator_reaches_every_word_that_refuses_buyers_something(paper, monkeypatch):
    client = Client()
    story, second, third = [story for story in Article.objects.public().for_licensing() if story.terms == "FOR_SALE"][:3]
    free = next(story for story in Article.objects.public().for_licensing() if story.terms == "FREE")
    asked = next(story for story in Article.objects.public().for_licensing() if story.terms == "ON_REQUEST")
    draft, lapsed = make_order(State.DRAFT, story, second), make_order(State.OFFERED, asked)
    licence, ended, revoked = (make_order(State.PAID, story).licences.get() for _ in range(3))
    for kind in (Notice.Kind.WITHDRAWN, Notice.Kind.ENDED, Notice.Kind.CORRECTED):
        Notice.objects.create(licence=licence, kind=kind)
    revoked.revoke("The story was wrong.")
    LicenceOrder.objects.filter(pk=lapsed.pk).update(answer_by=days_ago(1))
    lapsed.refresh_from_db()
    on_account = make_order(State.ACCEPTED, story)
    on_account.put_on_account(Licensee.objects.create(email="accounts@hill.example", organisation="Hill Ltd", credit_limit=5000, payment_days=14))
    release, waits = reverse("licensing:release", args=[on_account.release_secret]), make_order(State.ACCEPTED, third)
    pages = {
        "empty order": send(client, story, name="", email="", accepts_terms="", key=""),
        "order in bad letters": send(
            client, story, name="\ufffd", organisation="a\nb", email="x", country="XX", where="XX", pictures=["x"], medium="x"
        ),
        "empty quote": submit(client, republish_url(story), {"quote": "1"}),
        "order of what is free": submit(client, republish_url(free)),
        "request": client.get(republish_url(asked)),
        "empty checkout": submit(client, draft.get_absolute_url()),
        "no more stories": client.get(reverse("licensing:stories", args=[draft.secret]) + "?q=zeppelin"),
        "nobody's links": submit(client, reverse("licensing:links")),
        "misspelt licence": client.get(reverse("licensing:check") + "?reference=K7M4"),
        "unknown licence": client.get(reverse("licensing:licence", args=["K7M4-2QX3"])),
        "link that has ended": client.get(reverse("licensing:package", args=["x"])),
        "lapsed offer": client.get(lapsed.get_absolute_url()),
        "offer that has ended": submit(client, reverse("licensing:answer", args=[lapsed.secret]), {"answer": "take", "offered": lapsed.offered}),
        "licence with notices": client.get(licence.order.get_absolute_url()),
        "order on account": client.get(release),
        "revoked licence": client.get(revoked.get_absolute_url()),
        "order with a revoked licence": client.get(revoked.order.get_absolute_url()),
        "files of a revoked licence": client.get(revoked.files_link),
        "renewal of a revoked licence": client.get(reverse("licensing:renew", args=[revoked.order.secret, revoked.reference])),
        "renewal at another price": submit(client, reverse("licensing:renew", args=[licence.order.secret, licence.reference])),
    }
    with unkept():
        Licence.objects.filter(pk=ended.pk).update(starts_on=days_ago(400), ends_on=days_ago(30))
        Licence.objects.filter(pk=licence.pk).update(starts_on=days_ago(-3))
    draft.stories.update(valid_until=days_ago(1))
    pages |= {
        "licence that has ended": client.get(ended.get_absolute_url()),
        "order with a licence that has ended": client.get(ended.order.get_absolute_url()),
        "licence that has not begun": client.get(licence.get_absolute_url()),
        "quote that has ended": client.get(draft.get_absolute_url()),
    }
    story.withdraw("It was wrong.")
    third.withdraw("It was wrong.")
    pages |= {
        "order of a withdrawn story": client.get(waits.get_absolute_url()),
        "quote of a withdrawn story": client.get(draft.get_absolute_url()),
        "files of a withdrawn story": client.get(ended.files_link),
        "order on account of a withdrawn story": client.get(release),
    }
    for module in ("buying", "orders", "licences"):
        monkeypatch.setattr(f"licensing.views.{module}.allows", lambda *args, **limits: False)
    pages |= {
        "too many orders": send(client, second),
        "too many quotes": submit(client, republish_url(second), fields_of(client.get(republish_url(second))) | {"quote": "1"}),
        "too many links": submit(client, reverse("licensing:links"), {"email": "maud@hill.example"}),
    }

    known = data() + list(ENGLISH_ON_PURPOSE)
    left = {name: [rest for text in texts_of(page.content.decode()) if (rest := unmarked(text, known))] for name, page in pages.items()}

    assert {name: words for name, words in left.items() if words} == {}
    assert {page.status_code for page in pages.values()} == {200, 404, 409, 410, 429}
