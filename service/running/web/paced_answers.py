"""Sends answers with a total time, so that a client that does not read its answer holds no thread."""

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from service.running.web import incoming

_PIECE = 64 * 2**10


def paced(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return the WSGI application with answers that are sent in pieces, each with a time limit on its socket.

    The time is that of a body: 20 seconds and one second for each 16 kB, and never more than 20 for one piece, since
    the kernel takes some megabytes for a client that reads nothing. Only the time spent in sending counts, so a stream
    of events may last. A piece that is late raises TimeoutError in the server.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return _Pieces(application(environ, start_response), environ["gunicorn.socket"])

    return answer


class _Pieces:
    """The pieces of one answer, for the server to send."""

    def __init__(self, parts: Iterable[bytes], connection: socket.socket) -> None:
        self._parts, self._connection = parts, connection

    def __iter__(self) -> Iterator[bytes]:
        sent, spent = 0, 0.0
        for part in self._parts:
            for at in range(0, len(part) or 1, _PIECE):
                piece = part[at : at + _PIECE] if len(part) > _PIECE else part
                began = time.monotonic()
                left = min(incoming.BODY_SECONDS, incoming.body_due(0.0, sent) - spent)
                self._connection.settimeout(max(0.001, left))
                try:
                    yield piece  # the server sends it before it asks for the next one
                finally:
                    self._connection.settimeout(None)
                spent, sent = spent + time.monotonic() - began, sent + len(piece)

    def close(self) -> None:
        """Close the answer of the application, as WSGI wants."""
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()
