"""manage.py import_articles: what is refused, in one line that names it, without stopping the rest."""

import os
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import CommandError

from articles.models import Article
from articles.tests.build import make_section, make_source, page_text
from articles.tests.importing import change, make_page, outcome, rows, run

pytestmark = pytest.mark.django_db


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
    return make_page(tmp_path)


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
