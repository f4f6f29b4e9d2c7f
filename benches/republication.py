"""How long republication takes: `make bench-republication`. An archive of its own is made in a temporary folder, and goes with it."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
RUNS = 200


def main() -> None:
    """Print how long each step takes, in milliseconds: the median and the slowest of 20."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)  # first in, last out: PostgreSQL stops before
    os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "newsroom.settings", "LOAD_SEEDS": "true"}
    sys.path.insert(0, str(ROOT))
    from newsroom import startup

    startup.prepare()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_seeds", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    report()


def report() -> None:
    """Measure and print."""
    from django.test import Client

    from articles.models import Article
    from licensing.models import Licence, RateCard
    from licensing.quotes import make_quote

    client = Client(headers={"host": "localhost"})
    story = Article.objects.public().for_licensing().get(slug="hallow-38-per-cent-pump")
    card = RateCard.objects.current()
    use = choice(card, story)
    licence = Licence.objects.first()
    show("a quote worked out (rights asked, one query)", timed(lambda: make_quote(card, story, use)))
    show("the price as the form asks for it", timed(lambda: client.get(f"/republish/{story.short_id}/price/", {"medium": "print", "where": "DK"})))
    show("the order form", timed(lambda: client.get(f"/republish/{story.short_id}/")))
    show("a licence’s page", timed(lambda: client.get(licence.get_absolute_url())))
    show("a section’s page", timed(lambda: client.get("/section/harbour/")))
    with worker():
        show("from the payment to the package, by a worker", [to_package(card, story, use) for _ in range(5)])


def choice(card, story):
    """Return a use of the story with its pictures, in print, in Denmark."""
    from licensing.quotes import Choice
    from licensing.rights import pictures_of

    first = {rate.question.lower(): rate for rate in reversed(card.rates.all())}
    return Choice(**first, country="DK", pictures=frozenset(image.short_id for image in pictures_of(story)))


def to_package(card, story, use) -> float:
    """Order a story, pay for it, and wait for its files; return the seconds from the order on."""
    from django.utils import timezone

    from licensing.models import Buyer, LicenceOrder, LicenceTerms, Package, Shown
    from licensing.quotes import make_quote

    buyer = Buyer("Pia Lund", "Byens Blad", "DK", f"{time.monotonic_ns()}@byens-blad.example", "Havnegade 3")
    began = time.perf_counter()
    quote = make_quote(card, story, use)
    order = LicenceOrder.objects.place(story, use, buyer, str(time.monotonic_ns()), Shown(quote.as_shown, LicenceTerms.objects.current().version))
    order.record_payment(order.owed, timezone.localdate(), order.paid)
    while not Package.objects.filter(licence__order=order).exists():
        time.sleep(0.01)
        if time.perf_counter() - began > 60:
            sys.exit("No package came within a minute.")
    return time.perf_counter() - began


@contextmanager
def worker():
    """Run a worker as `make run` does."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "worker"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(8)  # it starts, and does what the seeds left in the queue
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def timed(step: Callable) -> list[float]:
    """Return how many seconds a step takes, each of RUNS times; the first ones are not counted."""
    for _ in range(20):
        step()
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - began)
    return seconds


def show(what: str, seconds: list[float]) -> None:
    slow = sorted(seconds)[int(len(seconds) * 0.95)]
    sys.stdout.write(f"{what:<55} {median(seconds) * 1000:9.1f} ms, 19 of 20 within {slow * 1000:9.1f} ms\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
