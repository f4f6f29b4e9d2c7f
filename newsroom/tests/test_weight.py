"""What a page weighs on its way to the reader, every kind of it, and how many files it asks for."""

import gzip
import re

import pytest
from django.conf import settings
from django.core.management import call_command

from newsroom.policies import inline_script
from newsroom.tests.test_access import deals, stories

pytestmark = pytest.mark.django_db
MOST = {"html": 20_000, "scripts": 15_000, "all": 120_000}  # bytes
MOST_STYLESHEETS = 4


def sent(path: str) -> int:
    """Return the bytes of a file of static/ as WhiteNoise sends it to whoever takes gzip: a font, compressed by itself, as it is."""
    content = (settings.BASE_DIR / "static" / path).read_bytes()
    return len(content) if path.endswith(".woff2") else len(gzip.compress(content, 9))


def files_of(page: str) -> dict[str, set[str]]:
    """Return the files of static/ that a page asks for, by their kind; modules that a module asks for included."""
    scripts = set(re.findall(r'<script[^>]* src="/static/([^"]+)"', page))
    for script in list(scripts):
        scripts |= {f"js/{name}" for name in re.findall(r'from "\./([\w.-]+)"', (settings.BASE_DIR / "static" / script).read_text())}
    stylesheets = set(re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', page))
    text = "".join((settings.BASE_DIR / "static" / name).read_text() for name in stylesheets)
    return {"scripts": scripts, "stylesheets": stylesheets, "fonts": {f"fonts/{name}" for name in re.findall(r'url\("\.\./fonts/([\w.-]+)"\)', text)}}


def weigh(page: str, html: int) -> dict[str, int]:
    """Return the bytes of a page, of its scripts, and of both with stylesheets and fonts."""
    files = files_of(page)
    weights = {kind: sum(map(sent, names)) for kind, names in files.items()}
    assert (weights["stylesheets"] > 0, len(files["fonts"])) == (True, 2)
    return {"html": html, "scripts": weights["scripts"], "all": html + sum(weights.values())}


def test_every_kind_of_page_is_light(client):
    call_command("load_seeds", verbosity=0)
    too_heavy = {}
    for name, address in (stories() | deals()).items():
        response = client.get(address, headers={"Accept-Encoding": "gzip"})
        page = gzip.decompress(response.content).decode()
        weights = weigh(page, len(response.content))
        if any(weights[kind] > MOST[kind] for kind in MOST) or len(files_of(page)["stylesheets"]) > MOST_STYLESHEETS:
            too_heavy[name] = weights

    assert too_heavy == {}


@pytest.mark.parametrize("address", ["/", "/nowhere/", "/search/?q=%00"])
def test_one_script_is_inline_small_and_the_one_that_the_policy_allows(client, address):
    response = client.get(address)

    inline = re.findall(r"<script>(.*?)</script>", response.content.decode(), re.DOTALL)
    path = settings.BASE_DIR / "templates" / "partials" / "edition.js"
    assert inline == [path.read_text()]
    assert len(inline[0].encode()) < 1024
    assert inline_script(path) in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
