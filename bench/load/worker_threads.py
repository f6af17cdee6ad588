"""Threads that work off one list together."""

import threading
from collections.abc import Callable


def work_together(work: Callable[[], None], *, hands: int) -> None:
    """Let so many threads do `work`, and wait for all; raises what the first one to fail raised."""
    failed = list[BaseException]()

    def watched() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=watched) for _ in range(hands)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise failed[0]
