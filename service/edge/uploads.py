"""Reads uploads in pieces that fit into the processor's cache."""

from typing import IO, Any, cast

from werkzeug.formparser import FormDataParser

_PIECE = 2**14


class _InPieces:
    """A stream whose `read` returns at most one piece, even if more bytes are asked for."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes, at most one piece. Returns no bytes at the end."""
        return self._stream.read(min(size, _PIECE) if size >= 0 else _PIECE)


class PiecewiseParser(FormDataParser):
    """Werkzeug's parser with smaller pieces: it copies its input several times, and 64 kB pieces take twice the CPU."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """Parse a multipart form as Werkzeug does. Other bodies stay in the stream."""
        if mimetype == "multipart/form-data":
            stream = cast(IO[bytes], _InPieces(stream))
        return super().parse(stream, mimetype, content_length, options)
