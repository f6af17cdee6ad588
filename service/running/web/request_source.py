"""What gunicorn's parser reads a request from: the bytes that have arrived, and for a large body the socket."""

import errno
import select
import socket
import time

from service.running.web.incoming import body_due


class RequestSource:
    """The socket of a connection with time limits, for gunicorn's parser.

    It has `recv` alone: gunicorn sets no timeouts of its own on it. A body that ends early raises an error, because
    gunicorn would hand the part that came to the application like a whole body.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._since, self._received, self._waits = 0.0, 0, False

    def begin(self, received: int, *, waits: bool) -> None:
        """Begin a request of which `received` bytes have come. waits: whether more may be waited for."""
        self._since, self._received, self._waits = time.monotonic(), received, waits

    def stop_waiting(self) -> None:
        """Give out only what has arrived: the request was answered without the rest."""
        self._waits = False

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes, at least one. Raises ConnectionResetError if the client is too slow or has ended.

        Gunicorn closes the connection then; the application sees a client that disconnected.
        """
        while True:
            try:
                data = self._connection.recv(size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self._wait()
                continue
            if not data:
                raise _broken("the client ended its request early")
            self._received += len(data)
            return data

    def _wait(self) -> None:
        left = body_due(self._since, self._received) - time.monotonic() if self._waits else 0.0
        if left <= 0:
            raise _broken("the client sends its request too slowly")
        readable = select.poll()
        readable.register(self._connection, select.POLLIN)
        readable.poll(left * 1000)


def _broken(reason: str) -> ConnectionResetError:
    return ConnectionResetError(errno.ECONNRESET, reason)
