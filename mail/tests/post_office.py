"""A mail server on this machine, and a worker that does the waiting jobs: both real."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


class PostOffice:
    """Keeps what it is given, and turns away as many messages as it is told to."""

    def __init__(self):
        self.messages: list[EmailMessage] = []
        self.refusals = 0

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            self.refusals -= 1
            return "451 The post office is at lunch"
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Taken"

    def to(self, address: str) -> list[EmailMessage]:
        """Return what was sent to an address, the oldest first."""
        return [message for message in self.messages if message["To"] == address]


@pytest.fixture
def post_office(settings):
    """A mail server, which the site's mail goes through; its port is settings.EMAIL_PORT."""
    handler = PostOffice()
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()


@pytest.fixture
def work(transactional_db):
    """Empty the queue, whose tables are no models that Django empties after a test, and return a function that does all that is waiting in it."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers CASCADE")

    def work():
        with ThreadPoolExecutor(1) as thread:  # a thread of its own: a browser's driver may run an event loop in this one
            thread.submit(_work).result()

    return work


def _work() -> None:
    try:
        for _ in range(20):  # a worker that does not wait may leave before a job that its last one has put in the queue
            with app.replace_connector(app.connector.get_worker_connector()):
                app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
            if not ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=timezone.now()).exists():
                break
    finally:
        connection.close()
