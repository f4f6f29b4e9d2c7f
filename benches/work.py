"""What is done with many stories and pictures when nobody waits: the time of each, and what it leaves behind is taken away."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from statistics import median

import desk

PIXELS = (6000, 4000)


def imports(runs: int, count: int, folder: Path) -> dict:
    """Measure the import of stories from files of page text."""
    from articles.importers import FORMATS
    from articles.models import ImportedFile
    from articles.models.imports import Intake

    def take_in(file: Path) -> None:
        for story in FORMATS["page-text"](file):
            ImportedFile.objects.take_in(file, story, Intake("page-text"))

    return summed([each(files(run, count, folder), take_in) for run in range(runs)])


def files(run: int, count: int, folder: Path) -> list[Path]:
    """Write the newest stories as pages of text, under headlines of their own."""
    from articles.models import Article

    folder = folder / f"pages-{run}"
    folder.mkdir(parents=True, exist_ok=True)
    for number, story in enumerate(Article.objects.newest_first().prefetch_related("topics")[:count]):
        headline = f"{story.headline} {run} {number}"
        paragraphs = story.body.removeprefix("<p>").removesuffix("</p>").split("</p><p>")
        topics = "\n".join(topic.name for topic in story.topics.all())
        parts = [
            headline,
            f"{headline}\nA caption of a picture.",
            *paragraphs,
            f"By {story.byline.split(';')[0]} (The Halyard)",
            f"More about\n{topics}",
        ]
        (folder / f"{number}.txt").write_text("\n\n".join(parts))
    return sorted(folder.iterdir())


def publishing(runs: int, count: int) -> dict:
    """Measure the publication of many drafts at once, each with byline, topics and picture."""
    from django.contrib.auth import get_user_model

    from articles.models import Article, BulkChange

    chief, times = desk.member("chief", "Administrator", get_user_model()), []
    for _ in range(runs):
        change = BulkChange.objects.gather("PUBLISH", Article.objects.filter(pk__in=desk.drafts(count)), chief)
        begun, do = [], change._do_one
        change._do_one = lambda *which, begun=begun, do=do: (begun.append(time.perf_counter()), do(*which))
        change.carry_out()
        begun.append(time.perf_counter())
        if change.tally["done"] != count:
            sys.exit(f"Not every story was published: {change.stories.failed().first().problem}")
        times.append([1000 * (end - begin) for begin, end in zip(begun, begun[1:], strict=False)])
    return summed(times)


def renditions(runs: int, count: int) -> dict:
    """Measure the making of all copies of a picture of 24 megapixels, with grain."""
    from django.core.files.base import ContentFile
    from PIL import Image as Pillow

    from articles.models import Image
    from articles.renditions.making import folder

    grain, file = [Pillow.effect_noise(PIXELS, 40) for _ in range(3)], BytesIO()
    Pillow.blend(Pillow.merge("RGB", grain), Pillow.linear_gradient("L").resize(PIXELS).convert("RGB"), 0.6).save(file, "JPEG", quality=88)
    image = Image(alt_text="Measured.", credit="Generated", width=PIXELS[0], height=PIXELS[1])
    image.file.save("measured.jpg", ContentFile(file.getvalue()), save=False)
    image.save()
    try:
        return summed([each(range(count), lambda _: image.make_renditions()) for _ in range(runs)])
    finally:
        image.file.storage.delete(image.file.name)
        shutil.rmtree(folder(image.short_id))


def each(things, step) -> list[float]:
    """Return the milliseconds that a step takes with each thing."""
    times = []
    for thing in things:
        began = time.perf_counter()
        step(thing)
        times.append(1000 * (time.perf_counter() - began))
    return times


def summed(runs: list[list[float]]) -> dict:
    """Return the medians, over the runs, of how many are done a second, and of the 50th and 99th percentile of the milliseconds of each."""
    return {
        "rate": median(1000 * len(times) / sum(times) for times in runs),
        "p50": median(median(times) for times in runs),
        "p99": median(sorted(times)[int(len(times) * 0.99)] for times in runs),
    }


@contextmanager
def taken_away() -> Iterator[None]:
    """Take away every row that is made inside, whatever hangs on it."""
    from django.apps import apps
    from django.db import connection, models

    tables = [
        model._meta for model in apps.get_models(include_auto_created=True)
        if isinstance(model._meta.pk, models.AutoField | models.BigAutoField | models.OneToOneField)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        newest = {}
        for table in tables:
            cursor.execute(f'SELECT coalesce(max("{table.pk.column}"), 0) FROM "{table.db_table}"')
            newest[table] = cursor.fetchone()[0]
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # no triggers, and no foreign keys: all goes, in whatever order
            for table, key in newest.items():
                cursor.execute(f'DELETE FROM "{table.db_table}" WHERE "{table.pk.column}" > %s', [key])
            cursor.execute("RESET session_replication_role")
            cursor.execute("ANALYZE")
