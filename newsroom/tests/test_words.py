"""The words of the interface: a translator reaches all of them, and dates and numbers follow the publication's language."""

import pytest
from django.core.management import call_command
from django.test import Client

from articles.models import Image
from licensing.sample import FILES
from newsroom.tests.test_access import deals, stories
from newsroom.tests.words import data, mark_translations, texts_of, unmarked

ENGLISH_ON_PURPOSE = ("Chicago", "BibTeX", "HTML", "PDF", "ZIP", *FILES)


def words_left(pages: dict[str, str]) -> list[str]:
    """Return the words of pages that no translator reaches, a line each."""
    client, known, found = Client(), data() + list(ENGLISH_ON_PURPOSE), []
    for name, address in pages.items():
        for text in dict.fromkeys(texts_of(client.get(address).content.decode())):
            left = unmarked(text, known)
            found += [f"{name}: {left}"] if left else []
    return found


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
