"""How fast the site is: `make bench`, or `make bench QUICK=1` in under five minutes. docs/performance.md says what is measured, and how."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pages
import process
import serving
import work
from search import BENCH, ROOT, machine, prepare, say, sizes_of

QUICK = bool(os.environ.get("QUICK"))
SIZES = os.environ.get("SIZES", "10000" if QUICK else "10000 1000000")
SECONDS, RUNS = (1, 3) if QUICK else (3, 5)
STORIES, REQUESTS = (100, 10_000) if QUICK else (1_000, 100_000)
ITEMS, PICTURES = (30, 1) if QUICK else (200, 2)
PARTS = ("article", "nginx", "front", "topic", "search", "quote", "start-up", "memory", "import", "publish", "renditions")
ONLY = os.environ.get("ONLY", "").split() or PARTS
RAW, KEPT = BENCH / "raw", ROOT / "docs" / "performance"
CARD = ROOT / "seeds" / "licensing.toml"


def main() -> None:
    """Measure each archive in a process of its own, and print them side by side."""
    serving.refuse_without_programs()
    if unknown := set(ONLY) - set(PARTS):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
    RAW.mkdir(parents=True, exist_ok=True)
    sizes = sizes_of(SIZES)
    for size in sizes:
        say(f"{size:,} stories: making them where they are not there, and reading them once…")
        environment = os.environ | serving.SETTINGS | {"VAR_DIR": str(BENCH / str(size)), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
        for step in ("make_ready", "measure"):  # PostgreSQL ends with the first, and what it had read is forgotten
            if subprocess.run([sys.executable, __file__, step, str(size)], check=False, env=environment, cwd=ROOT).returncode:
                sys.exit(1)
            forget()
    report({size: json.loads(figures_of(size).read_text()) for size in sizes})
    if os.environ.get("KEEP"):
        KEPT.mkdir(exist_ok=True)
        for size in sizes:
            shutil.copy(RAW / f"{size}.txt", KEPT)


def forget() -> None:
    """Empty the kernel's cache of files, where that may be done."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError as problem:
        say(f"The kernel’s cache of files stays as it is: {problem.strerror}.")


def figures_of(size: int) -> Path:
    return BENCH / f"figures-{size}.json"


def make_ready(size: int) -> None:
    """Make the archive where it is not there, with the copies of its pictures, and with a rate card."""
    import tomllib
    from decimal import Decimal

    from articles.models import Image
    from licensing.models import RateCard
    from licensing.seeds import load_card

    prepare(size)
    for image in Image.objects.to_make():
        image.make_renditions()
    if not RateCard.objects.exists():
        load_card(tomllib.loads(CARD.read_text(), parse_float=Decimal))


def measure(size: int) -> None:
    """Measure the archive that the environment names."""
    folder = BENCH / "serving"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    wanted = pages.pages(STORIES)
    found = {"rows": {}, "memory": {}}
    with (RAW / f"{size}.txt").open("w") as raw:

        def note(name: str, figures: dict, said: str = "") -> None:
            found["rows"][name] = figures
            raw.write(f"{said or f'### {name}'}\n{json.dumps(figures)}\n\n")
            say(f"{size:>9,}  {name:<45}" + "  ".join(f"{figure} {value:,.2f}" for figure, value in figures.items()))

        if chosen := [page for page in wanted if page.part in ONLY]:
            for name, figures, said in pages.Bench(SECONDS, RUNS, folder).measure(chosen):
                note(name, figures, said)
        if begins("start-up"):
            for name, figures in process.start_up(RUNS, wanted[0].addresses[0]).items():
                note(name, figures)
        if begins("memory"):
            found["memory"], said = process.memory(wanted, REQUESTS, folder)
            raw.write(said)
        with work.taken_away():
            if begins("import"):
                note("import, stories", work.imports(RUNS, ITEMS, folder))
            if begins("publish"):
                note("bulk publication, stories", work.publishing(RUNS, ITEMS))
            if begins("renditions"):
                note("copies of a picture of 24 megapixels", work.renditions(RUNS, PICTURES))
    figures_of(size).write_text(json.dumps(found, indent=1))


def begins(part: str) -> bool:
    """Say that a part begins, where it is wanted."""
    if part in ONLY:
        say(f"{part}…")
    return part in ONLY


def report(found: dict[int, dict]) -> None:
    """Print the table, and keep it."""
    lines = [*setting(), "", *table({size: each["rows"] for size, each in found.items()}), ""]
    for size, each in found.items():
        if each["memory"]:
            lines += [f"Memory of a worker, {size:,} stories: {growth(each['memory'])}.", ""]
    (BENCH / "performance.md").write_text("\n".join(lines))
    say("\n" + "\n".join(lines))


def setting() -> list[str]:
    """Return what was measured, on what, with what, and by which command."""
    from django import VERSION

    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    nginx = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr.strip().rpartition("/")[2]
    wrk = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout.split()[1]
    chosen = " ".join(f'{name}="{os.environ[name]}"' for name in ("SIZES", "ONLY", "QUICK") if os.environ.get(name))
    programs = f"Django {'.'.join(map(str, VERSION[:3]))}, gunicorn {version('gunicorn')}, nginx {nginx}, wrk {wrk}"
    return [f"{machine()}, {programs}; commit {commit}; `{f'make bench {chosen}'.strip()}`; medians of {RUNS} runs of {SECONDS} s."]


def table(rows: dict[int, dict]) -> list[str]:
    """Return the figures in Markdown, the sizes side by side."""
    sizes = list(rows)
    head = ["", *(f"{size:,}: {column}" for size in sizes for column in ("a second", "p50, ms", "p99, ms", "limit, a second", "of the limit"))]
    if len(sizes) > 1:
        head.append(f"p50, {sizes[-1]:,} to {sizes[0]:,}")
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for name in rows[sizes[0]]:
        line = [name]
        for size in sizes:
            figures = rows[size][name]
            line += [number(figures.get(column)) for column in ("rate", "p50", "p99", "limit", "of_limit")]
        if len(sizes) > 1:
            line.append(number(rows[sizes[-1]][name]["p50"] / rows[sizes[0]][name]["p50"]))
        lines.append(line)
    return [f"| {' | '.join(line)} |" for line in lines]


def number(value: float | None) -> str:
    """Return a figure with as many digits as mean something."""
    if value is None:
        return ""
    digits = next(digits for digits, least in enumerate((100, 10, 0.1, 0)) if value >= least)
    return f"{value:,.{digits}f}"


def growth(samples: dict[str, float]) -> str:
    """Return the first sample, and one for each tenth of the requests."""
    counts = sorted(samples, key=int)
    tenths = dict.fromkeys(next(count for count in counts if int(count) >= int(counts[-1]) * tenth / 10) for tenth in range(11))
    return ", ".join(f"{samples[count]:.0f} MB after {int(count):,} requests" for count in tenths)


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.path.insert(0, str(ROOT))
        from newsroom import startup

        startup.prepare()
        import django

        django.setup()
        {"make_ready": make_ready, "measure": measure}[sys.argv[1]](int(sys.argv[2]))
    else:
        main()
