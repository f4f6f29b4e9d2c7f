"""Debian's nginx with deploy/nginx.conf, gunicorn with our settings, on ports of our own; and many visitors at once."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings

SHIPPED = settings.BASE_DIR / "deploy" / "nginx.conf"
HOST = "news.example.org"
AROUND = """
daemon off; worker_processes 2; pid {folder}/pid; {user}
events {{ worker_connections 4096; }}
http {{
    include /etc/nginx/mime.types; default_type application/octet-stream; sendfile on; access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration(folder: Path, gunicorn: int, port: int, plain_port: int, static: Path, certificate: Path | None = None) -> str:
    """Return deploy/nginx.conf with these in the places that a paper fills; without a certificate, what is https there is http."""
    text = re.sub(r"(?m)^ *listen \[::\].*\n", "", SHIPPED.read_text())  # not every machine has IPv6
    places = {
        "127.0.0.1:8000": f"127.0.0.1:{gunicorn}",
        "/var/lib/nginx/newspaper": str(folder / "cache"),
        "/var/log/nginx/access.log": str(folder / "access.log"),
        "/srv/newspaper/var/static": str(static),
        "listen 80": f"listen 127.0.0.1:{plain_port}",
        "listen 443": f"listen 127.0.0.1:{port}",
        f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(certificate),
        f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(certificate),
    }
    for place, content in places.items():
        assert place in text, place
        text = text.replace(place, content)
    return text if certificate else re.sub(r"(?m)^ *ssl_.*\n| ssl http2", "", text)


@contextmanager
def nginx(folder: Path, gunicorn: int, *, static: Path | None = None, certificate: Path | None = None):
    """Run nginx in front of what listens at the port `gunicorn`, and yield its port and the one that leads to it."""
    folder.mkdir()
    port, plain_port = free_port(), free_port()
    (folder / "site.conf").write_text(configuration(folder, gunicorn, port, plain_port, static or folder, certificate))
    with running(nginx_command(folder), port):
        yield port, plain_port


def nginx_command(folder: Path) -> list:
    """Return what runs nginx with the site.conf of a folder."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "This needs nginx: apt install nginx-light"
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user="" if os.geteuid() else "user root;"))
    return [program, "-c", folder / "nginx.conf", "-e", folder / "error.log"]


@contextmanager
def gunicorn(application: str, *arguments: str, **environment: str):
    """Run gunicorn with our settings, and yield its port and process."""
    port = free_port()
    own = {"PATH": os.environ["PATH"], "VAR_DIR": str(settings.VAR_DIR), "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "--config", "newsroom/gunicorn.py", *arguments, application]
    with running(command, port, cwd=settings.BASE_DIR, env=own | environment) as process:
        yield port, process


@contextmanager
def running(command: list, port: int, **options):
    process = subprocess.Popen(command, **options)
    try:
        while not listens(port):
            assert process.poll() is None, f"{command[0]} ended at once"
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(port: int, path: str = "/", method: str = "GET", body: bytes | None = None, connection: HTTPConnection | None = None, **headers):
    """Return status, headers and body of one answer. A header's name is written with underscores."""
    own = connection or HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        own.request(method, path, body, {"Host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()})
        answer = own.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        if not connection:
            own.close()


def at_once(visitors: int, port: int, path: str = "/", **headers) -> list:
    """Return what many visitors who ask the same at the same moment are answered."""
    start = threading.Barrier(visitors)

    def visit(_):
        start.wait()
        return ask(port, path, **headers)

    with ThreadPoolExecutor(visitors) as pool:
        return list(pool.map(visit, range(visitors)))


@contextmanager
def visitors(port: int, path: str = "/", many: int = 8, *, keep: bool = True, pause: float = 0):
    """Have visitors ask all the while; yield a list of (moment, status, body) of every answer, and of (moment, 0, what went wrong).

    The moment is when they asked: how long the answer then takes is another question.
    """
    answers, over = [], threading.Event()

    def visit():
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            while not over.wait(pause):
                asked_at = time.monotonic()
                try:
                    status, _headers, body = ask(port, path, connection=connection)
                except (OSError, HTTPException) as problem:
                    status, body = 0, problem
                answers.append((asked_at, status, body))
                if not keep:
                    connection.close()

    with ThreadPoolExecutor(many) as pool:
        try:
            asking = [pool.submit(visit) for _ in range(many)]
            yield answers
        finally:
            over.set()
        assert [visitor.result() for visitor in asking] == [None] * many
