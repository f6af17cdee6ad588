"""Parses multipart forms: in small pieces, and a photo is a file also where its part names no file.

RFC 7578 lets a part of a form go without a file name. Werkzeug takes such a part for text, which a photo is not.
"""

from typing import IO, Any

from werkzeug.datastructures import FileStorage, Headers, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

PHOTO_FIELDS = frozenset({"photos"})
UNNAMED = "photo"
_PIECE = 2**14  # bytes; a form is parsed in pieces that fit into the processor's cache


class _FormPart:
    """A part of the form while it is read. file: its content if it is a file, else None."""

    def __init__(self, name: str, filename: str | None, headers: Headers, file: IO[bytes] | None) -> None:
        self.name, self.filename, self.headers, self.file = name, filename, headers, file
        self.text = bytearray()

    def as_file(self) -> FileStorage:
        """Return the whole file."""
        assert self.file is not None  # noqa: S101 - asked of files alone
        self.file.seek(0)
        return FileStorage(self.file, self.filename, self.name, headers=self.headers)


class PiecewiseParser(FormDataParser):
    """Werkzeug's parser with smaller pieces: it copies its input several times, and 64 kB pieces take twice the CPU."""

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("Missing boundary")
        decoder = MultipartDecoder(boundary, self.max_form_memory_size, max_parts=self.max_form_parts)
        fields: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        part, is_read = None, False
        while not is_read:
            piece = stream.read(_PIECE)
            is_read = not piece
            decoder.receive_data(piece or None)
            while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
                if isinstance(event, Field | File):
                    part = self._open(event, content_length)
                elif isinstance(event, Data) and part is not None:
                    self._write(part, event.data)
                    if not event.more_data and part.file is None:
                        fields.append((part.name, part.text.decode("utf-8", "replace")))
                    elif not event.more_data:
                        files.append((part.name, part.as_file()))
        return stream, MultiDict(fields), MultiDict(files)

    def _open(self, event: Field | File, content_length: int | None) -> _FormPart:
        filename = event.filename if isinstance(event, File) else None
        if filename is None and is_photo(event.name, event.headers):
            filename = UNNAMED
        if filename is None:
            return _FormPart(event.name, None, event.headers, None)
        kind = event.headers.get("content-type")
        file = self.stream_factory(content_length, kind, filename, None)
        return _FormPart(event.name, filename, event.headers, file)

    def _write(self, part: _FormPart, data: bytes) -> None:
        if part.file is not None:
            part.file.write(data)
            return
        part.text += data
        if self.max_form_memory_size is not None and len(part.text) > self.max_form_memory_size:
            raise RequestEntityTooLarge


def is_photo(name: str | None, headers: Headers) -> bool:
    """Return whether a part without a file name is a photo: its field takes photos, or it says that it is a picture."""
    return name in PHOTO_FIELDS or headers.get("content-type", "").lower().startswith("image/")
