"""What the benches read; they themselves are run by `make bench`."""

import subprocess
import sys

from django.conf import settings

from benches import wrk

SAID = """Running 3s test @ http://127.0.0.1:41369/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     5.29ms    3.46ms   1.20s    83.26%
    Req/Sec     1.15k   138.90     1.33k    60.00%
  Latency Distribution
     50%  962.00us
     75%    6.45ms
     90%    9.23ms
     99%    1.05s 
  3353 requests in 3.01s, 2.69MB read
Requests/sec:   1139.65
Transfer/sec:      2.66MB
"""  # noqa: W291 (wrk ends seconds with a space)


def test_what_wrk_says_is_read_in_milliseconds():
    assert wrk.read(SAID) == wrk.Run(requests=3353, rate=1139.65, p50=0.962, p99=1050)


def test_of_several_runs_the_medians_count():
    runs = [wrk.Run(10, 5, 1, 9), wrk.Run(20, 7, 3, 2), wrk.Run(30, 6, 2, 5)]

    assert wrk.middle(runs) == wrk.Run(60, 6, 2, 5)


def test_sizes_that_are_no_numbers_are_refused_in_words():
    command = [sys.executable, "benches/search.py"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env={"SIZES": "ten"}, capture_output=True, text=True, check=False)

    assert done.stderr == "SIZES is 'ten'; it must be numbers of stories, such as 10000 1000000.\n"
