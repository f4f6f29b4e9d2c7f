"""The words of the interface: a translator reaches all of them, and dates and numbers follow the publication's language."""

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from articles.models import Article, Image
from newsroom.tests.test_access import deals, stories
from newsroom.tests.words import data, mark_translations, texts_of, unmarked

ENGLISH_ON_PURPOSE = ("Chicago", "BibTeX", "HTML", "PDF", "ZIP")


def words_left(pages: dict[str, str]) -> list[str]:
    """Return the words of pages that no translator reaches, a line each."""
    client, known = Client(), data() + list(ENGLISH_ON_PURPOSE)
    return [left for name, address in pages.items() for left in words_in(name, client.get(address), [*known, address.partition("?q=")[2]])]


def words_in(name: str, answer: HttpResponse, known: list[str]) -> list[str]:
    return [f"{name}: {left}" for text in dict.fromkeys(texts_of(answer.content.decode())) if (left := unmarked(text, known))]


@pytest.fixture
def paper(db, settings, monkeypatch, django_capture_on_commit_callbacks):
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
    assert [answer.status_code for answer in answers.values()] == [400, 400, 400, 400, 400, 403, 200]
    assert [left for name, answer in answers.items() for left in words_in(name, answer, known)] == []
