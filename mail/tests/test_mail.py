"""Mail is written with the change that asks for it, and sent by a job, once, through a real mail server."""

import time
from copy import deepcopy

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from mail.models import AT_LEISURE, Message
from newsroom.jobs import defer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def templates(settings, tmp_path):
    """A message of our own."""
    folder = tmp_path / "templates" / "mail"
    folder.mkdir(parents=True)
    (folder / "hello.subject.txt").write_text("Hello,\n{{ name }}\n")
    (folder / "hello.txt").write_text("Hello {{ name }}, from {{ publication }} at {{ site_url }}")
    (folder / "hello.html").write_text("<p>Hello {{ name }}</p>")
    settings.TEMPLATES = deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"].append(folder.parent)


def jobs():
    return list(ProcrastinateJob.objects.filter(task_name="mail.tasks.deliver").values_list("status", flat=True))


def test_message_reaches_its_reader_as_text_and_html(post_office, work):
    message = Message.objects.post("hello", "reader@example.org", {"name": "Zoë & Co"}, {"List-Id": "<daily.example.org>"})

    work()

    [mail] = post_office.messages
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == ("Hello, Zoë & Co", "reader@example.org", message.message_id)
    assert mail["List-Id"] == "<daily.example.org>"
    assert mail.get_body(["plain"]).get_content().strip() == "Hello Zoë & Co, from The Halyard at http://localhost:8000"
    assert mail.get_body(["html"]).get_content().strip() == "<p>Hello Zoë &amp; Co</p>"


def test_what_a_message_said_is_forgotten_once_it_is_sent(post_office, work):
    Message.objects.post("hello", "reader@example.org", {"name": "Ines"})

    work()

    message = Message.objects.get()
    assert (message.subject, message.text, message.html, bool(message.sent_at)) == ("Hello, Ines", "", "", True)


def test_who_was_written_to_is_forgotten_after_a_while_but_not_what_still_waits(post_office, work):
    Message.objects.post("hello", "old@example.org", {"name": "Ines"})
    work()
    Message.objects.post("hello", "waiting@example.org", {"name": "Ines"})

    Message.objects.forget(before=timezone.now())

    assert [message.to for message in Message.objects.all()] == ["waiting@example.org"]


def test_message_that_somebody_waits_for_goes_before_those_of_a_crowd(post_office, work):
    Message.objects.post("hello", "one-of-many@example.org", {"name": "Ines"}, priority=AT_LEISURE)
    Message.objects.post("hello", "buyer@example.org", {"name": "Ines"})

    work()

    assert [mail["To"] for mail in post_office.messages] == ["buyer@example.org", "one-of-many@example.org"]


def test_change_that_is_undone_sends_nothing(post_office, work):
    with transaction.atomic():
        Message.objects.post("hello", "reader@example.org", {"name": "Ines"})
        transaction.set_rollback(True)

    work()

    assert (Message.objects.count(), jobs(), post_office.messages) == (0, [], [])


@app.task(name="post_and_fail")
def post_and_fail() -> None:
    with transaction.atomic():
        Message.objects.post("hello", "reader@example.org", {"name": "Ines"})
        raise ValueError("The job that wrote the message is undone.")


def test_job_that_is_undone_leaves_no_job_behind(post_office, work):
    defer(post_and_fail)

    work()

    assert (Message.objects.count(), jobs(), post_office.messages) == (0, [], [])


def test_message_whose_job_is_done_twice_is_sent_once(post_office, work):
    message = Message.objects.post("hello", "reader@example.org", {"name": "Ines"})
    work()

    message.deliver()

    assert len(post_office.messages) == 1


def test_message_that_the_server_turns_away_waits_for_another_try(post_office, work):
    post_office.refusals = 1
    Message.objects.post("hello", "reader@example.org", {"name": "Ines"})

    work()
    first = (jobs(), len(post_office.messages))
    complaint = Message.objects.get().complaint
    time.sleep(6)
    work()

    assert first == (["todo"], 0)
    assert "lunch" in complaint
    assert (jobs(), len(post_office.messages)) == (["succeeded"], 1)


def test_subject_cannot_carry_a_second_header(post_office, work):
    Message.objects.post("hello", "reader@example.org", {"name": "Ines\r\nBcc: all@example.org"})

    work()

    [mail] = post_office.messages
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello, Ines Bcc: all@example.org"
