"""How gunicorn serves the site; docs/operating.md has the figures that this was chosen by."""

from pathlib import Path

from newsroom import settings

bind = f"{settings.BIND}:{settings.PORT}" if ":" not in settings.BIND else f"[{settings.BIND}]:{settings.PORT}"
workers = settings.WORKERS
worker_class = "gthread"  # a visitor who connects and says nothing does not keep a whole worker, and connections are kept
threads = max(1, min(8, 80 // workers))  # each keeps a connection to PostgreSQL, which by default gives 100
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
