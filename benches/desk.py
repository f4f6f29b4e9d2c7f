"""What the newsroom takes among many stories: `make bench-newsroom`, or with SIZE="10000" among fewer.

An archive is generated once and kept in var/bench. Of every page: how often it asks the database, and the median of five requests after one
that does not count. Of what is done with many stories at once: stories a second, the median of three runs; each run makes drafts, with a byline,
topics and a picture, and does with them what the worker does.
"""

import logging
import os
import subprocess
import sys
import time
from statistics import median

from search import BENCH, ROOT, machine, prepare, say

PAGES, RUNS, STORIES = 5, 3, 300
MOST_QUERIES, MOST_MILLISECONDS = 12, 300  # the aims
VERBS = {
    "PUBLISH": {},
    "TAG": {"add": ["tagged"], "remove": []},
    "MOVE": {"section": "moved"},
    "WITHDRAW": {"reason": "Measured.", "is_legal_takedown": False, "at": None},
}


def main() -> None:
    """Measure an archive in a process of its own."""
    size = os.environ.get("SIZE", "100000")
    BENCH.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"VAR_DIR": str(BENCH / f"newsroom-{size}"), "LOAD_SEEDS": "false", "DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    subprocess.run([sys.executable, __file__, size], check=True, env=environment, cwd=ROOT)


def measure(size: int) -> None:
    """Print what each page takes, and how fast many stories are changed, in the archive that the environment names."""
    sys.path.insert(0, str(ROOT))
    from newsroom import startup

    startup.prepare()
    import django

    django.setup()
    prepare(size)
    from django.contrib.auth import get_user_model
    from django.test import Client

    from articles.models import Section, Topic

    Topic.objects.get_or_create(slug="tagged", defaults={"name": "Tagged"})
    Section.objects.get_or_create(slug="moved", defaults={"name": "Moved"})
    chief = member("chief", "Administrator", get_user_model())
    client = Client(headers={"host": "localhost"})
    client.force_login(chief)
    logging.disable()  # of forms that nobody fills in
    say(machine())
    say(f"{size:,} stories{'':<62}queries  milliseconds")
    for name, address in addresses().items():
        if taken := page(client, address):
            missed = "  *" if taken[0] > MOST_QUERIES or taken[1] > MOST_MILLISECONDS else ""
            say(f"{name:<70}{taken[0]:>10}{taken[1]:14.0f}{missed}")
    runs = [at_once(chief) for _ in range(RUNS)]
    for verb in VERBS:
        say(f"{verb.lower() + ', many at once, stories a second':<70}{median(run[verb] for run in runs):24.0f}")


def member(name: str, role: str, users):
    """Return a member of the staff of a role, made where there is none."""
    from django.contrib.auth.models import Group

    user, _ = users.objects.get_or_create(username=name, defaults={"is_staff": True})
    user.groups.add(Group.objects.get(name=role))
    return user


def addresses() -> dict[str, str]:
    """Return every list, the searches and filters of stories and pictures, and every form: empty, and with its newest row."""
    from django.contrib import admin

    from articles.models import Article, Author, Source, Topic, Word

    stories = "/admin/articles/article/"
    words = list(Word.objects.order_by("-stories").values_list("text", flat=True)[:4000])
    topic, author, source = (model.objects.order_by("pk").first().pk for model in (Topic, Author, Source))
    found = {"home": "/admin/", "stories, a word in every story": f"{stories}?q=generated", "stories, a common word": f"{stories}?q={words[60]}"}
    found |= {"stories, a rare word": f"{stories}?q={words[-1]}", "stories, two words": f"{stories}?q={words[90]}+{words[900]}"}
    found |= {f"stories, {name}": f"{stories}?{query}" for name, query in {
        "drafts": "status__exact=DRAFT", "of a section": "section__id__exact=1", "on a topic": f"topic={topic}", "by an author": f"author={author}",
        "from a source": f"source={source}", "of a year": "published_on__year=2019", "with pictures": "pictures=yes", "page 900": "p=900",
        "by headline": "o=1", "in review": "waits=review", "scheduled": "waits=scheduled",
    }.items()}  # fmt: skip
    found |= {"pictures, a word": "/admin/articles/image/?q=ferry", "topics, a word": f"/admin/articles/topic/?q={words[60]}"}
    for model in admin.site._registry:
        opts, place = model._meta, f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        found[f"{opts.verbose_name_plural}, list"] = place
        found[f"{opts.verbose_name}, empty form"] = f"{place}add/"
        if row := model.objects.order_by("-pk").first():
            found[f"{opts.verbose_name}, form"] = f"{place}{row.pk}/change/"
    key = Article.objects.newest_first().first().pk
    return found | {f"article, {name}": f"{stories}{key}/{name}/" for name in ("preview", "revisions", "notes", "links", "withdraw")}


def page(client, address: str) -> tuple[int, float] | None:
    """Return how many queries a page takes, and its time in milliseconds; None where there is no such page for anybody."""
    from django.db import connection

    def counted(execute, *arguments):
        queries.append(arguments[0])
        return execute(*arguments)

    if client.get(address).status_code != 200:
        return None
    queries = []
    with connection.execute_wrapper(counted):
        client.get(address)
    taken = []
    for _ in range(PAGES):
        began = time.perf_counter()
        client.get(address)
        taken.append(1000 * (time.perf_counter() - began))
    return len(queries), median(taken)


def at_once(chief) -> dict[str, float]:
    """Return how many of STORIES new drafts a second each verb does, one verb after the other."""
    from articles.models import Article, BulkChange

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


def drafts(count: int = STORIES) -> list[int]:
    """Make drafts out of the newest stories, and return their keys."""
    from articles.models import Article

    keys = []
    for story in Article.objects.newest_first().prefetch_related("topics", "authors", "figures")[:count]:
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
