"""Run the whole site on this machine: what `make run` calls."""

import ctypes
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from articles.models import Section

EDITOR = "editor"
PR_SET_PDEATHSIG = 1
WEB = [sys.executable, "-m", "gunicorn", "--config", "newsroom/gunicorn.py", "newsroom.wsgi"]
WORKER = [sys.executable, "manage.py", "procrastinate", "worker"]


class Command(BaseCommand):
    help = "Migrate, load the seeds the first time, collect static files and serve the site until Ctrl-C."

    def handle(self, *args, **options):
        for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a shell starts background jobs with it ignored
            signal.signal(number, signal.default_int_handler)
        try:
            self._refuse_taken_port()
            password = self._prepare()
            signals = _note_signals()
        except KeyboardInterrupt:
            raise CommandError("Stopped before the site was up.") from None
        self._greet(password)
        self._serve(signals)

    def _prepare(self) -> str:
        """Bring database and static files up to date, one process at a time, and return what _first_editor does."""
        with (settings.VAR_DIR / "run.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                call_command("migrate", verbosity=0, interactive=False)
            except OperationalError as problem:
                raise CommandError(f"The database cannot be used: {problem}") from None
            if not Section.objects.exists():
                call_command("load_seeds", bare=not settings.LOAD_SEEDS, stdout=self.stdout)
            call_command("collectstatic", verbosity=0, interactive=False)
            return self._first_editor()

    def _greet(self, password: str) -> None:
        self.stdout.write(f"\n{settings.PUBLICATION_NAME} is at {settings.SITE_URL}/ and its newsroom at {settings.SITE_URL}/admin/")
        if password:
            self.stdout.write(f"Sign in there as {EDITOR} with the password {password} (shown this once; change it in the newsroom).")
        self.stdout.write("Ctrl-C ends everything.\n\n")
        self.stdout.flush()

    def _refuse_taken_port(self) -> None:
        with socket.socket(socket.AF_INET6 if ":" in settings.BIND else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.BIND, settings.PORT))
            except OSError as problem:
                advice = "End what runs there, or choose another: make run PORT=8001" if problem.errno else "BIND must be an address of this machine."
                raise CommandError(f"Port {settings.PORT} cannot be used at {settings.BIND} ({problem.strerror or problem}). {advice}") from None

    def _first_editor(self) -> str:
        """Make the first account of a new archive, and return its password; "" where there are accounts."""
        users = get_user_model().objects
        if users.exists():
            return ""
        password = secrets.token_urlsafe(12)
        users.create_superuser(EDITOR, password=password)
        return password

    def _serve(self, signals: list[int]) -> None:
        """Run the site until a signal to stop comes or its web server ends; a worker that ends is started again; SIGHUP has both take new code."""
        web, worker, takes_new_code = _spawn(WEB), _spawn(WORKER), False
        while not set(signals) - {signal.SIGHUP} and web.poll() is None:
            if signal.SIGHUP in signals:
                signals.remove(signal.SIGHUP)
                self.stderr.write("Taking new code.")
                web.send_signal(signal.SIGHUP)
                worker.terminate()
                takes_new_code = True
            if worker.poll() is not None:
                self.stderr.write(f"The worker for jobs {'starts anew for the new code' if takes_new_code else 'has ended; it is started again'}.")
                time.sleep(1)  # one that cannot start does not fill the log
                worker, takes_new_code = _spawn(WORKER), False
            time.sleep(0.2)
        for process in (web, worker):
            process.terminate()
        for process in (web, worker):
            process.wait()
        if not signals:
            raise CommandError("The web server has ended; what it said stands above.")


def _note_signals() -> list[int]:
    """Return a list that signals are noted in from now on, not raised: Python swallows what is raised while it forks.

    A terminal that is closed sends SIGHUP too, and is to end the site: there it keeps its meaning.
    """
    signals = []
    for number in (signal.SIGINT, signal.SIGTERM) if os.isatty(0) else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: signals.append(number))
    return signals


def _spawn(command: list[str]) -> subprocess.Popen:
    """Start a process of the site in a session of its own, so that Ctrl-C reaches only us and we end it in order."""
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True, preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    """Have the kernel end this process should its parent be killed (Linux; elsewhere the next `make run` names the taken port)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
