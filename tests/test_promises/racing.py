"""Threads that begin at once, each with its own connection."""

import threading
from collections.abc import Callable, Sequence

from django.db import connection

Act = Callable[[], object]


def race(acts: Sequence[Act]) -> list[object]:
    """Run all at once; return each one's result, or the exception that it ended with."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(index: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[index] = acts[index]()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
