"""manage.py import_articles: what comes in, what comes in again, and what is refused."""

import os
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from articles.models import Article, Author, Figure, ImportedFile, Revision, Section, Source, Topic
from articles.tests.build import make_author, make_image, make_section, make_source, make_topic, page_text

pytestmark = pytest.mark.django_db

NOTE = "This story was brought up to date with the text of its source."
EDITED = "its story was edited here since it came in; the changed file was not taken in"
WHOLE = {"caption": "The Margaret Lyle at the quay", "byline": "By Ines Calloway and Tom Oake (The Halyard)", "topics": ["Ferries", "Harbour dues"]}


def run(*arguments) -> tuple[list[str], int]:
    """Return the lines that the command printed, and its exit status."""
    out = StringIO()
    try:
        call_command("import_articles", *map(str, arguments), stdout=out)
    except SystemExit as end:
        return out.getvalue().splitlines(), end.code
    return out.getvalue().splitlines(), 0


def outcome(*arguments) -> str:
    """Return the command's last line."""
    return run(*arguments)[0][-1]


def rows() -> list[int]:
    return [model.objects.count() for model in (Article, Author, Figure, ImportedFile, Revision, Section, Source, Topic)]


@contextmanager
def nobody():
    """Act as a user who may read nothing here; root may read everything."""
    own = os.geteuid()
    os.seteuid(own or 65534)
    try:
        yield
    finally:
        os.seteuid(own)


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "ferry.txt"
    path.write_text(page_text(**WHOLE))
    return path


def change(path, **parts):
    """Write the file anew with other parts."""
    path.write_text(page_text(**WHOLE | parts))


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


# --- Refusals


def test_files_that_are_no_pages_are_named_and_do_not_stop_the_others(page, tmp_path):
    files = {
        "a.png": b"\x89PNG\r\n\x1a\n\x00",
        "b.txt": b"",
        "c.txt": b"Headline\n\nOther\n\nText.",
        "d.txt": b"Ferry\n\nFerry\n",
        "deep/z.txt": b"\x00\x01",
    }
    (tmp_path / "deep").mkdir()
    for name, content in (files | {".hidden": b"", "deep/.hidden.txt": b""}).items():
        (tmp_path / name).write_bytes(content)

    lines, status = run(tmp_path)

    assert lines == [
        f"refused: {tmp_path}/a.png: it is not text in UTF-8",
        f"refused: {tmp_path}/b.txt: it is empty",
        f"refused: {tmp_path}/c.txt: it has no headline: a page begins with its headline, twice",
        f"refused: {tmp_path}/d.txt: it has no text under the headline",
        f"new: {page}",
        f"refused: {tmp_path}/deep/z.txt: it is not text: it holds NUL bytes",
        "1 new, 0 updated, 0 unchanged, 5 refused",
    ]
    assert (status, [story.headline for story in Article.objects.all()]) == (1, ["Ferry late again"])


def test_missing_looping_and_endless_paths_are_named_and_do_not_stop_the_others(page, tmp_path):
    loop, missing, long = tmp_path / "loop", tmp_path / "missing.txt", tmp_path / ("x" * 300)
    loop.symlink_to(loop)

    lines, status = run(missing, loop, long, "/dev/zero", page)

    assert lines == [
        f"refused: {missing}: No such file or directory",
        f"refused: {loop}: Too many levels of symbolic links",
        f"refused: {long}: File name too long",
        "refused: /dev/zero: it is not a file that can be read",
        f"new: {page}",
        "1 new, 0 updated, 0 unchanged, 4 refused",
    ]
    assert status == 1


def test_unreadable_file_and_folder_are_named_and_do_not_stop_the_others():
    with TemporaryDirectory() as place:  # tmp_path is in a folder that is closed to nobody
        file, folder, page = (Path(place, name) for name in ("closed.txt", "closed", "open.txt"))
        folder.mkdir()
        for path in (file, folder / "inside.txt", page):
            path.write_text(page_text(path.name))
        Path(place).chmod(0o755), file.chmod(0), folder.chmod(0)

        with nobody():
            lines, status = run(file, folder, folder / "inside.txt", page)
        folder.chmod(0o700)

    assert lines == [
        f"refused: {file}: Permission denied",
        f"refused: {folder}: it is not a file that can be read",
        f"refused: {folder}/inside.txt: Permission denied",
        f"new: {page}",
        "1 new, 0 updated, 0 unchanged, 3 refused",
    ]
    assert status == 1


def test_names_that_cannot_be_printed_or_kept_are_refused_on_one_line(tmp_path):
    for name in (b"a\nb.txt", b"\xff.txt"):
        (tmp_path / os.fsdecode(name)).write_text(page_text(name.decode("latin-1").strip()))

    lines, status = run(tmp_path)

    assert lines[:2] == [f"refused: {tmp_path}/a�b.txt: it has no headline: a page begins with its headline, twice", lines[1]]
    assert (lines[1], status) == (f"refused: {tmp_path}/�.txt: its name is not in UTF-8", 1)


def test_path_too_long_to_be_indexed_is_refused(tmp_path):
    path = Path(tmp_path, *(f"{sha256(bytes([number])).hexdigest() * 3}" for number in range(16)), "ferry.txt")
    path.parent.mkdir(parents=True)
    path.write_text(page_text())

    lines, status = run(tmp_path)

    assert (lines[0], status) == (f"refused: {path}: its path is longer than 2000 bytes", 1)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"headline": "Late " * 100}, "headline: Ensure this value has at most 300 characters (it has 499)."),
        ({"caption": "Quay " * 300}, "caption: Ensure this value has at most 1000 characters (it has 1499)."),
        ({"byline": f"By Ines {'C' * 130}"}, "name: Ensure this value has at most 120 characters (it has 135)."),
    ],
)
def test_story_that_breaks_a_rule_leaves_nothing_of_itself_behind(tmp_path, parts, reason):
    path, before = tmp_path / "long.txt", rows()
    path.write_text(page_text(**{"byline": "By Jun Sato (The Tern Post)", "topics": ["Clocks"]} | parts))

    lines, status = run(path, "--publish")

    assert (lines[0], status, rows()) == (f"refused: {path}: {reason}", 1, before)


def test_changed_file_that_breaks_a_rule_leaves_its_story_as_it_was(page):
    run(page, "--publish")
    before = rows()

    change(page, headline="Ferry on time", caption="Quay " * 300, byline="By Jun Sato")
    _, status = run(page)

    article = Article.objects.get()
    assert (status, rows(), article.headline, article.lead.caption) == (1, before, "Ferry late again", "The Margaret Lyle at the quay")


def test_longest_page_of_many_words_can_be_indexed(tmp_path):
    path, letters = tmp_path / "long.txt", "abcdefghijklmnopqrstuvwxyz"
    words = (f"{a}{b}{c}{d}-{d}{c}{b}{a}" for a in letters for b in letters for c in letters for d in letters)
    path.write_text(page_text(paragraphs=(" ".join(next(words) for _ in range(29_900)),)))

    assert outcome(path, "--publish") == "1 new, 0 updated, 0 unchanged, 0 refused"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--section", "harbor"], "There is no section “harbor”. There are: harbour."),
        (["--section", ""], "There is no section “”. There are: harbour."),
        (["--source", "halyard"], "There is no source “halyard”. There are: the-halyard."),
        (["--published-at", "yesterday"], "“yesterday” is not a time. Write it like 2015-05-31 or 2015-05-31T09:30."),
        (["--published-at", "2015-02-30"], "“2015-02-30” is not a time. Write it like 2015-05-31 or 2015-05-31T09:30."),
        (["--published-at", "2015-02-28T25:00"], "“2015-02-28T25:00” is not a time. Write it like 2015-05-31 or 2015-05-31T09:30."),
        (["--published-at", "0999-12-31"], "“0999-12-31” is not a time. Write it like 2015-05-31 or 2015-05-31T09:30."),
        (["--published-at", "9999-12-31T23:59-12:00"], "“9999-12-31T23:59-12:00” is not a time. Write it like 2015-05-31 or 2015-05-31T09:30."),
        (["--published-at", ""], "“” is not a time. Write it like 2015-05-31 or 2015-05-31T09:30."),
        ([""], "Error: argument PATH: a path is empty"),
        (["--format", "word"], "Error: argument --format: invalid choice: 'word' (choose from 'page-text')"),
    ],
)
def test_argument_that_means_nothing_is_said_before_anything_comes_in(page, arguments, reason):
    make_section("Harbour"), make_source("The Halyard")
    before = rows()

    with pytest.raises(CommandError) as refusal:
        run(page, *arguments)

    assert (str(refusal.value), rows()) == (reason, before)


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
