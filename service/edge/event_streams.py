"""Server-sent events: a state is read again and again, and sent when it has changed.

A stream holds a thread, so their number is capped; who finds none free polls with the ETag, which costs as little.
A stream ends by itself after a while, and the browser comes back on its own, perhaps to another replica: each event
carries the ETag of its state as its id, and who comes back with the present one is sent nothing until it changes.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response

from foundation.errors import Refusal

_BACK_AFTER_MS = 2000
_ALIVE_EVERY = 15.0  # seconds: a comment that shows whether the client is still there


class TooManyStreams(Refusal):
    """As many streams are open here as are allowed; polling is open."""

    code = "too_many_streams"


def hung_up(connection: socket.socket) -> bool:
    """Return whether the client has closed its end: a write would tell that too, but only the second one after it.

    connection: of this request; nothing is taken from it.
    """
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@dataclass(frozen=True)
class State:
    """What is sent: its JSON, and a tag that is the same for the same state."""

    tag: str
    json: str


class Streams:
    """Opens at most `most` streams in this process.

    every: seconds between two looks; lasts: seconds after which a stream ends, 0 for after the first look.
    """

    def __init__(
        self, most: int, *, every: float, lasts: float, sleep: Callable[[float], object] | None = None
    ) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._ending = threading.Event()
        self._every, self._lasts, self._sleep = every, lasts, sleep or self._ending.wait

    def end(self) -> None:
        """End all streams, since the process is about to: their clients come back to another one."""
        self._ending.set()

    def open(
        self, look: Callable[[], State | None], seen: str | None, is_gone: Callable[[], bool] = lambda: False
    ) -> Response:
        """Return a stream of the states that `look` gives; it ends when that gives None, or the client is gone.

        seen: the tag that the client has already; is_gone: asked before each look. Raises TooManyStreams.
        """
        if not self._free.acquire(blocking=False):
            raise TooManyStreams(retry_after=int(self._every) + 1)
        response = Response(self._events(look, seen, is_gone), content_type="text/event-stream")
        response.call_on_close(self._free.release)
        response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the events back
        return response

    def _events(self, look: Callable[[], State | None], seen: str | None, is_gone: Callable[[], bool]) -> Iterator[str]:
        yield f"retry: {_BACK_AFTER_MS}\n\n"
        passed = quiet = 0.0
        while not (is_gone() or self._ending.is_set()):
            state = look()
            if state is None:
                return
            if state.tag != seen:
                seen, quiet = state.tag, 0.0
                yield f"id: {state.tag}\ndata: {state.json}\n\n"
            elif quiet >= _ALIVE_EVERY:
                quiet = 0.0
                yield ":\n\n"
            if passed >= self._lasts:
                return
            self._sleep(self._every)
            passed, quiet = passed + self._every, quiet + self._every
