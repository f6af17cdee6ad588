"""HTTP/1.1 over one kept-alive connection, with as little CPU as possible in Python."""

import socket
from dataclasses import dataclass
from typing import Any

PATIENCE_SECONDS = 60.0  # longer than any request waits in the service


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body."""

    status: int
    body: bytes


class RawConnection:
    """A connection to 127.0.0.1:port, opened again if the service has closed it. For one thread at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection. The next request opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(self, head: bytes, body: bytes = b"", more: bytes = b"") -> Answer:
        """Send a request and return the answer. more: the rest of the body, so that the caller need not join them.

        head: request line and headers, each with its line end, without Content-Length. Raises OSError.
        """
        reused = self._socket is not None
        try:
            return self._exchange(head, body, more)
        except (ConnectionError, EOFError):
            self.close()
            if not reused:
                raise
        return self._exchange(head, body, more)  # the service had closed the idle connection

    def _exchange(self, head: bytes, body: bytes, more: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        length = len(body) + len(more)
        self._socket.sendall(b"%bContent-Length: %d\r\n\r\n%b" % (head, length, body) if length else head + b"\r\n")
        if more:
            self._socket.sendall(more)
        return self._receive(self._socket)

    def _receive(self, connection: socket.socket) -> Answer:
        got = connection.recv(65536)
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += _some(connection)
        lower = got[:end].lower()
        length = int(lower.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
        body = got[end + 4 :]
        while len(body) < length:
            body += _some(connection)
        if b"\r\nconnection: close" in lower:
            self.close()
        return Answer(int(got[9:12]), body)


def head(method: str, path: str, token: str, *headers: str) -> bytes:
    """Return the head of a request. It can be used several times."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", *headers]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _some(connection: socket.socket) -> bytes:
    got = connection.recv(65536)
    if not got:
        raise EOFError("the service closed the connection in the middle of an answer")
    return got
