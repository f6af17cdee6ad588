"""Runs a function in several threads."""

import threading
from collections.abc import Callable


def run_in_threads(work: Callable[[], None], *, count: int) -> None:
    """Run `work` in `count` threads and wait for all of them. Raises the error of the first thread that failed."""
    failed = list[BaseException]()

    def watched() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=watched) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise failed[0]
