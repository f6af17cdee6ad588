"""Gunicorn's threaded worker, in which slow and silent clients hold no thread.

Three changes: a connection waits at the poller until its request has arrived (`incoming.py`), also to be closed; no
early signal to end is lost; and an ending worker closes the port at once.
"""

import contextlib
import errno
import os
import resource
import selectors
import signal
import socket
import time
from collections import deque
from concurrent.futures import Future
from typing import Any

from gunicorn import http  # type: ignore[import-untyped]
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker  # type: ignore[import-untyped]

from service.running.web.incoming import Incoming
from service.running.web.paced_answers import paced
from service.running.web.request_source import RequestSource

_ENDING = {signal.SIGTERM, signal.SIGQUIT, signal.SIGINT}
_AT_ONCE = 64 * 2**10
_LOOK_EVERY = 0.5  # seconds between two looks for connections that are overdue
_LINGER_SECONDS = 2.0  # for the client to read the answer and to close its end
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def hold_signals_while_forking() -> None:
    """Hold signals to end until a new worker can handle them.

    After the fork a worker first has the signal handlers of gunicorn's main process, which only note a signal. Without
    this the worker would miss the signal, serve until the end of the grace period, and be killed during its requests.
    """
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING),
    )


class WebWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """A worker whose threads work on requests that have arrived. It finishes its open requests before it ends.

    Its main thread alone touches the collections of connections; the threads of the pool only see their own one.
    """

    wsgi: Any
    application: Any
    worker_connections: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Half of the files that may be open are for the database and the logs.
        self.worker_connections = min(self.worker_connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
        self._arriving: dict[Any, Incoming] = {}
        self._closing: dict[Any, float] = {}  # when each began to close
        self._large: set[Any] = set()  # connections of which a thread reads a large body
        self._large_waiting: deque[tuple[Any, Incoming]] = deque()
        self._most_large = max(1, self.cfg.threads * 3 // 4)  # the others answer short requests meanwhile
        self._next_look = 0.0
        self._ends_silence_at: float | None = None

    def init_signals(self) -> None:
        """Install the worker's own handlers, and handle the signals that were held."""
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def load_wsgi(self) -> None:
        """Load the application. Its answers have a time limit."""
        super().load_wsgi()
        self.application, self.wsgi = self.wsgi, paced(self.wsgi)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Stop or resume accepting connections. A worker that is ending does not resume."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            self._ends_silence_at = time.monotonic() + STOP_KEEPALIVE_LINGER
            streams = self.application.extensions.get("streams")
            if streams is not None:
                streams.end()  # otherwise they would last until the end of the grace period
            for listener in self.sockets:
                listener.close()

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection. If no file is left for it, close the one that has been silent for longest."""
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self._make_room()

    def enqueue_req(self, conn: Any) -> None:
        """Wait for the next request of a connection: a new one, a kept-alive one, or one with bytes left over."""
        now = time.monotonic()
        incoming = self._arriving[conn] = Incoming(now)
        if conn.parser is not None and (left := conn.parser.unreader.take_buffered()):
            incoming.add(left, now)
        conn.sock.setblocking(False)
        self._receive(conn)
        if conn in self._arriving:
            self.poller.register(conn.sock, selectors.EVENT_READ, lambda _: self._receive(conn))

    def _receive(self, conn: Any) -> None:
        """Take what has come on a connection, and hand its request to a thread once that can begin."""
        incoming = self._arriving[conn]
        if not incoming.is_ready:
            try:
                data = conn.sock.recv(_AT_ONCE)
            except BlockingIOError:
                return None
            except OSError:
                data = b""
            if not data:
                return self._drop(conn)
            incoming.add(data, time.monotonic())
        if incoming.is_head_too_large:
            return self._drop(conn, _HEAD_TOO_LARGE)
        if incoming.is_ready:
            self._leave_poller(conn)
            del self._arriving[conn]
            return self._begin(conn, incoming)
        if incoming.asks_to_continue():
            _send_now(conn, _CONTINUE)
        return None

    def _begin(self, conn: Any, incoming: Incoming) -> None:
        """Hand a request to a thread. Large bodies wait here while they occupy most of the threads."""
        if incoming.is_large:
            if len(self._large) >= self._most_large:
                self._large_waiting.append((conn, incoming))
                return
            self._large.add(conn)
        if conn.parser is None:
            conn.parser = http.get_parser(self.cfg, RequestSource(conn.sock), conn.client)
        unreader = conn.parser.unreader
        unreader.unread(bytes(incoming.data))
        unreader.sock.begin(len(incoming.data), waits=incoming.is_large)
        conn.data_ready = True
        super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Answer a request. `100 Continue` was sent when its head arrived, and is not sent again."""
        req._expected_100_continue = False
        return bool(super().handle_request(req, conn))

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """Return whether the connection can be used again. The rest of a body that nobody read is not waited for."""
        conn.parser.unreader.sock.stop_waiting()
        return bool(super()._keepalive_after(conn, keepalive))

    def finish_request(self, conn: Any, fs: "Future[Any]") -> None:
        """Keep the connection of an answered request, or close it without waiting for the client."""
        if conn in self._large:
            self._large.remove(conn)
            if self._large_waiting:
                self._begin(*self._large_waiting.popleft())
        if not fs.cancelled() and fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
        else:
            self._close_politely(conn)

    def _close_politely(self, conn: Any) -> None:
        """Close our end and read on for a moment: to close with unread bytes would destroy the answer on its way.

        Gunicorn does this in the main thread, where a client that does not close holds up all others.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, lambda _: self._discard(conn))
        except (OSError, ValueError):
            return self._close(conn)
        self._closing[conn] = time.monotonic()
        return None

    def _discard(self, conn: Any) -> None:
        try:
            if conn.sock.recv(_AT_ONCE):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(conn)

    def murder_pending(self) -> None:
        """Close the connections that are overdue, or one too many. Gunicorn calls this after each round of events."""
        while self.nr_conns >= self.worker_connections and self._make_room():
            pass
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_EVERY
        is_silence_over = self._ends_silence_at is not None and now >= self._ends_silence_at
        for conn, incoming in list(self._arriving.items()):
            if now >= incoming.due or (is_silence_over and incoming.is_silent):
                self._drop(conn, b"" if incoming.is_silent else _TOO_SLOW)
        for conn, since in list(self._closing.items()):
            if now >= since + _LINGER_SECONDS:
                self._drop(conn)

    def _make_room(self) -> bool:
        """Close the connection that has been silent for longest; return whether any waited for its client.

        Connections whose requests wait for a thread are counted too, but not closed.
        """
        silent = [(incoming.heard_at, conn) for conn, incoming in self._arriving.items()]
        silent += [(since, conn) for conn, since in self._closing.items()]
        silent += [(conn.timeout - self.cfg.keepalive, conn) for conn in list(self.keepalived_conns)[:1]]
        if not silent:
            return False
        conn = min(silent, key=lambda one: one[0])[1]
        with contextlib.suppress(ValueError):
            self.keepalived_conns.remove(conn)
        self._drop(conn)
        return True

    def _drop(self, conn: Any, answer: bytes = b"") -> None:
        """Close a connection that waits at the poller. answer: the last bytes for its client."""
        self._leave_poller(conn)
        self._arriving.pop(conn, None)
        self._closing.pop(conn, None)
        if answer:
            _send_now(conn, answer)
        self._close(conn)

    def _leave_poller(self, conn: Any) -> None:
        with contextlib.suppress(KeyError, ValueError):  # not registered yet
            self.poller.unregister(conn.sock)

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()


def _send_now(conn: Any, data: bytes) -> None:
    """Send a few bytes if there is room for them."""
    with contextlib.suppress(OSError):
        conn.sock.send(data, socket.MSG_DONTWAIT)
