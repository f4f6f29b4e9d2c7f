"""The edition: all that readers can see, from one change of it to the next.

Triggers (migrations/0004_edition.py) announce the number of every transaction that changes what readers can see on a channel of PostgreSQL's
(LISTEN, NOTIFY), which brings it to every process that listens, on every host, when the transaction commits. PostgreSQL delivers announcements in
the order of the commits, so whoever has heard his own has heard all that was committed before: that is the heartbeat.
"""

import logging
import math
import secrets
import threading
import time
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

import psycopg
from django.db import Error, connection
from django.http import HttpRequest
from django.utils import timezone

from articles.models import Article

CHANNEL = "newsroom_edition"
IN_FORCE = "newsroom.edition"  # in the environ of WSGI: the edition when the request came, None where nobody could know
BEAT = 0.25  # seconds between heartbeats
LONGEST_SILENCE = 0.9  # seconds after the last one that came back
PAUSE = 1  # seconds, before a lost connection is made again

logger = logging.getLogger(__name__)


class Edition:
    """One edition, by its number ("" where no change was heard of yet), the pages that were made of it, and what more than one of them shows."""

    def __init__(self, number: str, until: datetime, pages):
        self.number, self.pages, self.parts = number, pages, {}
        self._until = until.timestamp()

    @property
    def is_over(self) -> bool:
        return time.time() >= self._until


class Listener(threading.Thread):
    """The thread of a process that knows whether what the process remembers is still true."""

    def __init__(self, make_pages):
        super().__init__(name="edition", daemon=True)
        self._make_pages = make_pages
        self._edition, self._number, self._heard_at, self._was_lost = None, "", -math.inf, False
        self._heart = f"{CHANNEL}_{secrets.token_hex(8)}"
        self._stopped = threading.Event()

    def current(self) -> Edition | None:
        """Return the edition that is in force; None where nothing was heard for too long, so that nobody can know."""
        edition = self._edition
        if not edition or edition.is_over or time.monotonic() - self._heard_at > LONGEST_SILENCE:
            return None
        return edition

    @property
    def known_at(self) -> float:
        """The moment of the last heartbeat that came back, in seconds since 1970: everything that was committed before it has been heard of."""
        return time.time() - (time.monotonic() - self._heard_at)

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except (Error, psycopg.Error) as problem:
                logger.warning("Pages are made anew for each reader until PostgreSQL answers again: %s", str(problem).partition("\n")[0])
                self._was_lost = True
            finally:
                self._edition, self._heard_at = None, -math.inf
                connection.close()
            self._stopped.wait(PAUSE)

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def _listen(self) -> None:
        connection.ensure_connection()
        wire = connection.connection  # psycopg's, which commits each of these statements at once
        wire.execute(f"LISTEN {CHANNEL}")
        wire.execute(f"LISTEN {self._heart}")
        wire.execute("SET synchronous_commit = off")  # a heartbeat need not reach the disk
        while not self._stopped.is_set():
            wire.execute("SELECT pg_notify(%s, %s)", [self._heart, str(time.monotonic())])
            next_beat = time.monotonic() + BEAT
            while (left := next_beat - time.monotonic()) > 0:
                if not self._edition or self._edition.is_over:
                    self._edition = Edition(self._number, next_moment(), self._make_pages())
                for heard in wire.notifies(timeout=left, stop_after=1):
                    if heard.channel == CHANNEL:
                        self._edition, self._number = None, heard.payload
                    else:
                        self._hear_own(float(heard.payload))

    def _hear_own(self, sent_at: float) -> None:
        self._heard_at = sent_at
        if self._was_lost:
            logger.warning("Pages are kept again.")
            self._was_lost = False


def remembered(request: HttpRequest | None, what: Hashable, make: Callable):
    """Return what `make()` returns; this process then does not make it again in this edition.

    It must depend on nothing but `what`, which names it, and what the triggers of the edition watch; and there must be few of it, as of sections.
    In a transaction it is made anew: what that has written may not come to be.
    """
    edition = request and request.META.get(IN_FORCE)
    if not edition or connection.in_atomic_block:
        return make()
    if what not in edition.parts:
        edition.parts[what] = make()
    return edition.parts[what]


def announce() -> None:
    """Say that readers see something else, where no trigger could."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, pg_current_xact_id()::text)", [CHANNEL])


def next_moment() -> datetime:
    """Return when readers will see something else although nobody changes anything: a story opens or closes, or a new day begins."""
    now = timezone.localtime()
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), datetime.min.time()))
    return min(filter(None, [midnight, Article.objects.next_moment(now)]))
