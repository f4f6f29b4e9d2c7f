"""`make run` as a newcomer types it: on a fresh copy, twice, after kills, as root and as an ordinary user."""

import contextlib
import fcntl
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from django.conf import settings

pytestmark = pytest.mark.slow
PYTHON = Path(sys.base_prefix) / "bin" / "python3"
FIRST_START, LATER_START = 180, 10  # seconds


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def clone(tmp_path):
    """A fresh copy of what git knows, in a path with a space."""
    folder = tmp_path / "my paper"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=settings.BASE_DIR, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(settings.BASE_DIR / name, folder / name)
    return folder


class Site:
    """A `make run` of our own, on a port of its own."""

    def __init__(self, folder, home, user=None):
        self.port, self.user, self.python = free_port(), user, PYTHON
        self.address = f"http://localhost:{self.port}"
        self.environment = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self.environment |= {"PATH": os.environ["PATH"], "HOME": str(home)}
        self.folder, self.log, self.process = folder, home / "log", None

    def start(self, patience):
        """Start and return the seconds until it answers."""
        if self.process:
            self.process.wait(timeout=30)
        begun = time.monotonic()
        command = ["make", "run", f"PORT={self.port}", f"PYTHON={self.python}"]
        self.log.write_text("")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.user,
            )
        while time.monotonic() - begun < patience:
            assert self.process.poll() is None, self.log.read_text()
            if self.status("/healthz") == 200:
                return time.monotonic() - begun
            time.sleep(0.1)
        pytest.fail(f"no answer within {patience} s:\n{self.log.read_text()}")

    def status(self, path):
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as response:  # noqa: S310 (http, to ourselves)
                self.body = response.read().decode()
                return response.status
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            return None

    def stop(self):
        """Press Ctrl-C, as a terminal does: to the whole foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=60)

    def pids(self):
        """Return the processes of this copy: its own, gunicorn's and PostgreSQL's."""
        home = (self.folder / "var" / "postgres").resolve()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
                place = str((entry / "cwd").readlink()) if words else ""
            except OSError:
                continue
            if place == str(self.folder) or str(home).encode() in words:
                found.append(int(entry.name))
        return found


@pytest.fixture
def site(clone, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    running = Site(clone, home)
    yield running
    for pid in running.pids():
        os.kill(pid, signal.SIGKILL)
    if running.process:
        running.process.wait(timeout=30)
    home = clone / "var" / "postgres"
    if home.is_symlink():
        shutil.rmtree(home.resolve())


def test_fresh_copy_serves_the_seeds_and_loses_nothing_when_everything_is_killed(site):
    first = site.start(FIRST_START)

    assert site.status("/") == 200
    lead = re.search(r'lead__headline"><a href="([^"]+)"', site.body)[1]
    assert re.search(r"Sign in there as editor with the password \S{16} ", site.log.read_text())

    for pid in site.pids():
        os.kill(pid, signal.SIGKILL)
    site.process.wait(timeout=30)
    second = site.start(LATER_START * 2)

    assert site.status(lead) == 200
    assert "Sign in" not in site.log.read_text()
    site.stop()
    assert site.pids() == []
    third = site.start(LATER_START)
    assert site.status(lead) == 200
    sys.stderr.write(f"\nfirst start {first:.1f} s, after kills {second:.1f} s, third {third:.1f} s\n")


def test_killing_only_the_parent_ends_the_server_too(site):
    site.start(FIRST_START)

    os.kill(one(site, b"manage.py\0run"), signal.SIGKILL)

    deadline = time.monotonic() + 20
    while site.status("/healthz") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert site.status("/healthz") is None
    site.start(LATER_START * 2)


def test_worker_that_is_killed_is_started_again_and_the_site_stays(site):
    site.start(FIRST_START)
    worker = one(site, b"procrastinate\0worker")

    os.kill(worker, signal.SIGKILL)

    deadline = time.monotonic() + 20
    while one(site, b"procrastinate\0worker") in {worker, None} and time.monotonic() < deadline:
        time.sleep(0.1)
    assert one(site, b"procrastinate\0worker") not in {worker, None}
    assert site.status("/healthz") == 200
    assert "The worker for jobs has ended; it is started again." in site.log.read_text()
    site.stop()
    assert site.pids() == []


def one(site, words):
    """Return the process of a site that has these words in its command, or None."""
    return next((pid for pid in site.pids() if words in (Path("/proc") / str(pid) / "cmdline").read_bytes()), None)


def interpreter_of(user):
    """Return a Python that this user can execute and make virtual environments with."""
    for python in (PYTHON, Path("/usr/bin/python3")):
        with contextlib.suppress(OSError):
            if subprocess.run([python, "-c", "import ensurepip"], user=user.pw_uid, check=False, cwd="/").returncode == 0:
                return python
    return pytest.fail("an ordinary user has no Python here: install python3-venv")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_ordinary_user_needs_nothing_that_root_has(site, tmp_path):
    user = pwd.getpwnam("nobody")
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)
    for path in (site.folder, site.log.parent, *site.folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    site.user, site.python = user.pw_uid, interpreter_of(user)

    site.start(FIRST_START)

    assert site.status("/") == 200


def test_taken_port_is_named_in_one_line(site):
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        done = subprocess.run(
            ["make", "run", f"PORT={site.port}", f"PYTHON={PYTHON}"],
            cwd=site.folder, env=site.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=FIRST_START,
        )  # fmt: skip

    assert done.returncode != 0
    assert f"Port {site.port} cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_old_python_is_named_in_one_line(site, tmp_path):
    old = tmp_path / "python3.9"
    old.write_text(f'#!/bin/sh\nexec {PYTHON} -c "import sys; sys.version_info = (3, 9, 2, \'final\', 0); exec(sys.argv[1])" "$2"\n')
    old.chmod(0o755)

    done = subprocess.run(["make", "run", f"PYTHON={old}"], cwd=site.folder, env=site.environment, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "Python 3.11 or later is needed, and this is 3.9" in done.stderr
    assert not (site.folder / ".venv" / "installed").exists()


@pytest.fixture
def var(tmp_path):
    """A new place for data, gone afterwards."""
    folder = tmp_path / "var"
    folder.mkdir()
    yield folder
    if (folder / "postgres").is_symlink():
        shutil.rmtree((folder / "postgres").resolve())


@pytest.fixture
def serve(var):
    """Start the site as `make run` does, as a background job of a shell: with SIGINT ignored."""
    started = []

    def start(port, **more):
        environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), "PORT": str(port), "LOAD_SEEDS": "false"} | more
        command = ["/bin/sh", "-c", 'trap "" INT; exec "$0" manage.py run', sys.executable]
        process = subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            end(process)
        process.stdout.close()


def end(process):
    """Interrupt a site, and return the rest of what it says."""
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=30)[0]
    finally:
        process.kill()


def greeting(process):
    """Return what a site says until it is about to serve."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            break
    return "".join(lines)


def test_two_first_starts_at_once_both_come_up_with_one_editor(serve):
    sites = [serve(free_port()) for _ in range(2)]

    greetings = [greeting(process) for process in sites]

    assert ["Ctrl-C ends everything." in text for text in greetings] == [True, True], greetings
    assert sorted("Sign in there" in text for text in greetings) == [False, True]
    assert {end(process).strip() for process in sites} <= {"", "Launching a worker on all queues"}
    assert [process.returncode for process in sites] == [0, 0]


def test_interrupt_before_the_site_is_up_ends_it_with_one_line(serve, var):
    with (var / "run.lock").open("w") as lock:  # another first start is at work: this one waits
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = serve(free_port())
        deadline = time.monotonic() + 60
        while f"-> {lock_id(lock)}" not in waiters():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        output = end(process)

    assert output == "CommandError: Stopped before the site was up.\n"
    assert process.returncode != 0


def lock_id(lock):
    return os.fstat(lock.fileno()).st_ino


def waiters():
    """Return what waits for a lock, as the kernel lists it."""
    return "".join(f"-> {line.split()[-3].split(':')[-1]}\n" for line in Path("/proc/locks").read_text().splitlines() if "->" in line)


def test_hang_up_has_the_site_take_new_code_and_stay(serve):
    port = free_port()
    process = serve(port, WORKERS="1")
    greeting(process)
    until(lambda: answers(port) and len(descendants(process)) >= 3)
    web, *others = descendants(process)

    process.send_signal(signal.SIGHUP)

    until(lambda: not set(others) & set(descendants(process)) and len(descendants(process)) >= 3 and answers(port))
    assert descendants(process)[0] == web
    assert process.poll() is None
    said = end(process)
    assert "Taking new code.\nThe worker for jobs starts anew for the new code.\n" in said.replace("Launching a worker on all queues\n", "")
    assert "has ended" not in said


def descendants(process):
    """Return gunicorn, then what else the site runs: gunicorn's worker, and the one for jobs."""
    found = psutil.Process(process.pid).children(recursive=True)
    return [child.pid for child in sorted(found, key=lambda child: child.create_time()) if {"gunicorn", "procrastinate"} & set(child.cmdline())]


def answers(port):
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
        return response.status == 200


def until(condition):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(psutil.Error):  # a process that ended just now
            if condition():
                return
        time.sleep(0.1)
    pytest.fail("it did not come about in a minute")
