"""What the archive does when nobody waits."""

import logging
from datetime import UTC, datetime

from django.contrib.auth import get_user_model
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.renditions import Unreadable
from newsroom.jobs import defer

MOST_PICTURES = 100  # that one run puts in the queue
MOST_STORIES = 500  # that one run closes
AFTER_ALL_ELSE = -10  # their priority
SMALL = 5_000  # stories: so few are read in half a second

logger = logging.getLogger(__name__)


@app.task(retry=RetryStrategy(max_attempts=3, exponential_wait=5))
def make_renditions(image: int) -> None:
    """Make the copies of a picture that readers get; one that has been deleted needs none, one whose original is lost or damaged gets none."""
    from .models import Image

    for found in Image.objects.filter(pk=image):
        try:
            found.make_renditions()
        except (FileNotFoundError, Unreadable) as lost:
            logger.warning("Picture %s has no copies for readers, its original cannot be read: %s", found.short_id, lost)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="take_up_pictures")
def take_up_pictures(timestamp: int) -> None:
    """Put pictures without copies, or with ones of an older recipe, in the queue, some at a time and behind all other work.

    They are drawn by lot, so that those which cannot be made hold nobody up.
    """
    from .models import Image

    if ProcrastinateJob.objects.filter(task_name=make_renditions.name, status="todo").exists():
        return
    for image in Image.objects.to_make().order_by("?").values_list("pk", flat=True)[:MOST_PICTURES]:
        defer(make_renditions, AFTER_ALL_ELSE, image=image)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="collect_words")
def collect_words(timestamp: int) -> None:
    """Read the words that readers may have meant anew: every night, in a small archive every ten minutes."""
    from .models import IndexEntry, Word

    at = timezone.localtime(datetime.fromtimestamp(timestamp, UTC))
    is_night = (at.hour, at.minute // 10) == (3, 0)
    if is_night or not Word.objects.exists() or IndexEntry.objects.all()[: SMALL + 1].count() <= SMALL:
        Word.objects.collect()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="close_stories")
def close_stories(timestamp: int) -> None:
    """Note the withdrawals whose moment has come: readers see those stories no more already, but licensees are told by what is noted."""
    from .models import Article

    for story in Article.objects.due_to_close().order_by("withdrawn_at")[:MOST_STORIES]:
        story.close()


@app.task(retry=RetryStrategy(max_attempts=5, exponential_wait=5))
def carry_out(change: int) -> None:
    """Do with many stories what an editor asked for, one after the other; those that are done already are passed over."""
    from .models import BulkChange

    for found in BulkChange.objects.select_related("made_by").filter(pk=change):
        found.carry_out()


@app.task(retry=RetryStrategy(max_attempts=5, exponential_wait=5))
def merge(kind: str, kept: int, others: list[int], by: int) -> None:
    """Put topics, or authors, together that have many stories."""
    from .models import Author, Topic

    model = {"topic": Topic, "author": Author}[kind]
    for found in model.objects.filter(pk=kept):
        found.absorb(others, get_user_model().objects.get(pk=by))


@app.periodic(cron="41 4 * * *")
@app.task(queueing_lock="forget_sittings")
def forget_sittings(timestamp: int) -> None:
    """Forget what was typed a month ago and never saved."""
    from .models import Sitting

    Sitting.objects.forget()


@app.periodic(cron="51 4 * * *")
@app.task(queueing_lock="forget_bulk_changes")
def forget_bulk_changes(timestamp: int) -> None:
    """Forget changes of many stories that nobody confirmed, and those of three months ago."""
    from .models import BulkChange

    BulkChange.objects.forget()
