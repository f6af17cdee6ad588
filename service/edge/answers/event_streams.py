"""Server-sent events: a stream reads a state at regular intervals and sends it after each change.

A stream holds a thread, so the number of streams is limited. A client that gets none polls with the ETag, which costs
no more. A stream ends after some minutes, and the browser connects again by itself, perhaps to another replica. The id
of an event is the ETag of its state; a client that connects with the current ETag gets the next event at the next
change.
"""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response

from foundation.errors import Refusal

_BACK_AFTER_MS = 2000
_ALIVE_EVERY = 15.0  # seconds between comments that show whether the client is still connected


class TooManyStreams(Refusal):
    """This process has the largest number of open streams. The client can poll instead."""

    code = "too_many_streams"


def has_closed(connection: socket.socket) -> bool:
    """Return whether the client has closed its end. A write would show that too, but only the second write.

    connection: the socket of this request, plain or TLS. No byte is taken from it.
    """
    poller = select.poll()  # asks the descriptor, because a TLS socket takes no flags
    try:
        poller.register(connection.fileno(), select.POLLRDHUP)
        return bool(poller.poll(0))
    except (OSError, ValueError):
        return True  # closed on this side already


@dataclass(frozen=True)
class State:
    """The state to send: its JSON, and a tag that is equal for equal states."""

    tag: str
    json: str


class Streams:
    """Opens at most `most` streams in this process.

    every: seconds between two reads; lasts: seconds until a stream ends, 0 to end after the first read.
    """

    def __init__(
        self, most: int, *, every: float, lasts: float, sleep: Callable[[float], object] | None = None
    ) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._ending = threading.Event()
        self._every, self._lasts, self._sleep = every, lasts, sleep or self._ending.wait

    def end(self) -> None:
        """End all streams, because the process ends. The clients connect to another process."""
        self._ending.set()

    def open(
        self, look: Callable[[], State | None], seen: str | None, is_gone: Callable[[], bool] = lambda: False
    ) -> Response:
        """Return a stream of the states that `look` returns. It ends when `look` returns None or the client has gone.

        seen: the tag of the state that the client has; is_gone: called before each read. Raises TooManyStreams.
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
