"""How many stories a second are published, tagged and moved at once: `make bench-bulk`, or with SIZES="10000" in an archive of fewer stories.

An archive is generated once and kept in var/bench; every run adds some drafts to it, each with a byline, topics and a picture, and does with
them what the worker does. The figure is the median of three runs.
"""

import os
import subprocess
import sys
import time
from statistics import median

from search import BENCH, ROOT, machine, prepare, say

RUNS, STORIES = 3, 300
VERBS = {
    "PUBLISH": {},
    "TAG": {"add": ["tagged"], "remove": []},
    "MOVE": {"section": "moved"},
    "WITHDRAW": {"reason": "Measured.", "is_legal_takedown": False, "at": None},
}


def main() -> None:
    """Measure each archive in a process of its own."""
    say(machine())
    for size in os.environ.get("SIZES", "100000").split():
        BENCH.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"VAR_DIR": str(BENCH / f"bulk-{size}"), "LOAD_SEEDS": "false", "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
        environment.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, __file__, size], check=True, env=environment, cwd=ROOT)


def measure(size: int) -> None:
    """Print how many stories a second each verb does in the archive that the environment names."""
    sys.path.insert(0, str(ROOT))
    from newsroom import startup

    startup.prepare()
    import django

    django.setup()
    prepare(size)
    from articles.models import Section, Topic

    Topic.objects.get_or_create(slug="tagged", defaults={"name": "Tagged"})
    Section.objects.get_or_create(slug="moved", defaults={"name": "Moved"})
    runs = [run() for _ in range(RUNS)]
    for verb in VERBS:
        say(f"{size:>9,} stories, {verb.lower():<10} {median(each[verb] for each in runs):6.0f} a second")


def run() -> dict[str, float]:
    """Return how many of STORIES new drafts a second each verb does, one verb after the other."""
    from django.contrib.auth import get_user_model

    from articles.models import Article, BulkChange

    chief, _ = get_user_model().objects.get_or_create(username="chief", defaults={"is_staff": True, "is_superuser": True})
    stories, rates = Article.objects.filter(pk__in=drafts()), {}
    for verb, arguments in VERBS.items():
        change = BulkChange.objects.gather(verb, stories, chief)
        change.arguments = arguments
        began = time.perf_counter()
        change.carry_out()
        rates[verb] = STORIES / (time.perf_counter() - began)
        if change.tally["done"] != STORIES:
            sys.exit(f"{verb} failed: {change.stories.failed().first().problem}")
    return rates


def drafts() -> list[int]:
    """Make drafts out of the newest stories, and return their keys."""
    from articles.models import Article

    keys = []
    for story in Article.objects.newest_first().prefetch_related("topics", "authors", "figures")[:STORIES]:
        draft = Article.objects.create(
            headline=story.headline, standfirst=story.standfirst, body=story.body, section_id=story.section_id, source_id=story.source_id
        )
        draft.topics.set(story.topics.all())
        for place, author in enumerate(story.authors.all(), start=1):
            draft.contributions.create(author=author, position=place)
        for figure in story.figures.all():
            draft.figures.create(image_id=figure.image_id, caption=figure.caption, position=figure.position, is_lead=figure.is_lead)
        keys.append(draft.pk)
    return keys


if __name__ == "__main__":
    measure(int(sys.argv[1])) if sys.argv[1:] else main()
