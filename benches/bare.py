"""The limit of a page: a WSGI callable that sends bytes which are there already, with the headers that the site sends them with."""

import json
import os
from pathlib import Path

ANSWERS = {"/healthz": ([("Content-Length", "2")], b"ok")}
if kept := os.environ.get("BARE_ANSWERS"):
    for address, (headers, body) in json.loads(Path(kept).read_text()).items():
        ANSWERS[address] = [tuple(header) for header in headers], body.encode("latin-1")


def application(environ, start_response):
    headers, body = ANSWERS[environ["RAW_URI"]]
    start_response("200 OK", headers)
    return [body]
