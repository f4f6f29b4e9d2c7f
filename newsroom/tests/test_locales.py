"""A publication in another language: its words from a catalogue, its dates and prices as that language writes them, its pages turned round."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as project

from articles.tests.build import make_article
from licensing.tests.build import make_card, make_terms

MOMENT = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)
TEMPLATE = Path("locale") / "django.pot"


@pytest.fixture
def speak(settings, tmp_path):
    """Return what makes the publication speak a language, with some words of a catalogue."""

    def translate(language: str, words: dict[str, str]) -> None:
        catalogue = Catalog(locale=language)
        for english, translation in words.items():
            catalogue.add(english, translation)
        folder = tmp_path / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "django.mo").open("wb") as file:
            write_mo(file, catalogue)
        settings.LOCALE_PATHS, settings.LANGUAGE_CODE = [tmp_path / "locale"], language

    return translate


def test_paper_in_german_writes_its_words_dates_and_prices_in_german(db, client, speak):
    make_card()
    make_terms()
    article = make_article(published_at=MOMENT, publish=True, syndication="FOR_SALE", topics=["Fähren"])
    speak("de", {"More about": "Mehr zum Thema", "%(weekday)s %(date)s": "%(weekday)s, %(date)s"})

    day, page = client.get("/2024/05/06/").content.decode(), client.get(article.get_absolute_url()).content.decode()
    order = client.get(f"/republish/{article.short_id}/").content.decode()

    assert '<html lang="de">' in page
    assert '<h1 class="opening__name">Montag, 6. Mai 2024</h1>' in day
    assert '"name":"6. Mai 2024"' in day  # of the trail that machines read
    assert ">6. Mai 2024 10:30</time>" in page
    assert "Mehr zum Thema</h2>" in page
    assert "Purchase this article for republication" in page  # what the catalogue lacks stays in English
    assert "120,00\xa0€" in order


def test_paper_in_arabic_runs_from_the_right(db, client, speak):
    article = make_article("العبّارة تتأخر", published_at=MOMENT, publish=True)
    speak("ar", {"More about": "المزيد عن"})

    page, lost = client.get(article.get_absolute_url()).content.decode(), client.get("/nowhere/").content.decode()

    assert ['<html lang="ar" dir="rtl">' in each for each in (page, lost)] == [True, True]
    assert ">6 مايو، 2024" in client.get("/2024/05/06/").content.decode()


def test_british_english_is_what_ships():
    assert (project.LANGUAGE_CODE, [path.name for path in project.LOCALE_PATHS]) == ("en-gb", ["locale"])


def test_template_for_translators_holds_every_string(tmp_path):
    """Strings are collected anew, from a copy of the project, and compared with those of locale/django.pot."""
    if not shutil.which("xgettext"):
        reason = "There is no gettext on this machine, so the strings could not be collected."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    names = subprocess.run(["git", "ls-files", "-z"], cwd=project.BASE_DIR, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if name.endswith((".py", ".html", ".txt", ".js", "Makefile")):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project.BASE_DIR / name, tmp_path / name)
    command = next(
        line.removeprefix("\t@$(BIN)/python ") for line in (project.BASE_DIR / "Makefile").read_text().splitlines() if "makemessages" in line
    )
    (tmp_path / "locale").mkdir()
    subprocess.run([sys.executable, *command.replace("'", "").split()], cwd=tmp_path, check=True, capture_output=True)

    collected, shipped = strings_of(tmp_path / TEMPLATE), strings_of(project.BASE_DIR / TEMPLATE)

    assert len(shipped) > 500
    assert (collected - shipped, shipped - collected) == (set(), set())


def strings_of(template: Path) -> set:
    """Return the strings of a template, without what gettext cannot know of the plurals of a language."""
    text = template.read_text().replace("nplurals=INTEGER; plural=EXPRESSION;", "nplurals=2; plural=n != 1;")
    return {(message.id, message.context) for message in read_po(StringIO(text)) if message.id}
