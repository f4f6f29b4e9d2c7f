"""kill -9 of the worker in the middle of a newsletter: nobody is left out, and at most the mail in flight comes twice, as itself."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from urllib.parse import quote

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from mail.models import Message
from newsletters.models import Issue
from newsletters.tasks import send_newsletter
from newsletters.tests.build import CLOSING, make_issue, make_story, make_subscription

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
READERS = [f"reader{number:03}@example.org" for number in range(500)]
IN_FLIGHT = 200
LONGEST = 240  # seconds; what a killed worker was at is taken up 30 to 90 seconds later


@pytest.fixture
def worker(settings, work, post_office, tmp_path):
    """Return a function that starts the worker of `manage.py run`, on the test's database and mail server; their log is printed on failure."""
    found, processes = connection.settings_dict, []
    database = f"postgres://{found['USER']}@{quote(found['HOST'], safe='')}/{found['NAME']}"
    names = {"DATABASE_URL": database, "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}", "VAR_DIR": str(settings.VAR_DIR)}
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    with (tmp_path / "log").open("w+") as log:

        def start() -> subprocess.Popen:
            processes.append(subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | names, stdout=log, stderr=log))
            return processes[-1]

        yield start
        for process in processes:
            process.terminate()
            process.wait()
        log.seek(0)
        sys.stdout.write(log.read())


def wait_for(condition) -> None:
    until = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < until, "It takes too long."
        time.sleep(0.02)


def kill(process: subprocess.Popen) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def make_newsletter() -> Issue:
    """Return the newsletter that the next worker is to write to 500 readers."""
    for email in READERS:
        make_subscription(email, at=CLOSING)
    issue = make_issue(make_story("Ferry late"), make_story("Reservoir at its low mark", minutes=90))
    send_newsletter.defer(timestamp=0)
    return issue


def is_sent(issue: Issue) -> bool:
    return Issue.objects.get(pk=issue.pk).written_at is not None and not Message.objects.filter(sent_at=None).exists()


def test_worker_that_is_killed_while_it_sends_repeats_the_mail_in_flight_and_leaves_nobody_out(worker, post_office, monkeypatch):
    issue = make_newsletter()
    take = post_office.handle_DATA

    async def take_and_hold(server, session, envelope):
        answer = await take(server, session, envelope)
        if len(post_office.messages) == IN_FLIGHT:  # taken, and the worker has not heard so yet
            await asyncio.sleep(3)
        return answer

    monkeypatch.setattr(post_office, "handle_DATA", take_and_hold)
    first = worker()
    wait_for(lambda: len(post_office.messages) == IN_FLIGHT)
    kill(first)
    worker()
    wait_for(lambda: is_sent(issue))

    received = Counter((mail["To"], mail["Message-ID"]) for mail in post_office.messages)
    assert sorted(to for to, _ in received) == READERS
    assert sorted(received.values()) == [1] * (len(READERS) - 1) + [2]


def test_worker_that_is_killed_while_it_writes_repeats_nothing_and_leaves_nobody_out(worker, post_office):
    issue = make_newsletter()

    first = worker()
    wait_for(lambda: ProcrastinateJob.objects.filter(task_name="newsletters.tasks.send_newsletter", status="doing").exists())
    time.sleep(0.5)
    kill(first)
    written_at_kill = Message.objects.count()
    worker()
    wait_for(lambda: is_sent(issue))

    assert written_at_kill in {0, len(READERS)}  # all or nothing
    assert sorted(mail["To"] for mail in post_office.messages) == READERS
