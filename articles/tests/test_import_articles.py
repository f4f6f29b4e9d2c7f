"""manage.py import_articles: what comes in, and what comes in again."""

from datetime import date, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article, Author, ImportedFile, Section, Source, Topic
from articles.tests.build import make_author, make_section, make_source, make_topic, page_text
from articles.tests.importing import change, make_page, outcome, rows, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(tmp_path):
    return make_page(tmp_path)


# --- A new file


def test_new_file_comes_in_whole_as_a_draft_in_news(page):
    lines, status = run(page)

    article = Article.objects.get()
    assert (lines, status) == ([f"new: {page}", "1 new, 0 updated, 0 unchanged, 0 refused"], 0)
    assert (article.headline, article.status, article.section.name) == ("Ferry late again", Article.Status.DRAFT, "News")
    assert [row.author.name for row in article.contributions.all()] == ["Ines Calloway", "Tom Oake"]
    assert [(figure.caption, figure.is_lead, figure.image) for figure in article.figures.all()] == [("The Margaret Lyle at the quay", True, None)]
    assert (article.source.name, [topic.name for topic in article.topics.all()]) == ("The Halyard", ["Ferries", "Harbour dues"])
    assert article.body.startswith("<p>The Margaret Lyle left the quay")
    assert list(Article.objects.public()) == []


@pytest.mark.parametrize("words", ["“Ferry late again”", "Margaret Lyle at the quay", "Calloway", "Oake", "second engine"])
def test_published_file_is_found_by_headline_caption_byline_and_body(page, client, words):
    run(page, "--publish")

    answer = client.get("/search/", {"q": words})

    assert [story.headline for story in answer.context["stories"]] == ["Ferry late again"]


def test_published_file_reads_as_a_story_with_its_headline_once_and_no_furniture(page, client):
    run(page, "--publish")

    html = client.get(Article.objects.get().get_absolute_url()).content.decode()

    assert html.split("<body", 1)[1].count("Ferry late again</h1>") == 1
    assert html.index("left the quay eleven minutes late") < html.index("second engine since March")
    assert "/author/ines-calloway/" in html
    assert [word for word in ("straight to your inbox", "By signing up", "By Ines Calloway and Tom Oake (") if word in html] == []


def test_section_and_source_of_the_command_line_serve_where_the_file_names_none(page, tmp_path):
    section, source = make_section("Harbour"), make_source("The Tern Post")
    change(page, byline="By Ines Calloway (The Hal")
    named = tmp_path / "named.txt"
    named.write_text(page_text("Named", byline="By Ines Calloway (The Halyard)"))

    run(page, named, "--section", section.slug, "--source", source.slug)

    found = Article.objects.order_by("headline").values_list("headline", "section__name", "source__name")
    assert list(found) == [("Ferry late again", "Harbour", "The Tern Post"), ("Named", "Harbour", "The Halyard")]
    assert not Section.objects.filter(name="News").exists()


def test_subjects_that_exist_are_used_whatever_their_case(page):
    make_author("Ines Calloway"), make_topic("ferries"), make_source("the halyard")
    change(page, byline="By INES CALLOWAY, Ines Calloway (THE HALYARD)", topics=["FERRIES", "Ferries", "İstanbul", "istanbul"])

    assert outcome(page) == "1 new, 0 updated, 0 unchanged, 0 refused"

    assert list(Author.objects.values_list("name", flat=True)) == ["Ines Calloway"]
    assert list(Source.objects.values_list("name", flat=True)) == ["the halyard"]
    assert sorted(Topic.objects.values_list("name", flat=True)) == ["ferries", "İstanbul"]


@pytest.mark.parametrize(
    ("text", "moment", "day"),
    [
        ("2015-05-31", "2015-05-31T03:00:00+00:00", "2015-05-31"),
        ("2015-05-31T09:30", "2015-05-31T12:30:00+00:00", "2015-05-31"),
        ("2015-05-31 09:30:15", "2015-05-31T12:30:15+00:00", "2015-05-31"),
        ("2015-05-31T09:30+09:00", "2015-05-31T00:30:00+00:00", "2015-05-30"),
        ("2015-05-31T00:30Z", "2015-05-31T00:30:00+00:00", "2015-05-30"),
    ],
)
def test_published_at_is_read_in_the_papers_own_time_unless_it_names_a_zone(page, settings, text, moment, day):
    settings.TIME_ZONE = "America/Halifax"

    run(page, "--publish", "--published-at", text)

    article = Article.objects.get()
    assert (article.published_at, article.published_on) == (datetime.fromisoformat(moment), date.fromisoformat(day))


def test_published_at_to_come_schedules_the_story(page):
    moment = timezone.now().replace(microsecond=0) + timedelta(days=2)

    run(page, "--publish", "--published-at", moment.isoformat())

    article = Article.objects.get()
    assert (article.state, list(Article.objects.public()), list(Article.objects.public(at=moment))) == ("Scheduled", [], [article])


# --- The same file again


def test_same_file_again_changes_nothing(page):
    run(page, "--publish")
    before, stamp = rows(), ImportedFile.objects.get().imported_at

    lines, status = run(page, "--publish", "--published-at", "2015-05-31")

    assert (lines, status) == ([f"unchanged: {page}", "0 new, 0 updated, 1 unchanged, 0 refused"], 0)
    assert (rows(), ImportedFile.objects.get().imported_at) == (before, stamp)


def test_file_written_otherwise_with_the_same_story_changes_nothing(page):
    run(page)
    page.write_bytes(b"\xef\xbb\xbf" + page.read_bytes().replace(b"\n", b"\r\n").replace(b"Morning Bell", b"Evening Bell"))

    assert outcome(page) == "0 new, 0 updated, 1 unchanged, 0 refused"


def test_draft_imported_again_with_publish_is_published(page):
    run(page, "--published-at", "2015-05-31")

    assert outcome(page, "--publish") == "0 new, 1 updated, 0 unchanged, 0 refused"

    article = Article.objects.public().get()
    assert (article.byline, str(article.published_on)) == ("Ines Calloway; Tom Oake", "2015-05-31")


def test_draft_is_published_at_the_moment_said_when_it_is_published(page):
    run(page)

    run(page, "--publish", "--published-at", "2015-05-31")

    assert [str(story.published_on) for story in Article.objects.public()] == ["2015-05-31"]


def test_draft_that_an_editor_changed_is_published_with_the_editors_words(page):
    run(page)
    Article.objects.update(headline="Late again, the ferry", status=Article.Status.IN_REVIEW)

    assert outcome(page, "--publish") == "0 new, 1 updated, 0 unchanged, 0 refused"

    assert [story.headline for story in Article.objects.public()] == ["Late again, the ferry"]


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_same_file_with_publish_leaves_a_story_as_it_stands(page, state):
    run(page, "--publish")
    article = Article.objects.get()
    if state == "withdrawn":
        article.withdraw("The ferry was on time.")

    assert outcome(page, "--publish") == "0 new, 0 updated, 1 unchanged, 0 refused"

    article.refresh_from_db()
    assert (article.status.lower(), article.corrections.count()) == (state, 0)


# --- Dry run


def test_dry_run_says_what_would_happen_and_leaves_nothing_behind(page, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    before = rows()

    lines, status = run(tmp_path, "--publish", "--dry-run")

    assert lines == [f"refused: {tmp_path}/empty.txt: it is empty", f"new: {page}", "1 new, 0 updated, 0 unchanged, 1 refused"]
    assert (rows(), status) == (before, 1)


def test_dry_run_of_a_changed_file_leaves_its_story_alone(page):
    run(page, "--publish")
    before = rows()

    change(page, headline="Ferry on time", byline="By Jun Sato (The Tern Post)", topics=["Clocks"])

    assert outcome(page, "--dry-run") == "0 new, 1 updated, 0 unchanged, 0 refused"
    assert (rows(), Article.objects.get().headline) == (before, "Ferry late again")
    assert outcome(page) == "0 new, 1 updated, 0 unchanged, 0 refused"


# --- Two imports at once


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_bring_in_one_story(page):
    make_section("News")
    ended = []

    def import_it():
        ended.append(outcome(page, "--publish"))
        connection.close()

    threads = [Thread(target=import_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(ended) == ["0 new, 0 updated, 1 unchanged, 0 refused", "1 new, 0 updated, 0 unchanged, 0 refused"]
