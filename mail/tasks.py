"""The post office's rounds."""

import logging
from datetime import timedelta

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRIES = RetryStrategy(max_attempts=8, exponential_wait=5)  # seconds: 5, 25, 125 ... about a day in all
REMEMBERED = timedelta(days=30)
logger = logging.getLogger(__name__)


@app.task(retry=RETRIES)
def deliver(message: int) -> None:
    """Send one message; while the mail server does not answer, try again later and later."""
    from .models import Message

    try:
        Message(pk=message).deliver()
    except OSError as problem:  # the network, and whatever smtplib complains of
        logger.warning("Mail %s was not taken, and is tried again: %s", message, problem)
        Message.objects.filter(pk=message).update(complaint=str(problem)[:300])
        raise


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="forget_messages")
def forget_messages(timestamp: int) -> None:
    """Forget who was written to a month ago."""
    from .models import Message

    Message.objects.forget(timezone.now() - REMEMBERED)
