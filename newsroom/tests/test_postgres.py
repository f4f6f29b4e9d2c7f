"""The embedded PostgreSQL: found in any folder, shared by processes, whole again after a kill -9."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from newsroom import postgres

HOLD = "from newsroom import startup; startup.prepare(); print('held', flush=True); input()"
QUERY = """
import sys
from newsroom import startup
startup.prepare()
import psycopg
from newsroom import settings
place = settings.DATABASES["default"]
with psycopg.connect(host=place["HOST"], port=place["PORT"], user=place["USER"], dbname=place["NAME"]) as connection:
    rows = connection.execute(sys.argv[1])
    print(rows.fetchone()[0] if rows.description else "done")
"""


@pytest.fixture
def var(tmp_path):
    """A folder for one server, in a path with a space, a quote and more letters than a UNIX socket's path may have."""
    folder = tmp_path / "the editor's archive" / ("long " * 12).strip()
    folder.mkdir(parents=True)
    yield folder
    if (home := folder / "postgres").is_symlink():
        shutil.rmtree(home.resolve())


@pytest.fixture
def listed():
    """A folder that the server's user reaches, with a comma in a path that is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="news,views-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def environment(var):
    return {"PATH": os.environ["PATH"], "VAR_DIR": str(var), "LANG": "C"}


def run(var, sql, **more):
    command = [sys.executable, "-c", QUERY, sql]
    return subprocess.run(command, env=environment(var) | more, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=60)


def query(var, sql, **more):
    done = run(var, sql, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def command_server(var, dbname, sql):
    """Say something to a running server by another of its databases."""
    with psycopg.connect(host=postgres.database(var)["HOST"], port=postgres.PORT, user="newsroom", dbname=dbname, autocommit=True) as connection:
        connection.execute(sql)


def hold(var):
    """Return a process that holds the server until its standard input closes."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], env=environment(var), cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def let_go(process):
    process.communicate("\n", timeout=60)


def server_pid(var):
    """Return the server's process id, or None where none runs."""
    file = var / "postgres" / "data" / "postmaster.pid"
    return int(file.read_text().splitlines()[0]) if file.exists() else None


def test_data_is_kept_between_runs_and_the_last_one_out_stops_the_server(var):
    query(var, "CREATE TABLE kept AS SELECT 'ferry' AS word")

    assert server_pid(var) is None
    assert query(var, "SELECT word FROM kept") == "ferry"


def test_letters_are_letters_whatever_the_language_of_the_shell(var):
    assert query(var, "SELECT current_setting('server_encoding') || upper('é')") == "UTF8É"
    query(var, "CREATE EXTENSION pg_trgm")
    assert int(query(var, "SELECT cardinality(show_trgm('북한'))")) > 0


def test_processes_share_one_server_and_one_that_leaves_does_not_stop_it(var):
    first, second = hold(var), hold(var)
    pid = server_pid(var)

    let_go(first)

    assert server_pid(var) == pid
    let_go(second)
    assert server_pid(var) is None


@pytest.mark.slow
def test_server_killed_in_mid_work_comes_back_with_everything_committed(var):
    holder = hold(var)
    query(var, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server_pid(var), signal.SIGKILL)
    holder.kill()
    holder.communicate()

    assert query(var, "SELECT answer FROM kept") == "42"


def test_process_killed_while_it_holds_leaves_nothing_that_the_next_one_minds(var):
    holder = hold(var)
    holder.kill()
    holder.communicate()
    pid = server_pid(var)

    assert query(var, "SELECT 1") == "1"

    assert pid
    assert server_pid(var) is None


@pytest.mark.slow
def test_many_processes_at_once_start_one_server(var):
    begun = time.monotonic()
    holders = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD], env=environment(var), cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [holder.stdout.readline() for holder in holders] == ["held\n"] * 4
    assert time.monotonic() - begun < 60

    for holder in holders:
        let_go(holder)
    assert server_pid(var) is None


def test_server_listens_on_no_network_address(var):
    assert query(var, "SELECT current_setting('listen_addresses')") == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("PGPORT", "6543"), ("PGHOSTADDR", "127.0.0.1"), ("PGSERVICE", "warehouse"), ("PGREQUIREAUTH", "scram-sha-256"), ("PGSSLMODE", "nonsense")],
)
def test_variables_that_are_about_another_server_change_nothing(var, name, value):
    assert query(var, "SELECT current_setting('port')", **{name: value}) == "5432"


def test_first_start_that_was_interrupted_before_it_made_the_database_is_made_good(var):
    holder = hold(var)
    command_server(var, "postgres", "DROP DATABASE newsroom")

    assert query(var, "SELECT current_database()") == "newsroom"

    command_server(var, "postgres", "DROP DATABASE newsroom")
    let_go(holder)
    assert query(var, "SELECT current_database()") == "newsroom"


def test_start_that_fails_leaves_no_server_behind(var):
    holder = hold(var)
    command_server(var, "newsroom", "ALTER DATABASE postgres RENAME TO elsewhere")
    let_go(holder)

    done = run(var, "SELECT 1")

    assert done.returncode != 0
    assert done.stderr.startswith("newsroom: PostgreSQL runs, but its database newsroom cannot be made")
    assert "Traceback" not in done.stderr
    assert server_pid(var) is None


def test_path_with_a_comma_is_one_folder(listed):
    assert query(listed, "SELECT 42") == "42"
    assert (listed / "postgres" / "data").is_dir()


def test_link_to_a_folder_that_is_gone_is_named_in_one_line(var):
    (var / "postgres").symlink_to(var / "unplugged disk")

    done = run(var, "SELECT 1")
    (var / "postgres").unlink()

    assert done.returncode != 0
    assert f"points to {var / 'unplugged disk'}, which is not there" in done.stderr
    assert len(done.stderr.splitlines()) == 1
