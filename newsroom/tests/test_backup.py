"""A backup brought back into an empty place is the archive again: every row, every file, every secret."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from articles.tests.build import make_article, make_figure, make_image, make_source, make_user
from newsroom import backup


def files_under(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def manage(var, *arguments):
    command = [sys.executable, "manage.py", *map(str, arguments)]
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(var)}
    return subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def archive_file(transactional_db, tmp_path):
    """A backup of an archive with a bit of everything."""
    make_user("editor", "articles.publish_article")
    article = make_article(authors=["Zoë Brânză"], topics=["Ferries"], source=make_source(syndication="FOR_SALE"))
    make_figure(article, image=make_image(), is_lead=True)
    article.publish()
    article.correct("The ferry has two funnels, not three.")
    make_article("A draft that must come back as a draft")
    settings.SECRETS_DIR.mkdir()
    (settings.SECRETS_DIR / "secret_key").write_text("of the first machine")
    return backup.make(tmp_path / "backups", timezone.now())


@pytest.fixture
def archive_without_dump(archive_file, tmp_path):
    """The same backup with a dump that pg_restore refuses: as far as a restore gets that is killed in its last step."""
    inside, path = tmp_path / "inside", tmp_path / "broken.tar.gz"
    with tarfile.open(archive_file) as archive:
        archive.extractall(inside, **backup.SAFELY)  # noqa: S202 (our own)
    (inside / backup.DUMP).write_text("This is no dump.")
    with tarfile.open(path, "w:gz") as archive:
        for child in inside.iterdir():
            archive.add(child, child.name)
    return path


@pytest.fixture
def elsewhere(tmp_path):
    """An empty place for an archive."""
    folder = tmp_path / "another machine"
    yield folder
    if (home := folder / "postgres").is_symlink():
        shutil.rmtree(home.resolve())


def test_restored_archive_is_the_same_in_every_row_and_file(archive_file, elsewhere, tmp_path):
    rows = tmp_path / "rows.json"
    call_command("dumpdata", output=str(rows), verbosity=0)

    done = manage(elsewhere, "restore", archive_file)

    assert done.returncode == 0, done.stderr
    restored = manage(elsewhere, "dumpdata")
    assert json.loads(restored.stdout) == json.loads(rows.read_text())
    assert files_under(elsewhere / "media") == files_under(settings.MEDIA_ROOT)
    assert files_under(elsewhere / "secrets") == files_under(settings.SECRETS_DIR)
    found = manage(elsewhere, "shell", "-v0", "-c", "from articles.search import ask, count; print(count(ask('branza')).total)")
    assert found.stdout.strip() == "1"


def test_backup_is_for_its_owner_only(archive_file):
    assert archive_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_backups_of_one_second_are_each_kept_and_leave_nothing_else(tmp_path):
    now = timezone.now()
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: backup.make(tmp_path / "backups", now), range(3)))

    stem = f"newsroom-{now:%Y%m%d-%H%M%S}"
    assert sorted(path.name for path in made) == [f"{stem}-2.tar.gz", f"{stem}-3.tar.gz", f"{stem}.tar.gz"]
    assert sorted((tmp_path / "backups").iterdir()) == sorted(made)
    for path in made:
        with tarfile.open(path) as archive:
            assert backup.DUMP in archive.getnames()


@pytest.mark.slow
def test_restore_that_was_cut_short_has_brought_the_pictures_and_can_be_run_again(archive_file, archive_without_dump, elsewhere):
    cut_short = manage(elsewhere, "restore", archive_without_dump)

    assert "pg_restore failed" in cut_short.stderr
    assert files_under(elsewhere / "media") == files_under(settings.MEDIA_ROOT) != {}
    again = manage(elsewhere, "restore", archive_file)
    assert again.returncode == 0, again.stderr


@pytest.mark.django_db
def test_backup_with_flipped_bits_is_refused_in_words(tmp_path):
    dump, flipped = tmp_path / backup.DUMP, tmp_path / "flipped.tar.gz"
    dump.write_text(str(list(range(200_000))))
    with tarfile.open(flipped, "w:gz") as archive:
        archive.add(dump, backup.DUMP)
    content = bytearray(flipped.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = b"\xff" * 64
    flipped.write_bytes(content)

    with pytest.raises(CommandError, match="not a whole backup"):
        call_command("restore", str(flipped))


def test_archive_that_holds_stories_is_not_overwritten(archive_file):
    with pytest.raises(CommandError, match="holds stories already"):
        call_command("restore", str(archive_file))


@pytest.mark.django_db
def test_file_that_is_no_backup_is_refused_in_words(tmp_path):
    torn, stranger = tmp_path / "torn.tar.gz", tmp_path / "stranger.tar.gz"
    torn.write_bytes(b"\x1f\x8b\x08 torn")
    with tarfile.open(stranger, "w:gz") as archive:
        archive.add(__file__, "holiday.txt")

    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", str(tmp_path / "missing.tar.gz"))
    with pytest.raises(CommandError, match="not a whole backup"):
        call_command("restore", str(torn))
    with pytest.raises(CommandError, match="not a backup made here"):
        call_command("restore", str(stranger))


@pytest.mark.django_db
def test_backup_that_reaches_out_of_its_folder_is_refused(tmp_path):
    hostile = tmp_path / "hostile.tar.gz"
    with tarfile.open(hostile, "w:gz") as archive:
        archive.add(__file__, "../outside.py")

    with pytest.raises(CommandError, match="not a whole backup"):
        call_command("restore", str(hostile))
    assert not (tmp_path.parent / "outside.py").exists()
