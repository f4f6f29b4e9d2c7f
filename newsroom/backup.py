"""Backup and restore: the database, the pictures and the secrets, in one archive."""

import os
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from newsroom import postgres
from newsroom.edition import announce

SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # the Python of Debian 12 has none

DUMP, MEDIA, SECRETS = "database.dump", "media", "secrets"


class BackupError(Exception):
    """A backup could not be made or read; the text says why and what to do."""


def make(folder: Path, now: datetime) -> Path:
    """Write an archive of everything into `folder`, readable by its owner only, and return its path.

    The database comes first: a picture that comes in meanwhile is in the archive without a row, never a row without its picture.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        dump, draft = Path(scratch) / DUMP, Path(scratch) / "draft.tar.gz"
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", dump)
        draft.touch(mode=0o600)
        with tarfile.open(draft, "w:gz") as archive:
            archive.add(dump, DUMP)
            for path, name in ((Path(settings.MEDIA_ROOT), MEDIA), (settings.SECRETS_DIR, SECRETS)):
                if path.exists():
                    archive.add(path, name)
        target = _claim(folder, f"newsroom-{now:%Y%m%d-%H%M%S}")
        draft.replace(target)
    return target


def _claim(folder: Path, stem: str) -> Path:
    """Make an empty file with a name that no other backup has, not even one of the same second, and return its path."""
    target, number = folder / f"{stem}.tar.gz", 1
    while True:
        try:
            target.touch(mode=0o600, exist_ok=False)
            return target
        except FileExistsError:
            number += 1
            target = folder / f"{stem}-{number}.tar.gz"


def restore(path: Path) -> None:
    """Bring back everything that an archive made by `make` holds, into a place that holds no stories."""
    if _holds_stories():
        raise BackupError("This archive holds stories already. Restore into an empty one: move var/ away, or name another DATABASE_URL and VAR_DIR.")
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as scratch:
        inside = _unpack(path, Path(scratch))
        for name, place in ((MEDIA, Path(settings.MEDIA_ROOT)), (SECRETS, settings.SECRETS_DIR)):
            _put(inside / name, place)
        # Last: until its one transaction is through, the place holds no stories, and a restore that was killed can be run again.
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", inside / DUMP)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # a search asks PostgreSQL's statistics how frequent its words are
        announce()  # the rows came before their triggers


def _unpack(path: Path, folder: Path) -> Path:
    try:
        with tarfile.open(path) as archive:
            archive.extractall(folder, members=_own(archive, path), **SAFELY)  # noqa: S202 (_own() has looked at them)
    except FileNotFoundError:
        raise BackupError(f"There is no file {path}. Say: make restore FILE=var/backups/newsroom-….tar.gz") from None
    except (tarfile.TarError, OSError, EOFError, zlib.error) as problem:
        raise BackupError(f"{path} is not a whole backup: {problem}") from None
    if not (folder / DUMP).exists():
        raise BackupError(f"{path} is not a backup made here: it holds no {DUMP}.")
    return folder


def _own(archive: tarfile.TarFile, path: Path) -> list[tarfile.TarInfo]:
    """Return what is in a backup; refuse one with anything but files and folders of its own."""
    members = archive.getmembers()
    if any(not (member.isreg() or member.isdir()) or member.name.startswith("/") or ".." in Path(member.name).parts for member in members):
        raise BackupError(f"{path} is not a whole backup: it reaches out of its folder.")
    return members


def _put(source: Path, place: Path) -> None:
    """Put the files under `source` where they belong, beside what is there."""
    for file in sorted(source.rglob("*")):
        if file.is_file():
            target = place / file.relative_to(source)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.replace(target)


def _holds_stories() -> bool:
    if "articles_article" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM articles_article)")
        return cursor.fetchone()[0]


def _run(program: str, *arguments) -> None:
    """Run one of PostgreSQL's programs on the site's database."""
    params = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE"}
    environment = os.environ | {names[key]: str(value) for key, value in params.items() if key in names and value}
    target = ["--dbname", params["dbname"]] if program == "pg_restore" else []
    done = subprocess.run([_find(program), *target, *arguments], env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-1000:]}")


def _find(program: str) -> str:
    """Return the wheel's program, or, for a server that DATABASE_URL names, the one of its own version: it knows that server best."""
    found = None if settings.OWN_POSTGRES else shutil.which(program)
    if found:
        version = subprocess.run([found, "--version"], check=False, capture_output=True, text=True).stdout
        if f") {connection.pg_version // 10_000}." in version:
            return found
    return postgres.binary(program)
