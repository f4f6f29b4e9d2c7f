"""gunicorn, as it is set for the site, loses no request when it takes new code or changes a worker."""

import signal
import socket
import time
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from newsroom.tests.proxy import ask, gunicorn, nginx, visitors

pytestmark = pytest.mark.slow
APPLICATION = """
import time
time.sleep(0.3)

def application(environ, start_response):
    time.sleep(0.002)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "{length}")])
    return [b"{text}"]
"""


def write(folder, text):
    (folder / "small.py").write_text(APPLICATION.format(text=text, length=len(text)))


def until(answers, text):
    """Wait until all of a hundred answers in a row, and no earlier one, are of this code."""
    deadline = time.monotonic() + 30
    while {body for _, _, body in answers[-100:]} != {text.encode()}:
        assert time.monotonic() < deadline, answers[-3:]
        time.sleep(0.1)


def test_code_that_does_not_load_is_not_taken(tmp_path):
    write(tmp_path, "first")
    with gunicorn("small:application", "--pythonpath", str(tmp_path)) as (port, master), visitors(port) as answers:
        until(answers, "first")
        (tmp_path / "small.py").write_text("import nothing_of_that_name")
        master.send_signal(signal.SIGHUP)
        time.sleep(2)
        write(tmp_path, "second")
        master.send_signal(signal.SIGHUP)
        until(answers, "second")

    assert [answer for answer in answers if answer[1] != 200] == []


def test_old_code_answers_while_the_new_is_loaded(tmp_path):
    write(tmp_path, "first")
    with gunicorn("small:application", "--pythonpath", str(tmp_path)) as (port, master), visitors(port, many=1) as answers:
        until(answers, "first")
        code, ready = tmp_path / "small.py", tmp_path / "ready"
        write(tmp_path, "second")
        code.write_text(f"import pathlib, time\nwhile not pathlib.Path({str(ready)!r}).exists(): time.sleep(0.1)\n{code.read_text()}")
        master.send_signal(signal.SIGHUP)
        time.sleep(1)

        assert ask(port)[2] == b"first"
        ready.touch()
        until(answers, "second")


@pytest.mark.parametrize("through_nginx", [False, True])
def test_new_code_is_taken_twice_under_load_without_a_failed_request(tmp_path, through_nginx):
    write(tmp_path, "first")
    with ExitStack() as stack:
        port, master = stack.enter_context(gunicorn("small:application", "--pythonpath", str(tmp_path)))
        if through_nginx:
            port, _ = stack.enter_context(nginx(tmp_path / "nginx", port))
        busy = stack.enter_context(visitors(port, many=6))
        coming_and_going = stack.enter_context(visitors(port, many=3, keep=False))
        thinking = stack.enter_context(visitors(port, many=6, pause=0.3))
        until(busy, "first")

        for text in ("second", "third"):
            write(tmp_path, text)
            master.send_signal(signal.SIGHUP)
            until(busy, text)
            time.sleep(1)

    for answers in (busy, coming_and_going, thinking):
        assert [answer for answer in answers if answer[1] != 200] == []
        assert answers[-1][2] == b"third"


def test_workers_that_are_changed_after_their_last_request_fail_none(tmp_path):
    write(tmp_path, "one")
    options = ["--pythonpath", str(tmp_path), "--max-requests", "80", "--max-requests-jitter", "50"]

    with gunicorn("small:application", *options) as (port, _), visitors(port) as busy, visitors(port, many=3, keep=False) as others:
        time.sleep(3)

    assert [answer for answer in busy + others if answer[1] != 200] == []
    assert len(busy) > 3 * 130  # of three workers: each was changed once at least


def test_visitors_who_say_nothing_hold_nobody_up(tmp_path):
    write(tmp_path, "here")

    with gunicorn("small:application", "--pythonpath", str(tmp_path), WORKERS="1") as (port, _), ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        time.sleep(0.2)

        visitor = stack.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=3)))
        assert ask(port, connection=visitor)[2] == b"here"
