"""Verbs at the same moment."""

from threading import Barrier, Thread

from django.db import connection


def at_once(*verbs) -> list:
    """Run the verbs at the same moment, each in a connection of its own; return what each came to, refusals included."""
    outcomes, start = {}, Barrier(len(verbs))

    def run(number, verb):
        start.wait()
        try:
            outcomes[number] = verb()
        except Exception as problem:  # noqa: BLE001 (whatever it was, the test sees it)
            outcomes[number] = problem
        finally:
            connection.close()

    threads = [Thread(target=run, args=row) for row in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [outcomes.get(number) for number in range(len(verbs))]
