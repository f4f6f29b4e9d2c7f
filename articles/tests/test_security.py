"""What a browser is told about every page, what is kept private, and what is let in."""

import json
import os
import subprocess
import sys
import zlib
from io import BytesIO

import pytest
from django.conf import settings as project
from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection

from articles import renditions
from articles.tests.build import make_article, make_figure, make_image, make_user, picture_bytes
from newsroom.policies import inline_script

EDITION = project.BASE_DIR / "templates" / "partials" / "edition.js"
STRICT = {
    "default-src 'none'", f"script-src 'self' {inline_script(EDITION)}",
    "style-src 'self'", "img-src 'self'", "font-src 'self'", "connect-src 'self'",
    "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}  # fmt: skip
PUBLIC = (
    "/", "/section/harbour/", "/topic/ferries/", "/author/ines-calloway/", "/2024/", "/search/", "/search/?q=ferry", "/search/?q=%00", "/about/",
    "/story", "/story/", "/picture/", "/short/", "/republish/", "/withdrawn/", "/legal/", "/unknown/", "/2024/13/", "/sitemap.xml", "/robots.txt",
    "/healthz", "/adminx/",
)  # fmt: skip


def directives(response) -> set[str]:
    return {directive.strip() for directive in response["Content-Security-Policy"].split(";")}


@pytest.fixture
def answer(client, db):
    """Return a function that answers for one of PUBLIC; the short names stand for addresses of stories."""
    story, withdrawn, legal = (make_article(name, authors=["Ines Calloway"], topics=["Ferries"], publish=True) for name in ("Story", "Two", "Three"))
    withdrawn.withdraw("In doubt.")
    legal.withdraw("A court said so.", is_legal_takedown=True)
    image = make_image()
    make_figure(story, image=image, is_lead=True)
    FlatPage.objects.create(url="/about/", title="About us", content="<p>A paper.</p>").sites.set([1])
    addresses = {
        "/story": story.get_absolute_url().rstrip("/"),
        "/story/": story.get_absolute_url(),
        "/picture/": image.rendition_url(480),
        "/short/": f"/s/{story.short_id}/",
        "/republish/": f"/republish/{story.short_id}/",
        "/withdrawn/": withdrawn.get_absolute_url(),
        "/legal/": legal.get_absolute_url(),
        "/2024/": f"/{story.published_on.year}/",
    }

    def get(name: str, method="get"):
        response = getattr(client, method)(addresses.get(name, name))
        if response.streaming:
            b"".join(response.streaming_content)
        return response

    return get


# --- Headers


@pytest.mark.parametrize("address", PUBLIC)
def test_public_answer_tells_the_browser_to_be_careful(answer, address):
    response = answer(address)

    assert directives(response) == STRICT
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers.get("X-Frame-Options", "DENY") == "DENY"  # frame-ancestors says it too, also where a middleware answers
    assert {"camera=()", "geolocation=()", "microphone=()", "payment=()"} <= set(response["Permissions-Policy"].split(", "))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_answer_sets_no_cookie_and_is_the_same_for_everybody(answer, address):
    responses = [answer(address, method) for method in ("get", "head", "post")]

    assert [response.cookies for response in responses] == [{}, {}, {}]
    assert [response.headers.get("Vary", "") for response in responses if "cookie" in response.headers.get("Vary", "").lower()] == []


def test_statuses_of_the_public_answers_are_the_ones_meant(answer):
    statuses = {address: answer(address).status_code for address in PUBLIC}

    others = {
        "/search/?q=%00": 400, "/story": 301, "/short/": 301, "/withdrawn/": 410, "/legal/": 451, "/unknown/": 404, "/2024/13/": 404, "/adminx/": 404,
    }  # fmt: skip
    assert statuses == dict.fromkeys(PUBLIC, 200) | others


@pytest.mark.django_db
def test_policy_is_relaxed_for_the_admin_only(client):
    client.force_login(make_user(is_superuser=True))

    admin, public = client.get("/admin/"), client.get("/")

    assert "'unsafe-eval'" in admin["Content-Security-Policy"]
    assert {"default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= directives(admin)
    assert directives(public) == STRICT
    assert (public.cookies, "cookie" in public.headers.get("Vary", "").lower()) == ({}, False)


@pytest.mark.django_db
def test_public_pages_keep_to_their_policy(answer):
    pages = "".join(answer(address).content.decode() for address in ("/", "/story/", "/search/?q=ferry", "/about/", "/withdrawn/"))
    pages = pages.replace(f"<script>{EDITION.read_text()}</script>", "")  # the one that the policy names

    assert "</html>" in pages
    assert [mark for mark in (" style=", "<style", "<script>", " onclick=", " onload=", 'src="http', "javascript:") if mark in pages] == []


@pytest.mark.django_db
def test_unknown_host_is_refused_with_the_same_headers(client):
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert directives(response) == STRICT


# --- HTTPS


def manage(tmp_path, *arguments: str, site_url: str) -> subprocess.CompletedProcess:
    names = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "SITE_URL": site_url, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    return subprocess.run([sys.executable, *arguments], env=names, cwd=project.BASE_DIR, capture_output=True, text=True, check=False)


def test_deployment_check_is_clean_with_https(tmp_path):
    arguments = ("-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING")

    with_https = manage(tmp_path, *arguments, site_url="https://news.example.org")
    without = manage(tmp_path, *arguments, site_url="http://localhost:8000")

    assert (with_https.returncode, with_https.stdout) == (0, "System check identified no issues (0 silenced).\n"), with_https.stderr
    assert "security.W004" in without.stderr  # no HSTS: the check can fail


ASK = """
import json
from newsroom import startup
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
startup.prepare()
import django
django.setup()
from django.test import Client
answers = {scheme: Client().get("/healthz", secure=scheme == "https", headers={"host": "news.example.org"}) for scheme in ("http", "https")}
answers["redirect"] = Client().get("/robots.txt", headers={"host": "news.example.org"})
print(json.dumps({name: [answer.status_code, answer.content.decode(), dict(answer.headers)] for name, answer in answers.items()}))
"""


def test_https_site_sends_hsts_redirects_plain_requests_and_says_when_the_database_is_away(tmp_path):
    done = manage(tmp_path, "-c", ASK, site_url="https://news.example.org")

    answers = json.loads(done.stdout)
    assert answers["https"][2]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "upgrade-insecure-requests" in answers["https"][2]["Content-Security-Policy"]
    assert (answers["redirect"][0], answers["redirect"][2]["Location"]) == (301, "https://news.example.org/robots.txt")
    assert [answers[scheme][:2] for scheme in ("http", "https")] == [[503, "The database does not answer.\n"]] * 2


@pytest.mark.django_db
def test_health_is_good_while_the_database_answers(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"ok\n", "text/plain")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_health_is_bad_when_the_database_hangs_up(client):
    connection.ensure_connection()
    with connection.execute_wrapper(hang_up):
        response = client.get("/healthz")
    connection.close()  # as the next request does

    assert (response.status_code, response.content) == (503, b"The database does not answer.\n")
    assert client.get("/healthz").status_code == 200


def hang_up(execute, sql, parameters, many, context):
    """Send every statement to a server that has just closed this connection."""
    connection.connection.close()
    return execute(sql, parameters, many, context)


# --- Pictures


@pytest.mark.django_db
def test_original_of_a_public_picture_cannot_be_fetched(client):
    image = make_image()
    make_figure(make_article(publish=True), image=image, is_lead=True)
    name = image.file.name

    tries = [
        f"/{name}", f"/media/{name}", f"/static/{name}", f"/static/../{name}", f"/pictures/{name}", f"/static/%2e%2e/media/{name}",
        f"/pictures/{image.short_id}/1200.jpg", f"/pictures/{image.short_id}/1600.jpg", f"/pictures/{image.short_id}/0.jpg",
        f"/pictures/{image.short_id}/../../{name}", f"/pictures/{image.short_id}/", f"/pictures/{image.short_id}/{'9' * 5000}.jpg",
    ]  # fmt: skip

    assert {client.get(address).status_code for address in tries} == {404}
    assert b"".join(client.get(f"/pictures/{image.short_id}/480.jpg").streaming_content) != image.file.open().read()
    image.file.close()


def upload(content: bytes, name="ferry.jpg") -> ContentFile:
    return ContentFile(content, name)


def huge_png(width: int, height: int) -> bytes:
    """Return a small PNG whose header claims another size."""
    content = bytearray(picture_bytes(8, 8, "PNG"))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NOT_A_PICTURE = "This is not a picture that can be used"
DAMAGED = "This picture is damaged"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (SVG, NOT_A_PICTURE),
        (b'<?xml version="1.0"?>' + SVG, NOT_A_PICTURE),
        (b"<!doctype html><script>alert(1)</script>", NOT_A_PICTURE),
        (b"", NOT_A_PICTURE),
        (b"\x00" * 5000, NOT_A_PICTURE),
        (b"%PDF-1.7\n", NOT_A_PICTURE),
        (picture_bytes(64, 64, "GIF"), NOT_A_PICTURE),
        (picture_bytes(64, 64, "BMP"), NOT_A_PICTURE),
        (b"\xff\xd8\xff\xe0", NOT_A_PICTURE),
        (picture_bytes()[:2000], DAMAGED),
        (picture_bytes(kind="PNG")[:-900], DAMAGED),
        (picture_bytes(kind="TIFF")[:2000], DAMAGED),
        (huge_png(8100, 8100), "too large for its kind of file"),
        (huge_png(60_000, 60_000), NOT_A_PICTURE),
    ],
)
def test_upload_is_refused_by_its_content_whatever_its_name(content, says):
    with pytest.raises(ValidationError, match=says):
        renditions.check(upload(content))


def test_upload_of_more_than_forty_megabytes_is_refused():
    with pytest.raises(ValidationError, match="larger than 40 MB"):
        renditions.check(upload(picture_bytes() + b"\x00" * renditions.MOST_BYTES))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [12_300, 17_000])
def test_picture_under_the_bomb_limit_of_pillow_is_refused_too(side):
    with pytest.raises(ValidationError, match="more than 150 million pixels"):
        renditions.check(upload(huge_png(side, side)))


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp"), ("TIFF", ".tif")])
def test_upload_is_named_by_its_content(kind, suffix):
    assert renditions.check(upload(picture_bytes(64, 64, kind), "ferry.svg")) == suffix


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_damaged_upload_is_refused_in_words_wherever_it_is_damaged(kind):
    good = picture_bytes(48, 32, kind)
    outcomes = set()

    for at in range(0, len(good), max(1, len(good) // 200)):
        for bad in (good[:at] + b"\xff\x00\xfe" + good[at + 3 :], good[:at]):
            try:
                outcomes.add(renditions.check(BytesFile(bad)))
            except ValidationError as problem:
                outcomes.add(problem.messages[0][:20])

    assert "This is not a pictur" in outcomes


class BytesFile(BytesIO):
    """A file as a form gives it: with its size."""

    @property
    def size(self) -> int:
        return len(self.getvalue())
