"""The post office's rounds."""

from datetime import timedelta

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRIES = RetryStrategy(max_attempts=8, exponential_wait=5)  # seconds: 5, 25, 125 ... about a day in all
REMEMBERED = timedelta(days=30)


@app.task(retry=RETRIES)
def deliver(message: int) -> None:
    """Send one message; while the mail server does not answer, try again later and later."""
    from .models import Message

    Message(pk=message).deliver()


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="forget_messages")
def forget_messages(timestamp: int) -> None:
    """Forget who was written to a month ago."""
    from .models import Message

    Message.objects.forget(timezone.now() - REMEMBERED)
