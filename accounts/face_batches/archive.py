"""Reads a zip of photos named by 继教编号, such as 3310000101_1.jpg. Nothing of it is written to a disk.

It trusts nothing that the file says of itself: the number of files, their sizes, names and order are all bounded before
anything is unpacked, and one photo at a time is unpacked. Folders in a name don't matter, only its last part does.
"""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.face_errors import ArchiveBroken, ArchiveEmpty, ArchiveTooLarge, ArchiveUnsupported
from faces.errors import PhotoBroken

MIB = 2**20
MOST_BYTES = 60 * MIB
"""Of the file."""
MOST_FILES = 2000
MOST_UNPACKED = 240 * MIB
"""Of all photos together. Photos don't shrink in a zip, so a file that unpacks to much more than itself is no photo."""
MOST_OF_ROW = 60 * MIB
"""Of the photos of one person together: as many as one enrolment may send."""
_LONGEST_DIRECTORY = MIB  # some 10,000 names; zipfile would read any length and make an object of each
_PIECE = 2**16
_LONGEST_NAME = 100  # characters that are shown
_ENCRYPTED, _IS_UTF8 = 0x41, 0x800  # bits in the flags of a file
_NAME = re.compile(r"([0-9A-Za-z]{1,20})(?:[_-]([0-9]{1,2})| ?\(([0-9]{1,2})\))?(?:\.[0-9A-Za-z]{1,5})?")
_OF_SYSTEMS = {"thumbs.db", "desktop.ini"}
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError, OverflowError, EOFError, OSError,
    RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class ArchiveRow:
    """The photos of one person. cme_number: None if the name holds none. file_name: of the first photo, to be shown.

    size: bytes of all its photos, as the file says; reading stops there.
    """

    cme_number: str | None
    file_name: str
    files: tuple[zipfile.ZipInfo, ...]

    @property
    def size(self) -> int:
        """Return the bytes of all its photos."""
        return sum(info.file_size for info in self.files)


class Archive:
    """An opened file. Raises ArchiveUnsupported, ArchiveBroken, ArchiveTooLarge, ArchiveEmpty."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(_Bounded(data))
            # Not is_dir(): it fails with IndexError on a name that begins with NUL, which is read as an empty one.
            infos = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        except _UNREADABLE:
            raise (ArchiveBroken if data.startswith(b"PK") else ArchiveUnsupported)(field="file") from None
        if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_UNPACKED:
            raise _too_large()
        if any(info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS for info in infos):
            raise ArchiveUnsupported(field="file")
        self.rows = list(_rows(infos))
        if not self.rows:
            raise ArchiveEmpty(field="file")

    def read(self, info: zipfile.ZipInfo) -> bytes:
        """Return one photo. Raises PhotoBroken if it can't be unpacked, or is not as large as the file says."""
        pieces = []
        try:
            with self._zip.open(info) as opened:
                while piece := opened.read(_PIECE):
                    pieces.append(piece)
        except _UNREADABLE:
            raise PhotoBroken from None
        return b"".join(pieces)


_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack a small piece into any amount of memory


class _Bounded(io.BytesIO):
    """The bytes of a file; refuses to read a piece that no honest zip asks for, such as a directory of 50 MB."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as BytesIO does. Raises ArchiveTooLarge."""
        if size is None or size < 0:
            size = self.getbuffer().nbytes - self.tell()
        if size > _LONGEST_DIRECTORY:
            raise _too_large()
        return super().read(size)


def _too_large() -> ArchiveTooLarge:
    return ArchiveTooLarge(field="file", facts={"limit_files": MOST_FILES, "limit_bytes": MOST_UNPACKED})


def _rows(infos: list[zipfile.ZipInfo]) -> Iterator[ArchiveRow]:
    """Give a row for each number, in order of its first photo, and one for each name that holds no number."""
    found: dict[str, list[tuple[int, str, zipfile.ZipInfo]]] = {}
    for place, info in enumerate(infos):
        folders, name = _parts(info)
        if "__MACOSX" in folders or name.startswith(".") or name.lower() in _OF_SYSTEMS:
            continue
        told = _NAME.fullmatch(name)
        key = told[1] if told else f"\0{place}"
        number = int(told[2] or told[3] or 0) if told else 0
        found.setdefault(key, []).append((number, name, info))
    for key, photos in found.items():
        photos.sort(key=lambda photo: photo[0])  # stable: equal places stay in the order of the file
        name = "".join(each if each.isprintable() else "�" for each in photos[0][1])[:_LONGEST_NAME]
        yield ArchiveRow(None if key.startswith("\0") else key, name, tuple(info for _, _, info in photos))


def _parts(info: zipfile.ZipInfo) -> tuple[list[str], str]:
    """Return the folders and the name of a file. Windows in Chinese writes GB 18030, and flags nothing."""
    name = info.filename
    if not info.flag_bits & _IS_UTF8:
        raw = name.encode("cp437", errors="replace")
        for encoding in ("utf-8", "gb18030", "cp437"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    *folders, last = re.split(r"[/\\]", unicodedata.normalize("NFKC", name))
    return folders, last.strip()
