"""The servers that are measured: gunicorn as `make run` starts it, and nginx before it; each is ended with what it was started for."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from search import ROOT

PROGRAMS = {"wrk": "wrk", "nginx": "nginx-light"}  # and their packages in Debian and Ubuntu
START = 60  # seconds that a server may take
SETTINGS = {  # each named, so that neither the shell nor an .env beside us has another site measured
    "BIND": "127.0.0.1",
    "WORKERS": "3",
    "PAGE_MEMORY": "12",
    "TRUST_PROXY": "false",
    "DEBUG": "false",
    "LANGUAGE_CODE": "en-gb",
    "DATABASE_URL": "",
    "LOAD_SEEDS": "false",
}


@dataclass(frozen=True)
class Server:
    """A server of ours: its port, and its first process."""

    port: int
    process: subprocess.Popen

    @property
    def workers(self) -> list[int]:
        """The numbers of the processes that answer."""
        return [int(child) for child in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]

    @property
    def busy(self) -> float:
        """The seconds of a processor that all its workers have taken, those that have ended included."""
        fields = [Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split() for number in (self.process.pid, *self.workers)]
        return sum(int(taken) for field in fields for taken in field[11:15]) / os.sysconf("SC_CLK_TCK")


def refuse_without_programs() -> None:
    """End in words where wrk or nginx is missing."""
    os.environ["PATH"] += ":/usr/sbin"  # where Debian has nginx, and no ordinary user looks
    if missing := [package for program, package in PROGRAMS.items() if not shutil.which(program)]:
        sys.exit(f"Measuring needs wrk and nginx. On Debian and Ubuntu: apt install {' '.join(missing)}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def gunicorn(*arguments: str, port: int | None = None, **environment: str) -> Iterator[Server]:
    """Run gunicorn as `make run` does: the site, or the application that the arguments name."""
    from newsroom.management.commands.run import WEB

    port = port or free_port()
    command = [*WEB[:-1], *(arguments or WEB[-1:])]
    with _process(command, os.environ | SETTINGS | {"PORT": str(port), "SITE_URL": f"http://localhost:{port}"} | environment) as process:
        server = Server(port, process)
        wait_for(server, "/healthz")
        yield server


@contextmanager
def nginx(site: Server, folder: Path) -> Iterator[Server]:
    """Run nginx before the site with deploy/nginx.conf, without https, and with the files in `folder`/limit beside it; its store is empty."""
    port = free_port()
    shutil.rmtree(folder / "cache", ignore_errors=True)
    (folder / "nginx.conf").write_text(_configuration(site, folder, port))
    with _process(["nginx", "-e", "stderr", "-c", str(folder / "nginx.conf")], os.environ) as process:
        server = Server(port, process)
        wait_for(server, "/healthz")
        yield server


def _configuration(site: Server, folder: Path, port: int) -> str:
    """Return deploy/nginx.conf with our ports and folders, and with the http part that Debian puts around it."""
    from django.conf import settings

    shipped = (ROOT / "deploy" / "nginx.conf").read_text()
    shared, ours = shipped[: shipped.index("\nserver {")], shipped[shipped.rindex("\nserver {") :]
    ours = re.sub(r"^ +(ssl_|listen \[).*\n", "", ours, flags=re.M)
    for theirs, instead in {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port};\n    location /limit/ {{ alias {folder}/limit/; gzip_static on; }}",
        "news.example.org": "localhost",
        "127.0.0.1:8000": f"127.0.0.1:{site.port}",
        "/srv/newspaper/var/static": str(settings.STATIC_ROOT),
        "/var/lib/nginx/newspaper": f"{folder}/cache",
        "access_log /var/log/nginx/access.log newspaper;": "access_log off;",
        "Host $host;": f"Host localhost:{site.port};",
    }.items():
        shared, ours = shared.replace(theirs, instead), ours.replace(theirs, instead)
    kinds = "".join(f"{kind}_temp_path {folder}/cache-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""  # who may read the folder
    return (
        f"{user} daemon off; pid {folder}/nginx.pid; worker_processes auto; events {{ worker_connections 768; }}\n"
        f"http {{ include /etc/nginx/mime.types; sendfile on; tcp_nopush on; access_log off; {kinds}\n{shared}{ours}}}\n"
    )


@contextmanager
def _process(command: list[str], environment: dict) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=START)


def wait_for(server: Server, address: str) -> None:
    """Wait until a server answers with 200."""
    until = time.monotonic() + START
    while time.monotonic() < until and server.process.poll() is None:
        with suppress(OSError):
            if fetch(server.port, address)[0] == 200:
                return
        time.sleep(0.01)
    sys.exit(f"{server.process.args} does not answer.")


def fetch(port: int, address: str, headers: dict | None = None) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body, as they were sent."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", address, headers={"Accept-Encoding": "identity"} | (headers or {}))
    response = connection.getresponse()
    answer = response.status, response.getheaders(), response.read()
    connection.close()
    return answer
