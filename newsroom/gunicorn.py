"""How gunicorn serves the site; docs/operating.md has the figures that this was chosen by."""

import os
import signal
import socket
import time
from pathlib import Path

from newsroom import settings

SILENCE = 30  # seconds for which the kernel holds a visitor who has connected and says nothing
bind = f"{settings.BIND}:{settings.PORT}" if ":" not in settings.BIND else f"[{settings.BIND}]:{settings.PORT}"
workers = settings.WORKERS
worker_class = "gthread"  # a slow visitor does not keep a whole worker, and connections are kept
# Threads that render share an interpreter: with eight a page takes a tenth more of a core than with three. Each keeps a connection to PostgreSQL,
# and the edition one. It gives 100 unless told otherwise, and a reload takes twice as many.
threads = max(1, min(3, 40 // workers - 1))
keepalive = 20  # seconds; a proxy in front closes sooner (deploy/nginx.conf), so that it never asks on a connection that just ends
preload_app = False  # else a reload (HUP) would serve the old code again, for the 20 MB that each worker shares so
graceful_timeout = 25  # seconds for what is being answered when a worker ends: longer than any query (newsroom/patience.py)
max_requests, max_requests_jitter = 1_000_000, 200_000  # should memory ever leak; a new worker begins with an empty memory of pages
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (a worker's sign of life, which a busy disk would delay)
limit_request_line = 4094
errorlog = "-"
loglevel = "error"
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1,::1" if settings.TRUST_PROXY else ""  # else nobody may say that a request came by https
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}  # the one header that proxies are asked to set
forwarder_headers = ""  # a proxy may not move the site to another path


def when_ready(server) -> None:
    """Have the kernel hold those who have connected and said nothing yet, as browsers do in advance (tcp(7)): each would keep a thread for 5 s."""
    if hasattr(socket, "TCP_DEFER_ACCEPT"):  # on Linux
        for listener in server.LISTENERS:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENCE)


def on_reload(server) -> None:
    """Have each new worker loaded before an old one goes: gunicorn alone ends the old ones first, and nobody would answer for seconds.

    Where the new code does not load, the old workers stay.
    """
    for _ in range(workers):
        pid = server.spawn_worker()
        if not _comes_up(server.WORKERS[pid]):
            server.WORKERS.pop(pid).tmp.close()
            server.log.error(
                "The new code does not load; the old goes on serving. Bring back code that loads: the next worker to start would end the site."
            )
            break
    server.cfg.set("workers", 0)  # there are enough: gunicorn, which goes on from here, starts no more, and ends the oldest
    for place, worker in enumerate(list(server.WORKERS.values())[-workers:], start=1):
        worker.age = server.worker_age + place  # until only workers younger than this moment are left, it waits, and does nothing else


def _comes_up(worker) -> bool:
    """Wait until a worker serves; end one that cannot, or has not in a minute."""
    patience = time.monotonic() + 60
    while worker.tmp.last_update() > time.monotonic():  # it holds the time of day, and the time since the machine started from the first sign of life
        if os.waitpid(worker.pid, os.WNOHANG)[0]:
            return False
        if time.monotonic() > patience:
            os.kill(worker.pid, signal.SIGKILL)
        time.sleep(0.05)
    return True
