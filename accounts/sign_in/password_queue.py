"""Hashes passwords one after the other in one thread, so that many sign-ins at once slow nothing else down."""

import contextlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from accounts.errors import SignInBusy
from accounts.sign_in.passwords import hash_password, is_password

_RETRY_SECONDS = 2
_NICE = 10


class PasswordHasher:
    """Hashes passwords in the thread of a queue. For whoever holds a place in it."""

    def __init__(self) -> None:
        # The thread starts with the first password, so that a process that only forks has none.
        self._thread = ThreadPoolExecutor(1, "passwords", _be_nice)

    def hash(self, password: str) -> str:
        """Return the salted hash with its parameters."""
        return self._thread.submit(hash_password, password).result()

    def fits(self, stored: str | None, password: str) -> bool:
        """Return whether `password` has the `stored` hash. Without a hash (None) it takes the same time."""
        return self._thread.submit(is_password, stored, password).result()


class PasswordQueue:
    """The queue of a process for the hashes of passwords. places: how many requests may be in it."""

    def __init__(self, places: int) -> None:
        self._free = threading.BoundedSemaphore(places)
        self._hasher = PasswordHasher()

    @contextlib.contextmanager
    def place(self) -> Iterator[PasswordHasher]:
        """Take a place for the block, before anything is counted. Raises SignInBusy if none is free.

        Take no place in a transaction that may write: the password would hold it up for as long as the queue is.
        """
        if not self._free.acquire(blocking=False):
            raise SignInBusy(retry_after=_RETRY_SECONDS)
        try:
            yield self._hasher
        finally:
            self._free.release()


def _be_nice() -> None:
    """Let all other threads go first. Linux keeps the niceness of each thread."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
