"""XML of a stranger, read as a stream: no document types, no entities, nothing kept that isn't asked for."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import IO, NoReturn
from xml.parsers import expat

from sheets.errors import SheetBroken, SheetTooLarge

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main ",
    "http://purl.oclc.org/ooxml/spreadsheetml/main ",  # "strict" workbooks
)
"""The namespaces of a workbook's own elements."""
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""What `zipfile` raises for a damaged archive."""
_CHUNK = 64 * 1024
_MOST_ELEMENTS = 300_000  # of a part that is read as a whole
Attributes = Mapping[str, str]


def make_parser() -> expat.XMLParserType:
    """Return a parser that refuses document types. Names are "namespace name"."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def chunks(parser: expat.XMLParserType, part: IO[bytes], row: Callable[[], int] = lambda: 1) -> Iterator[None]:
    """Parse a part, and yield after each chunk. row: where a damaged part breaks off. Raises SheetBroken."""
    try:
        while data := part.read(_CHUNK):
            parser.Parse(data, False)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, *UNREADABLE) as error:
        raise SheetBroken(row=row()) from error
    yield


def elements(part: IO[bytes]) -> list[tuple[str, str, Attributes]]:
    """Return the elements of a small part: the names of the parent and of the element, without namespaces; attributes.

    Raises SheetBroken, SheetTooLarge.
    """
    found: list[tuple[str, str, Attributes]] = []
    path = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(found) == _MOST_ELEMENTS:
            raise SheetTooLarge
        name = name.rpartition(" ")[2]
        found.append((path[-1], name, {key.rpartition(" ")[2]: value for key, value in attributes.items()}))
        path.append(name)

    def end(_name: str) -> None:
        path.pop()

    parser = make_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    for _ in chunks(parser, part):
        pass
    return found


def _refuse(*_args: object) -> NoReturn:
    raise SheetBroken(row=1)
