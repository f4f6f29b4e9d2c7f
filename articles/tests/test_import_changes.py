"""manage.py import_articles: files that have changed or moved since their story came in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.tests.build import make_image, make_section, make_source, make_topic, page_text
from articles.tests.importing import change, make_page, outcome, run

pytestmark = pytest.mark.django_db

NOTE = "This story was brought up to date with the text of its source."
EDITED = "its story was edited here since it came in; the changed file was not taken in"


@pytest.fixture
def page(tmp_path):
    return make_page(tmp_path)


# --- A changed file


def test_changed_file_updates_every_part_of_its_draft(page):
    run(page)

    change(page, headline="Ferry on time", caption="", byline="By Jun Sato (The Tern Post)", topics=["Ferries"], paragraphs=("It came at nine.",))
    lines, status = run(page)

    article = Article.objects.get()
    assert (lines, status) == ([f"updated: {page}", "0 new, 1 updated, 0 unchanged, 0 refused"], 0)
    assert (article.headline, article.body, article.status) == ("Ferry on time", "<p>It came at nine.</p>", Article.Status.DRAFT)
    assert [row.author.name for row in article.contributions.all()] == ["Jun Sato"]
    assert (list(article.figures.all()), article.source.name, [topic.name for topic in article.topics.all()]) == ([], "The Tern Post", ["Ferries"])
    assert outcome(page) == "0 new, 0 updated, 1 unchanged, 0 refused"


def test_changed_file_of_a_story_in_print_updates_it_with_a_note_to_readers(page, client):
    run(page, "--publish")
    address = Article.objects.get().get_absolute_url()

    change(page, caption="The Margaret Lyle, repaired", paragraphs=("It came at nine.",))
    assert outcome(page) == "0 new, 1 updated, 0 unchanged, 0 refused"

    article = Article.objects.get()
    assert (article.get_absolute_url(), article.captions) == (address, "The Margaret Lyle, repaired")
    assert [(row.kind, row.text) for row in article.corrections.all()] == [("UPDATE", NOTE)]
    assert [row.event for row in article.revisions.all()] == ["PUBLISHED", "CORRECTED"]
    assert "It came at nine." in client.get(address).content.decode()


def test_changed_file_of_a_scheduled_story_updates_it_without_a_note(page):
    moment = timezone.now().replace(microsecond=0) + timedelta(days=2)
    run(page, "--publish", "--published-at", moment.isoformat())

    change(page, byline="By Jun Sato")
    assert outcome(page, "--publish", "--published-at", "2015-05-31") == "0 new, 1 updated, 0 unchanged, 0 refused"

    article = Article.objects.get()
    assert (article.published_at, article.byline, article.corrections.count(), article.revisions.count()) == (moment, "Jun Sato", 0, 2)
    assert list(Article.objects.public()) == []


def test_changed_file_of_a_withdrawn_story_is_refused(page):
    run(page, "--publish")
    Article.objects.get().withdraw("The ferry was on time.")

    change(page, headline="Ferry on time")
    lines, status = run(page, "--publish")

    assert lines[0] == f"refused: {page}: its story was withdrawn here; the changed file was not taken in"
    assert (status, Article.objects.get().headline, Article.objects.get().status) == (1, "Ferry late again", Article.Status.WITHDRAWN)


def edit_headline(article):
    Article.objects.update(headline="Late again, the ferry")


def edit_caption(article):
    article.figures.update(caption="The ferry")


def edit_picture(article):
    article.figures.update(image=make_image())


def edit_byline(article):
    article.contributions.last().delete()


def edit_topics(article):
    article.topics.add(make_topic("Engines"))


def edit_source(article):
    Article.objects.update(source=make_source("The Tern Post"))


def edit_standfirst(article):
    Article.objects.update(standfirst="Eleven minutes, this time.")


EDITS = [edit_headline, edit_caption, edit_picture, edit_byline, edit_topics, edit_source, edit_standfirst]


@pytest.mark.parametrize("publish", [[], ["--publish"]])
@pytest.mark.parametrize("edit", EDITS)
def test_changed_file_never_overwrites_what_an_editor_changed(page, edit, publish):
    run(page, *publish)
    article = Article.objects.get()
    edit(article)
    article.refresh_from_db()
    if publish:
        article.correct("A word was wrong.")
    before = [article.headline, article.source, list(article.figures.values()), list(article.contributions.values()), list(article.topics.all())]

    change(page, paragraphs=("It came at nine.",))
    first, second = run(page, "--publish"), run(page)

    article = Article.objects.get()
    assert first == second == ([f"refused: {page}: {EDITED}", "0 new, 0 updated, 0 unchanged, 1 refused"], 1)
    assert [
        article.headline,
        article.source,
        list(article.figures.values()),
        list(article.contributions.values()),
        list(article.topics.all()),
    ] == before
    assert "second engine" in article.body


def test_section_and_terms_that_an_editor_chose_outlast_a_changed_file(page):
    run(page)
    Article.objects.update(section=make_section("Harbour"), syndication="NONE", slug="the-ferry")

    change(page, headline="Ferry on time")
    assert outcome(page, "--publish", "--section", "news") == "0 new, 1 updated, 0 unchanged, 0 refused"

    article = Article.objects.get()
    assert (article.headline, article.section.name, article.syndication, article.slug) == ("Ferry on time", "Harbour", "NONE", "the-ferry")


# --- Files that move, and files of one name


def test_moved_file_keeps_its_story_and_may_change_afterwards(page, tmp_path):
    run(page)
    moved = tmp_path / "2015" / "a-new-name.txt"
    moved.parent.mkdir()
    page.rename(moved)

    same = outcome(moved)
    change(moved, headline="Ferry on time")
    changed = outcome(moved)

    assert [same, changed] == ["0 new, 0 updated, 1 unchanged, 0 refused", "0 new, 1 updated, 0 unchanged, 0 refused"]
    assert [story.headline for story in Article.objects.all()] == ["Ferry on time"]


def test_file_moved_and_changed_keeps_its_story_by_its_name_and_headline(page, tmp_path):
    run(page)
    (tmp_path / "2015").mkdir()
    moved = page.rename(tmp_path / "2015" / page.name)

    change(moved, paragraphs=("It came at nine.",))
    assert outcome(moved) == "0 new, 1 updated, 0 unchanged, 0 refused"

    assert [story.body for story in Article.objects.all()] == ["<p>It came at nine.</p>"]


def test_two_files_of_one_name_and_headline_in_two_folders_are_two_stories(tmp_path):
    for year in ("2015", "2016", "2017"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "tides.txt").write_text(page_text("The tides", paragraphs=(f"High water in {year}.",)))

    first, second = outcome(tmp_path), outcome(tmp_path)

    assert [first, second] == ["3 new, 0 updated, 0 unchanged, 0 refused", "0 new, 0 updated, 3 unchanged, 0 refused"]
    assert [story.body for story in Article.objects.order_by("pk")] == [f"<p>High water in {year}.</p>" for year in (2015, 2016, 2017)]


def test_folder_moved_as_a_whole_keeps_its_stories_apart(tmp_path):
    for year in ("2015", "2016"):
        (tmp_path / "old" / year).mkdir(parents=True)
        (tmp_path / "old" / year / "tides.txt").write_text(page_text("The tides", paragraphs=(f"High water in {year}.",)))
    run(tmp_path / "old")
    before = list(Article.objects.order_by("pk").values_list("pk", "body"))

    (tmp_path / "old").rename(tmp_path / "new")

    assert outcome(tmp_path / "new") == "0 new, 0 updated, 2 unchanged, 0 refused"
    assert list(Article.objects.order_by("pk").values_list("pk", "body")) == before


def test_file_that_may_be_either_of_two_lost_namesakes_overwrites_neither(tmp_path):
    for year in ("2015", "2016", "2017"):
        (tmp_path / year).mkdir()
    for year in ("2015", "2016"):
        (tmp_path / year / "tides.txt").write_text(page_text("The tides", paragraphs=(f"High water in {year}.",)))
    run(tmp_path)

    (tmp_path / "2015" / "tides.txt").unlink(), (tmp_path / "2016" / "tides.txt").unlink()
    (tmp_path / "2017" / "tides.txt").write_text(page_text("The tides", paragraphs=("High water in 2017.",)))

    assert outcome(tmp_path) == "1 new, 0 updated, 0 unchanged, 0 refused"
    assert [story.body for story in Article.objects.order_by("pk")] == [f"<p>High water in {year}.</p>" for year in (2015, 2016, 2017)]


def test_copy_of_a_file_is_no_second_story(page, tmp_path):
    (tmp_path / "copy.txt").write_bytes(page.read_bytes())

    assert outcome(tmp_path) == "1 new, 0 updated, 1 unchanged, 0 refused"

    assert Article.objects.count() == 1


def test_file_named_twice_is_read_once(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    lines, status = run("ferry.txt", tmp_path, tmp_path / "no" / ".." / "ferry.txt")

    assert (lines, status) == ([f"new: {page}", "1 new, 0 updated, 0 unchanged, 0 refused"], 0)
