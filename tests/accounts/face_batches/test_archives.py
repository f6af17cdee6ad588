"""What is uploaded as a zip may be anything: it is refused with its reason, and never unpacked beyond the limits."""

import struct
import tracemalloc
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from accounts.face_batches import admission
from accounts.face_batches import archive as archives
from accounts.face_batches.archive import MIB, MOST_BYTES, MOST_UNPACKED, Archive
from accounts.face_errors import ArchiveBroken, ArchiveEmpty, ArchiveTooLarge, ArchiveUnsupported
from faces.errors import PhotoBroken
from models.face_batches import FaceBatch, FaceBatchPhoto, FaceBatchRow
from tests.accounts.enrolment.enrolling_in_person import code_of
from tests.accounts.face_batches.conftest import Ward, count, zipped
from tests.fakes import FakeEngine, face
from tests.fuzz.bounded import bounded

LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The zip with some bytes changed in the header that begins with `mark`."""
    at = data.index(mark) + offset
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.parametrize("data", [b"", b"Rar!\x1a\x07\x01\x00" + b"x" * 100, b"\xff\xd8\xff", b"7z\xbc\xaf", b"{}"])
def test_what_is_no_zip_is_refused(ward: Ward, data: bytes) -> None:
    assert code_of(ward.upload(data)) == (415, "archive_unsupported")
    assert count(ward.db, FaceBatch) == 0


def test_a_damaged_zip_is_refused(ward: Ward) -> None:
    whole = zipped({"3310000101_1.jpg": face("li")})
    for data in (whole[: len(whole) // 2], whole[:-30], patched(whole, CENTRAL, 0, b"PK??")):
        assert code_of(ward.upload(data)) == (422, "archive_broken")


def test_a_zip_with_a_password_or_an_odd_compression_is_refused(ward: Ward) -> None:
    whole = zipped({"3310000101_1.jpg": face("li")})
    assert code_of(ward.upload(patched(whole, CENTRAL, 8, b"\x01\x00"))) == (415, "archive_unsupported")
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        odd = zipped({"3310000101_1.jpg": face("li")}, method=method)
        assert code_of(ward.upload(odd)) == (415, "archive_unsupported")


@pytest.mark.parametrize("names", [[], ["照片/"], ["__MACOSX/._3310000101.jpg", ".DS_Store"]])
def test_a_zip_without_photos_is_refused(ward: Ward, names: list[str]) -> None:
    assert code_of(ward.upload(zipped(dict.fromkeys(names, b"")))) == (422, "archive_empty")


def test_a_form_without_a_file_is_refused(ward: Ward) -> None:
    reply = ward.admin.call("POST", "/face-batches", data={"file": "text"}, content_type="multipart/form-data")
    assert reply.status_code == 422


def test_too_many_files_are_refused(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 20)
    reply = ward.upload(zipped({f"{n}.jpg": b"" for n in range(21)}))
    assert code_of(reply) == (413, "archive_too_large")
    assert reply.json["limit_files"] == 20
    assert ward.upload(zipped({f"{n}.jpg": b"" for n in range(20)})).status_code == 202


def test_a_zip_bomb_is_refused_before_it_is_unpacked(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 20 * MIB)
    bomb = zipped({f"33100001{n:02}_1.jpg": bytes(7 * MIB) for n in range(3)})
    assert len(bomb) < MIB / 16
    reply = ward.upload(bomb)
    assert (code_of(reply), reply.json["limit_bytes"]) == ((413, "archive_too_large"), 20 * MIB)
    assert count(ward.db, FaceBatchRow) == 0
    assert MOST_UNPACKED <= 4 * MOST_BYTES


def test_a_photo_that_lies_about_its_size_unpacks_to_no_more_than_it_says(ward: Ward, engine: FakeEngine) -> None:
    ward.person("li")
    liar = patched(zipped({f"{ward.number('li')}.jpg": bytes(2**25)}), CENTRAL, 24, struct.pack("<I", 1000))
    tracemalloc.start()
    try:
        batch = ward.sent(liar)
        assert tracemalloc.get_traced_memory()[1] < 2**23
    finally:
        tracemalloc.stop()
    assert ward.told(batch) == {ward.number("li"): ("refused", "photo_broken")}
    assert (engine.looks, count(ward.db, FaceBatchPhoto)) == (0, 0)


def test_a_directory_of_many_names_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LONGEST_DIRECTORY", 2000)
    many = zipped({f"{n}.jpg": b"" for n in range(100)})
    with pytest.raises(ArchiveTooLarge):
        Archive(many)
    assert Archive(zipped({f"{n}.jpg": b"" for n in range(10)})).rows


def test_one_row_beyond_what_an_enrolment_takes_is_refused_unread(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST_OF_ROW", 3 * MIB)
    ward.person("li")
    photos = {f"{{li}}_{n}.jpg": bytes(MIB) for n in range(4)}
    assert ward.told(ward.sent(photos)) == {ward.number("li"): ("refused", "photos_too_large")}


def test_names_of_windows_in_chinese_are_read(ward: Ward) -> None:
    """Windows writes names in GB 18030 and doesn't say so."""
    ward.person("li")
    batch = ward.sent(as_windows_writes({f"第一医院照片/{ward.number('li')}_1.jpg": face("li"), "李明.jpg": face("x")}))
    ward.run_jobs()
    assert ward.told(batch) == {ward.number("li"): ("enrolled", None), "李明.jpg": ("refused", "name_unreadable")}


def as_windows_writes(photos: dict[str, bytes]) -> bytes:
    """A zip of stored files whose names are in GB 18030, without the flag of UTF-8."""
    body, directory = b"", b""
    for text, photo in photos.items():
        name, at = text.encode("gb18030"), len(body)
        told = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(photo), len(photo), len(photo), len(name), 0)
        body += LOCAL + told + name + photo
        directory += CENTRAL + struct.pack("<H", 20) + told + struct.pack("<HHHII", 0, 0, 0, 0, at) + name
    end = struct.pack("<HHHHIIH", 0, 0, len(photos), len(photos), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def test_odd_characters_of_a_name_are_not_stored(ward: Ward) -> None:
    batch = ward.sent(zipped({"a\u202egpj\x07.exe; drop": b"x", "x" * 300: b"y"}))
    names = [row["file_name"] for row in ward.rows(batch)]
    assert names == ["a�gpj�.exe; drop", "x" * 100]


def test_photos_of_one_person_in_several_folders_are_one_row(ward: Ward) -> None:
    ward.person("li")
    batch = ward.sent({"a/{li}_2.jpg": face("li", off=0.1), "b/{li}_1.jpg": face("li"), "b/{li}_2.jpg": face("li")})
    (row,) = ward.rows(batch)
    assert (row["photos"], row["file_name"]) == (3, f"{ward.number('li')}_1.jpg")
    assert ward.db.scalar(select(func.count()).select_from(FaceBatchPhoto)) == 3


def test_a_file_whose_name_begins_with_nul_has_no_number(ward: Ward) -> None:
    data = zipped({"3310000101_1.jpg": b"x"}).replace(b"3310000101", b"\x00" + b"310000101")
    assert [row.cme_number for row in Archive(data).rows] == [None]


def test_no_damage_of_a_zip_is_anything_but_a_refusal() -> None:
    """Each byte of a small zip may be anything: it is refused, or its photos are read or told to be broken."""
    refusals = (ArchiveBroken, ArchiveEmpty, ArchiveTooLarge, ArchiveUnsupported)
    whole = zipped({"3310000101_1.jpg": b"x" * 200, "李明.jpg": b"y"})

    @bounded(400)
    @given(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1, max_size=6))
    def read(changes: list[tuple[int, int]]) -> None:
        data = bytearray(whole)
        for at, value in changes:
            data[at] = value
        try:
            archive = Archive(bytes(data))
        except refusals:
            return
        for row in archive.rows:
            assert row.file_name.isprintable()
            for info in row.files:
                with suppress(PhotoBroken):
                    assert len(archive.read(info)) <= MOST_UNPACKED

    read()
