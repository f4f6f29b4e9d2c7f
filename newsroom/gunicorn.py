"""How gunicorn serves the site."""

from newsroom import settings

bind = f"{settings.BIND}:{settings.PORT}" if ":" not in settings.BIND else f"[{settings.BIND}]:{settings.PORT}"
workers = settings.WORKERS
worker_class = "gthread"  # a visitor who connects and says nothing does not keep a whole worker
threads = max(1, min(8, 80 // workers))  # each keeps a connection to PostgreSQL, which by default gives 100
max_requests, max_requests_jitter = 10_000, 1_000
limit_request_line = 4094
graceful_timeout = 10
errorlog = "-"
loglevel = "error"
forwarded_allow_ips = "127.0.0.1,::1" if settings.TRUST_PROXY else ""  # else nobody may say that a request came by https
