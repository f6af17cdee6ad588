"""Collects the bytes of one request while they arrive, and tells when a thread can begin with it.

A thread begins only when the head and a body of up to `MOST_HELD` bytes are complete. So a client that sends slowly or
nothing at all holds no thread. Of a larger body the first `MOST_HELD` bytes are collected; a thread reads the rest.
"""

import re
from dataclasses import dataclass, field

MOST_HELD = 64 * 2**10
"""Bytes of a body that are collected, and the largest head. No body without sign-in is larger."""
HEAD_SECONDS = 10.0
"""Seconds for the head of a request, and for the first byte on a new connection."""
BODY_SECONDS = 20.0
"""Seconds that a body may take beside one second for each `BYTES_A_SECOND`."""
BYTES_A_SECOND = 16 * 2**10
"""A slow phone sends a hundred kilobytes a second. The allowed time grows with what has come, not with what is told."""

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


def body_due(since: float, received: int) -> float:
    """Return the time by which more of a body must have come. since: when it began; received: its bytes so far."""
    return since + BODY_SECONDS + received / BYTES_A_SECOND


@dataclass
class Incoming:
    """One request that arrives. Times are those of `time.monotonic`.

    since: when the connection was new or became readable; heard_at: when the last bytes came, `since` without any.
    """

    since: float
    data: bytearray = field(default_factory=bytearray)
    heard_at: float = field(init=False)
    _body_at: int = field(init=False, default=0)  # 0 until the head is complete
    _body_since: float = field(init=False, default=0.0)
    _length: int = field(init=False, default=0)
    _chunks: "Chunks | None" = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.heard_at = self.since

    def add(self, data: bytes, now: float) -> None:
        """Add the bytes that came at `now`."""
        before = len(self.data)
        self.data += data
        self.heard_at = now
        if not self._body_at:
            empty_line = 2 if self.data[:2] == b"\r\n" else 0  # one may stand before the request
            end = self.data.find(_HEAD_END, max(empty_line, before - 3))
            if end >= 0:
                self._begin_body(end, now)

    def _begin_body(self, head_end: int, now: float) -> None:
        self._body_at, self._body_since = head_end + len(_HEAD_END), now
        head = bytes(self.data[: head_end + 2])
        if _CHUNKED.search(head):
            self._chunks = Chunks(self._body_at)
        elif length := _LENGTH.search(head):
            self._length = int(length[1])

    @property
    def is_silent(self) -> bool:
        """Whether no byte of the request has come."""
        return not self.data

    @property
    def is_head_too_large(self) -> bool:
        """Whether the head is larger than `MOST_HELD`."""
        return not self._body_at and len(self.data) > MOST_HELD

    @property
    def is_ready(self) -> bool:
        """Whether a thread can begin: the request is complete, or it has a large body of which enough has come."""
        return bool(self._body_at) and (self._is_complete() or self._body_bytes >= MOST_HELD)

    @property
    def is_large(self) -> bool:
        """Whether a thread would have to wait for the rest of the body."""
        return bool(self._body_at) and not self._is_complete()

    @property
    def due(self) -> float:
        """Return the time by which more of the request must have come."""
        return body_due(self._body_since, self._body_bytes) if self._body_at else self.since + HEAD_SECONDS

    @property
    def _body_bytes(self) -> int:
        return len(self.data) - self._body_at

    def _is_complete(self) -> bool:
        return self._chunks.are_complete(self.data) if self._chunks else self._body_bytes >= self._length

    def asks_to_continue(self) -> bool:
        """Return whether the client waits for `100 Continue` before it sends the body."""
        if not self._body_at or self._body_bytes or not (self._length or self._chunks):
            return False
        return _EXPECTS.search(self.data, 0, self._body_at) is not None


class Chunks:
    """Finds the end of a chunked body without copying it. start: where the body begins.

    A body that is not valid counts as complete: gunicorn's parser refuses it.
    """

    def __init__(self, start: int) -> None:
        self._at = start
        self._in_trailers = self._is_over = False

    def are_complete(self, data: bytearray) -> bool:
        """Return whether `data` holds the last chunk and what follows it."""
        while not self._is_over and (end := data.find(b"\r\n", self._at)) >= 0:
            line, self._at = bytes(data[self._at : end]), end + 2
            if self._in_trailers:
                self._is_over = not line
                continue
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError:
                size = -1
            self._is_over = size < 0
            self._in_trailers = size == 0
            self._at += size + 2 if size > 0 else 0
        return self._is_over
