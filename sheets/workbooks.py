"""Opening an XLSX file from a stranger: looked at from outside before anything of it is unpacked.

An XLSX file is a zip of XML. Its directory says how large each part is; `zipfile` never unpacks more than it says, so
that what passes here can't grow beyond it. The sheets are then read row by row.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sheets.built_in_formats import BUILT_IN, GENERAL, UNKNOWN
from sheets.cells import COUNTED_FROM
from sheets.errors import SheetBroken, SheetTooLarge, SheetUnsupported
from sheets.sheet_xml import Sheet, sheet_of, texts_of
from sheets.xml_parts import UNREADABLE, Attributes, elements

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
_MAX_PARTS = 500
_MOST_FORMATS = 1000  # programs take some 250; others are not known
_MAX_RATIO = 200  # XLSX of made-up rosters is packed 5 to 15 times
_RATIO_FROM = 1024 * 1024  # a few blanks may be packed as well as they please
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # OLE: an old .xls, or an XLSX with a password
_COUNTED_FROM_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a local time, as all of a spreadsheet's


def is_workbook(data: bytes) -> bool:
    """Return whether it is a zip. Raises SheetUnsupported for what only spreadsheet programs read."""
    if data.startswith(_OLE):
        raise SheetUnsupported
    return data.startswith(_ZIP)


@dataclass(frozen=True)
class Workbook:
    """The visible sheets of a workbook, each to be read before the next one is asked for; and day 0 of its calendar."""

    sheets: Iterator[Sheet]
    counted_from: datetime


def open_workbook(data: bytes) -> Workbook:
    """Return the workbook. Raises SheetTooLarge, SheetUnsupported, SheetBroken; reading a sheet does so too."""
    package = _open_package(data)
    book = package.workbook
    found = package.elements(book)
    links = package.links(book)
    if not any(name == "sheet" for _, name, _ in found):
        raise SheetUnsupported  # a document of another kind
    counts_from_1904 = any(name == "workbookPr" and each.get("date1904") in ("1", "true") for _, name, each in found)
    visible = [
        (each.get("name", ""), links[each["id"]].target)
        for parent, name, each in found
        if (parent, name) == ("sheets", "sheet")
        and each.get("state", "visible") == "visible"
        and each.get("id") in links
        and links[each["id"]].kind == "worksheet"
    ]
    return Workbook(_sheets(package, links, visible), _COUNTED_FROM_1904 if counts_from_1904 else COUNTED_FROM)


def _sheets(package: "_Package", links: Mapping[str, "_Link"], listed: Sequence[tuple[str, str]]) -> Iterator[Sheet]:
    by_kind = {link.kind: link.target for link in links.values()}
    texts: list[str] = []
    if "sharedStrings" in by_kind:
        with package.part(by_kind["sharedStrings"]) as part:
            texts = texts_of(part)
    forms = _forms(package.elements(by_kind["styles"])) if "styles" in by_kind else []
    for name, target in listed:
        with package.part(target) as part:
            yield sheet_of(part, texts, forms, name=name)


def _forms(styles: Sequence[tuple[str, str, Attributes]]) -> list[str]:
    """Return the formats of numbers, in the order in which cells name them."""
    listed = [each for _, name, each in styles if name == "numFmt"]
    own = {each.get("numFmtId"): each.get("formatCode", GENERAL) for each in listed[:_MOST_FORMATS]}
    built_in = {str(number): form for number, form in BUILT_IN.items()}
    known = built_in | own
    return [
        known.get(each.get("numFmtId", "0"), UNKNOWN)
        for parent, name, each in styles
        if (parent, name) == ("cellXfs", "xf")
    ]


@dataclass(frozen=True)
class _Link:
    kind: str
    target: str


class _Package:
    """The parts of a file, by their names: in any case, and with any slash, as programs write them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names: dict[str, str] = {}
        for name in archive.namelist():
            if self.names.setdefault(_same(name), name) != name:
                raise SheetBroken(row=1)
        if len(self.names) < len(archive.namelist()):
            raise SheetBroken(row=1)  # two parts of one name: a program may show the one, and this one read the other
        if "[content_types].xml" not in self.names:
            raise SheetUnsupported
        main = [link.target for link in self.links("").values() if link.kind == "officeDocument"]
        self.workbook = main[0] if main else "xl/workbook.xml"
        if not self.workbook.endswith(".xml"):
            raise SheetUnsupported  # .xlsb

    def part(self, name: str) -> IO[bytes]:
        """Return an open part. Raises SheetBroken."""
        known = self.names.get(_same(name))
        try:
            if known is not None:
                return self.archive.open(known)
        except UNREADABLE as error:
            raise SheetBroken(row=1) from error
        raise SheetBroken(row=1)

    def elements(self, name: str) -> list[tuple[str, str, Attributes]]:
        """Return the elements of a small part."""
        with self.part(name) as part:
            return elements(part)

    def links(self, name: str) -> Mapping[str, _Link]:
        """Return what a part refers to, by the ids that it uses; of the file itself for no name."""
        folder, _, file = name.rpartition("/")
        links = posixpath.join(folder, "_rels", f"{file}.rels")
        if _same(links) not in self.names:
            return {}
        return {
            each["Id"]: _Link(each.get("Type", "").rpartition("/")[2], _path(folder, each.get("Target", "")))
            for _, tag, each in self.elements(links)
            if tag == "Relationship" and "Id" in each
        }


def _same(name: str) -> str:
    return name.replace("\\", "/").lower()


def _path(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))


def _open_package(data: bytes) -> _Package:
    if len(data) > MAX_BYTES:
        raise SheetTooLarge
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except UNREADABLE as error:
        raise SheetBroken(row=1) from error
    _check_sizes(archive.infolist())
    return _Package(archive)


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _MAX_PARTS or unpacked > MAX_UNPACKED:
        raise SheetTooLarge
    if unpacked > _RATIO_FROM and unpacked > _MAX_RATIO * max(packed, 1):
        raise SheetTooLarge
