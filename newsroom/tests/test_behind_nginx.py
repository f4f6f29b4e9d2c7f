"""The whole site as a paper runs it: nginx, gunicorn with its workers, and the database."""

import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from articles.tests.build import make_article, make_figure, make_image, make_user
from licensing.models import State
from licensing.tests.build import make_order
from newsroom.caching import public
from newsroom.tests.proxy import HOST, ask, gunicorn, nginx, visitors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
UNKEYED = {
    "X_Forwarded_Host": "evil.example",
    "X_Forwarded_Proto": "gopher",
    "Forwarded": "host=evil.example",
    "X_Original_URL": "/evil/",
    "Accept_Language": "evil",
    "Cookie": "evil=evil",
    "Range": "bytes=0-9",
    "Authorization": "evil",
}


@pytest.fixture(scope="module")
def static(tmp_path_factory):
    """The files that `make run` collects."""
    folder = tmp_path_factory.mktemp("collected")
    with override_settings(STATIC_ROOT=folder, STORAGES=project.STORAGES):
        call_command("collectstatic", verbosity=0, interactive=False)
    return folder


def test_files_that_were_collected_can_be_read_by_a_proxy_of_another_user(static):
    with override_settings(STATIC_ROOT=static, STORAGES=project.STORAGES):
        call_command("collectstatic", verbosity=0, interactive=False)

    assert {path.stat().st_mode & 0o777 for path in static.rglob("*") if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in static.rglob("*.*") if path.is_file()} == {0o644}


@pytest.fixture
def port(db, settings, tmp_path, static):
    """The port of nginx."""
    settings.SITE_URL = f"http://{HOST}"
    (tmp_path / "static").rmdir()
    (tmp_path / "static").symlink_to(static)
    database = settings.DATABASES["default"]
    address = f"postgres://{database['USER']}@{quote(str(database['HOST']), safe='')}:{database['PORT']}/{database['NAME']}"
    own = {"DATABASE_URL": address, "VAR_DIR": str(tmp_path), "SITE_URL": settings.SITE_URL, "TRUST_PROXY": "true", "WORKERS": "2"}
    own["SECRET_KEY"] = settings.SECRET_KEY
    with gunicorn("newsroom.wsgi", **own) as (behind, process), nginx(tmp_path / "nginx", behind, static=static) as (port, _):
        while (status := ask(port, "/robots.txt")[0]) == 503:
            assert process.poll() is None, "gunicorn has ended"
            time.sleep(0.1)
        assert status == 200
        yield port


def test_correction_and_withdrawal_are_seen_within_two_seconds_by_all_who_ask_without_a_pause(port):
    story = make_article("Ferry late", publish=True)
    image = make_figure(story, image=make_image(), is_lead=True).image
    address, picture = story.get_absolute_url(), image.rendition_url(480)

    with visitors(port, address, many=6) as pages, visitors(port, picture, many=2) as pictures:
        time.sleep(1.5)
        assert (pages[-1][1], pictures[-1][1]) == (200, 200)
        story.correct("It came on Wednesday.")
        corrected = time.monotonic()
        time.sleep(2.5)
        story.withdraw("It never came.")
        withdrawn = time.monotonic()
        time.sleep(2.5)

    assert max(at for at, status, body in pages if status == 200 and b"It came on Wednesday." not in body) - corrected < 2
    assert max(at for at, status, _ in pages if status == 200) - withdrawn < 2
    assert max(at for at, status, _ in pictures if status == 200) - withdrawn < 2
    assert ({status for _, status, _ in pages}, {status for _, status, _ in pictures}) == ({200, 410}, {200, 404})


def test_page_is_poisoned_by_nothing_that_a_stranger_sends(port):
    address = make_article("Ferry late", publish=True).get_absolute_url()

    for name, lie in UNKEYED.items():
        ask(port, address, **{name: lie})
        status, headers, body = ask(port, address)

        assert (status, b"Ferry late" in body, b"evil" in body) == (200, True, False), name
        assert headers["Cache-Control"] == public()
        assert "evil" not in str(headers)
        time.sleep(1.1)  # until nginx asks again


def test_what_is_not_for_everybody_is_kept_by_nobody(port, client):
    editor = make_user()
    client.force_login(editor)
    order, link = make_order(State.ACCEPTED), make_article("Draft").share("Our lawyer", timezone.now() + timedelta(days=1), by=editor)
    cookie = f"session={client.session.session_key}"
    addresses = [order.get_absolute_url(), link.get_absolute_url(), "/admin/password_change/", "/healthz"]

    answers = [ask(port, address, Cookie=cookie if "admin" in address else "") for address in addresses]

    assert [status for status, _, _ in answers] == [200] * 4
    assert [headers["Cache-Control"] for _, headers, _ in answers if "s-maxage" in headers["Cache-Control"]] == []
    assert ask(port, "/admin/password_change/")[0] == 302
