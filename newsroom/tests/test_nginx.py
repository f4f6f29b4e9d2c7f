"""deploy/nginx.conf, with what stands behind it answering as the site does, in little."""

import gzip
import os
import re
import socket
import ssl
import subprocess
import threading
import time
from contextlib import closing
from http.client import HTTPSConnection, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import brotli
import pytest

from newsroom import gunicorn
from newsroom.logs import SECRET
from newsroom.tests.proxy import HOST, SHIPPED, ask, at_once, free_port, nginx, nginx_command, visitors
from newsroom.tests.test_logs import ADDRESSES

SHARED = "public, max-age=0, s-maxage=1, stale-while-revalidate=1"
LONG = {"Cache-Control": SHARED, "X-Accel-Expires": "60"}  # for tests that take longer than a second
CODED = {"br": brotli.compress, "gzip": gzip.compress, None: bytes}


class Behind(ThreadingHTTPServer):
    """Answers every path with its text, in the coding that is asked for, as a page that may be kept or with the headers that a test sets."""

    request_queue_size = 1024
    text, takes, headers = "Ferry late", 0.02, None

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked = []

    def handle_error(self, *_):
        """Say nothing of connections that nginx has closed."""


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        behind, coding = self.server, next((coding for coding in ("br", "gzip") if coding in self.headers["Accept-Encoding"]), None)
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind.asked.append(SimpleNamespace(method=self.command, headers=self.headers, sent=sent, connection=self.client_address))
        now, text = time.time(), behind.text
        time.sleep(behind.takes)
        content, tag = CODED[coding](text.encode()), f'"{text}-{coding}"'.replace(" ", "")
        self.send_response(304 if self.headers["If-None-Match"] == tag else 200)
        headers = {"Cache-Control": SHARED, "X-Accel-Expires": f"@{int(now)}"} if behind.headers is None else behind.headers
        headers = headers | {"Content-Type": "text/html; charset=utf-8", "Content-Length": len(content), "ETag": tag, "Vary": "Accept-Encoding"}
        for name, value in (headers | ({"Content-Encoding": coding} if coding else {})).items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.headers["If-None-Match"] != tag:
            self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def behind():
    with Behind() as server:
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.fixture
def port(behind, tmp_path):
    with nginx(tmp_path / "nginx", behind.server_port) as (port, _):
        yield port


@pytest.mark.slow
def test_old_page_is_gone_within_two_seconds_however_hard_it_is_hit(behind, port):
    with visitors(port) as answers:
        for text in ("Ferry on time", "Ferry gone", "Ferry back"):
            time.sleep(1.3)
            behind.text, changed = text, time.monotonic()
            time.sleep(2)

            assert max(moment for moment, _, body in answers if body != text.encode()) - changed < 2
            assert answers[-1][1:] == (200, text.encode())

    assert len(behind.asked) < 30  # ten seconds and three changes
    assert len(answers) > 100 * len(behind.asked)


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-3"}, {"If_None_Match": '"another"'}])
def test_burst_of_first_requests_waits_for_one_rendering(behind, port, headers):
    behind.takes = 0.2

    answers = at_once(100, port, "/new/", **headers)

    assert {body for _, _, body in answers} == {b"Ferry late"}
    assert len(behind.asked) <= 3


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip, brotli", None),
        ("gzip;q=0, br;q=0.0", None),
        ("", None),
    ],
)
def test_visitor_gets_the_best_coding_that_they_take(behind, port, accepted, coding):
    behind.headers = LONG
    for text in ("br", "gzip", ""):
        ask(port, Accept_Encoding=text)

    status, headers, body = ask(port, Accept_Encoding=accepted)

    assert (status, headers["Content-Encoding"], body) == (200, coding, CODED[coding](b"Ferry late"))
    assert headers.get_all("Vary") == ["Accept-Encoding"]
    assert headers.get_all("Cache-Control") == [SHARED]
    assert headers["X-Accel-Expires"] is None
    assert len(behind.asked) == 3


def test_head_and_conditions_and_ranges_are_answered_from_what_is_kept(behind, port):
    behind.headers = LONG | {"Accept-Ranges": "bytes"}
    tag = ask(port, method="HEAD")[1]["ETag"]

    assert [(status, body) for status, _, body in (ask(port), ask(port, method="HEAD"))] == [(200, b"Ferry late"), (200, b"")]
    assert ask(port, If_None_Match=tag)[0::2] == (304, b"")
    assert ask(port, If_None_Match=f'W/"no", {tag}')[1]["ETag"] == tag
    assert ask(port, Range="bytes=0-4")[0::2] == (206, b"Ferry")
    assert ask(port, Range="bytes=0-4", If_Range='"another"')[0::2] == (200, b"Ferry late")
    assert [request.method for request in behind.asked] == ["GET"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ({"Cookie": "a=b; session=secret"}, None),
        ({"Cookie": "__Host-session=secret"}, None),
        ({}, {"Cache-Control": SHARED, "Set-Cookie": "a=b"}),
        ({}, {"Cache-Control": "no-store"}),
        ({}, {"Cache-Control": "private, max-age=60"}),
        ({}, {"Cache-Control": "no-cache"}),
        ({}, {}),
        ({"method": "POST", "body": b"a=b"}, None),
    ],
)
def test_what_is_for_one_visitor_is_never_kept(behind, port, asked, answered):
    behind.headers = answered

    for text in ("mine", "yours"):
        behind.text = text
        assert ask(port, **asked)[2] == text.encode()
    behind.text = "everybody's"
    assert ask(port)[2] == b"everybody's"


def test_visitor_who_is_signed_in_gets_nothing_that_is_kept(behind, port):
    behind.headers = LONG
    ask(port)
    behind.text = "mine"

    assert ask(port, Cookie="session=secret")[2] == b"mine"


def test_other_cookies_keep_nobody_from_what_is_kept(behind, port):
    behind.headers = LONG
    for cookie in ("edition=night", "a=b; c=d", "_ga=GA1.2"):
        assert ask(port, Cookie=cookie)[0] == 200

    assert len(behind.asked) == 1


def test_what_strangers_say_of_their_way_reaches_nobody(behind, port):
    lies = dict.fromkeys(("X_Forwarded_Host", "Forwarded", "X_Forwarded_For", "X_Forwarded_Proto"), "evil.example")

    status, _, _ = ask(port, "/a/?b=c", **lies)

    said = behind.asked[0].headers
    assert status == 200
    assert (said["Host"], said["X-Forwarded-For"], said["X-Forwarded-Proto"]) == (HOST, "127.0.0.1", "http")
    assert "evil" not in str(said)
    with pytest.raises(RemoteDisconnected):
        ask(port, "/a/?b=c", Host="evil.example")
    with pytest.raises(RemoteDisconnected):
        ask(port, "http://evil.example/a/?b=c")
    assert len(behind.asked) == 1


def test_form_is_sent_once_and_never_on_a_connection_that_may_be_closing(behind, port):
    ask(port, "/first/")
    ask(port, "/order/", method="POST", body=b"a=b")
    ask(port, "/order/", method="POST", body=b"a=b")

    assert [request.sent for request in behind.asked] == [b"", b"a=b", b"a=b"]
    assert len({request.connection for request in behind.asked}) == 3


def test_visitor_is_told_when_nothing_stands_behind(tmp_path):
    with nginx(tmp_path / "nginx", free_port()) as (port, _):
        status, headers, body = ask(port)

    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "5", "no-store")
    assert b"Please try again in a few seconds." in body


def test_who_sent_something_is_not_told_to_send_it_again_when_no_answer_comes(tmp_path):
    with nginx(tmp_path / "nginx", free_port()) as (port, _):
        status, headers, body = ask(port, "/order/", method="POST", body=b"a=b")

    assert (status, headers["Retry-After"], b"try again" in body) == (503, None, False)
    assert b"please look before you send it again." in body


def test_idle_connections_are_closed_by_nginx_before_gunicorn_closes_them():
    [seconds] = re.findall(r"keepalive_timeout (\d+)s;", SHIPPED.read_text())

    assert int(seconds) < gunicorn.keepalive


def test_log_is_without_the_secret_parts_that_our_own_log_is_without(behind, tmp_path):
    addresses = [address for address, _ in ADDRESSES]
    folder = tmp_path / "nginx"
    with nginx(folder, behind.server_port) as (port, _):
        for address in addresses:
            ask(port, address, Referer=f"https://{HOST}{address}")
        ask(port, f"{addresses[0]}?page=2")

    lines = (folder / "access.log").read_text().splitlines()
    logged = [SECRET.sub(r"\1/...", address) for address in addresses]
    assert [line.split('"')[1] for line in lines] == [f"GET {address} HTTP/1.1" for address in (*logged, f"{logged[0]}?page=2")]
    assert [line.split('"')[3] for line in lines[:-1]] == [f"https://{HOST}{address}" for address in logged]


def test_file_stands_as_it_is_where_debian_has_put_nginx(tmp_path, certificate):
    text = SHIPPED.read_text()
    for made in ("/var/lib/nginx", "/var/log/nginx"):  # by Debian's package
        assert made in text
        text = text.replace(made, str(tmp_path))
    text = re.sub(r"(ssl_certificate(?:_key)?) .*;", rf"\1 {certificate};", text)
    (tmp_path / "site.conf").write_text(text)
    if os.geteuid() or not Path("/proc/net/if_inet6").exists():
        pytest.skip("only root can listen at 80 and 443, and only with IPv6 at [::]")

    done = subprocess.run([*nginx_command(tmp_path), "-t"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "/var/" not in text.replace("/srv/newspaper/var/", "").replace("/var/www/html", "")


@pytest.fixture
def certificate(tmp_path):
    file = tmp_path / "certificate.pem"
    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run(["openssl", "req", *options, "-keyout", tmp_path / "key.pem", "-out", file], check=True, capture_output=True)
    file.write_text(file.read_text() + (tmp_path / "key.pem").read_text())
    return file


def test_https_with_http2_and_files_of_our_own(behind, tmp_path, certificate):
    (tmp_path / "css").mkdir()
    for name in ("base.css", "base.0123456789ab.css"):
        (tmp_path / "css" / name).write_text("p{}")
        (tmp_path / "css" / f"{name}.gz").write_bytes(gzip.compress(b"p{}"))
    context = ssl.create_default_context(cafile=certificate)
    context.set_alpn_protocols(["h2", "http/1.1"])

    with nginx(tmp_path / "nginx", behind.server_port, static=tmp_path, certificate=certificate) as (port, plain_port):
        with socket.create_connection(("127.0.0.1", port)) as line, context.wrap_socket(line, server_hostname=HOST) as secured:
            assert secured.selected_alpn_protocol() == "h2"
        with socket.create_connection(("127.0.0.1", port)) as line, pytest.raises(ssl.SSLError):
            context.wrap_socket(line, server_hostname="evil.example")
        assert ask(plain_port, "/a/?b=c")[1]["Location"] == f"https://{HOST}/a/?b=c"
        assert secure(port, certificate, "/a/")[0::2] == (200, b"Ferry late")
        assert behind.asked[0].headers["X-Forwarded-Proto"] == "https"
        for name, age in (("base.css", "public, max-age=60"), ("base.0123456789ab.css", "public, max-age=315360000, immutable")):
            status, headers, body = secure(port, certificate, f"/static/css/{name}", Accept_Encoding="gzip")
            assert (status, headers["Content-Type"], gzip.decompress(body)) == (200, "text/css; charset=utf-8", b"p{}")
            assert (headers["Cache-Control"], headers["Vary"], headers["X-Content-Type-Options"]) == (age, "Accept-Encoding", "nosniff")
        assert secure(port, certificate, "/static/css/none.css")[0] == 404
    assert len(behind.asked) == 1


def secure(port, certificate, path, **headers):
    """Ask over TLS, as `ask` does."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        connection = HTTPSConnection(HOST, context=(context := ssl.create_default_context(cafile=certificate)))
        with closing(connection):
            connection.sock = context.wrap_socket(line, server_hostname=HOST)
            return ask(port, path, connection=connection, **headers)
