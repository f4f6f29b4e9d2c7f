"""The job queue: what the desk sees of it, and what becomes of a killed worker's jobs."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.tests.build import make_user
from mail.tasks import deliver
from newsroom.tasks import forget_uses, take_up_stalled_jobs

LIST = reverse("admin:procrastinate_procrastinatejob_changelist")
VIEW, CHANGE = "procrastinate.view_procrastinatejob", "procrastinate.change_procrastinatejob"


@pytest.fixture(autouse=True)
def queue(work):
    """Each test begins with an empty queue."""


def make_job(status="todo"):
    """Return the id of a job in this state."""
    job = deliver.defer(message=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job])
    return job


def states():
    return dict(ProcrastinateJob.objects.values_list("pk", "status"))


def test_desk_sees_what_waits_and_what_failed(client):
    make_job(), make_job("failed")
    client.force_login(make_user("desk", VIEW))

    page = client.get(LIST).content.decode()

    assert "Waiting" in page
    assert "Failed" in page


def test_failed_job_is_tried_again_and_a_running_one_is_left_alone(client):
    failed, running = make_job("failed"), make_job("doing")
    client.force_login(make_user("desk", VIEW, CHANGE))

    client.post(LIST, {"action": "retry", "_selected_action": [failed, running]})

    assert states() == {failed: "todo", running: "doing"}


def test_retry_needs_its_permission(client):
    failed = make_job("failed")
    client.force_login(make_user("desk", VIEW))

    client.post(LIST, {"action": "retry", "_selected_action": [failed]})

    assert states() == {failed: "failed"}


def test_jobs_of_a_worker_that_was_killed_are_taken_up_again(work):
    stalled, running = make_job("doing"), make_job("doing")
    with connection.cursor() as cursor:
        for job, age in ((stalled, "2 minutes"), (running, "1 second")):
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id", [age])
            cursor.execute("UPDATE procrastinate_jobs SET worker_id = %s WHERE id = %s", [cursor.fetchone()[0], job])
            cursor.execute("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', now())", [job])

    take_up_stalled_jobs.defer(timestamp=0)
    work()

    found = states()
    assert found[running] == "doing"
    assert found[stalled] != "doing"


def test_list_opens_on_what_waits_and_what_failed(client):
    client.force_login(make_user("desk", VIEW))
    waiting, failed, done = make_job(), make_job("failed"), make_job("succeeded")

    shown = {query: {job.pk for job in client.get(LIST, query).context["cl"].queryset} for query in ((), (("state", "failed"),), (("state", "all"),))}

    assert list(shown.values()) == [{waiting, failed}, {failed}, {waiting, failed, done}]


def test_waiting_job_is_tried_now(client):
    job = make_job()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '5 hours' WHERE id = %s", [job])
    client.force_login(make_user("desk", VIEW, CHANGE))

    client.post(LIST, {"action": "retry", "_selected_action": [job]})

    assert ProcrastinateJob.objects.get(pk=job).scheduled_at <= timezone.now()


def test_failed_job_whose_like_is_waiting_is_left_alone_in_words(client):
    failed = forget_uses.defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [failed])
    waiting = forget_uses.defer(timestamp=1)
    client.force_login(make_user("desk", VIEW, CHANGE))

    page = client.post(LIST, {"action": "retry", "_selected_action": [failed]}, follow=True).content.decode()

    assert "1 left alone: the same is waiting or running already." in page
    assert states() == {failed: "failed", waiting: "todo"}
