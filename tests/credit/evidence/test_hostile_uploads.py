"""Files that are not what they say, or that would cost too much: refused by their content, and never a 5xx."""

import io
import zipfile
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.evidence import pdfs, pictures
from models.stored_files import StoredFile
from tests.api import Api
from tests.credit.evidence import files
from tests.credit.evidence.files import upload
from tests.factories import Factories

MOST = 5 * 2**20
_JPEG, _PDF = files.picture(), files.plain_pdf()


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x", bytes(50_000_000))
    return buffer.getvalue()


REFUSED: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 422, "evidence_broken"),
    "an SVG with a script": (
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        415,
        "evidence_unsupported",
    ),
    "HTML": (b"<!doctype html><script>alert(1)</script>", 415, "evidence_unsupported"),
    "HTML behind the mark of a JPEG": (b"\xff\xd8\xff<html><script>alert(1)</script>", 422, "evidence_broken"),
    "HTML behind the mark of a PNG": (b"\x89PNG\r\n\x1a\n<html>", 422, "evidence_broken"),
    "HTML behind the mark of a PDF": (b"%PDF-1.7 <html><script>alert(1)</script>", 422, "evidence_broken"),
    "a program": (b"MZ\x90\x00" + bytes(500), 415, "evidence_unsupported"),
    "a zip that unpacks to much": (_zip(), 415, "evidence_unsupported"),
    "a WebP": (files.picture("WEBP"), 415, "evidence_unsupported"),
    "a GIF": (b"GIF89a" + bytes(50), 415, "evidence_unsupported"),
    "a JPEG cut in its head": (_JPEG[:60], 422, "evidence_broken"),
    "a JPEG cut in its middle": (_JPEG[: len(_JPEG) // 2], 422, "evidence_broken"),
    "a PNG cut in its middle": (files.picture("PNG")[:300], 422, "evidence_broken"),
    "a PDF cut in its head": (_PDF[:40], 422, "evidence_broken"),
    "a PDF without pages": (
        files.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]),
        422,
        "evidence_broken",
    ),
    "a PNG that promises too many pixels": (files.png_that_promises(50_000, 50_000), 413, "evidence_too_large"),
    "a PNG of 25 million pixels": (files.png_of_zeros(5_000, 5_000), 413, "evidence_too_large"),
    "a PNG of one row": (files.png_of_zeros(20_000, 1), 413, "evidence_too_large"),
    "five megabytes and a byte": (_JPEG + bytes(MOST + 1 - len(_JPEG)), 413, "evidence_too_large"),
    "ten thousand pages": (files.plain_pdf(10_000), 422, "evidence_too_many_pages"),
    "twenty-one pages": (files.plain_pdf(21), 422, "evidence_too_many_pages"),
    "a page larger than a house": (_PDF.replace(b"[0 0 595 842]", b"[0 0 16000 16000]"), 422, "evidence_broken"),
}


@pytest.fixture
def me(api: Api, make: Factories) -> Api:
    return api.as_(make.person())


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_a_bad_file_is_refused_by_its_content_and_nothing_of_it_is_stored(me: Api, db: Session, what: str) -> None:
    content, status, code = REFUSED[what]
    refused = upload(me, content, "photo.jpg")
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert refused.json["hint"]
    assert db.scalar(select(func.count()).select_from(StoredFile)) == 0


@pytest.mark.parametrize("size", [MOST - 1, MOST])
def test_up_to_five_megabytes_are_taken(me: Api, size: int) -> None:
    assert upload(me, _JPEG + bytes(size - len(_JPEG))).status_code == 201


def test_a_body_far_larger_is_refused_before_it_is_read(me: Api) -> None:
    assert upload(me, bytes(8 * 2**20)).status_code == 413


def test_a_form_without_a_file_is_refused_by_its_field(me: Api) -> None:
    refused = me.post("/evidence", data={}, content_type="multipart/form-data")
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_input")
    assert me.post("/evidence", {"file": "text"}).status_code in (415, 422)


@pytest.mark.parametrize(
    "tail",
    [b"<script>alert(1)</script>", _PDF, b"PK\x03\x04" + bytes(30), b"\xff\xfe<html>"],
    ids=["html", "pdf", "zip", "xml"],
)
def test_what_hides_behind_a_picture_is_not_stored(me: Api, tail: bytes) -> None:
    made = upload(me, _JPEG + tail)
    assert made.status_code == 201, made.json
    assert tail[:8] not in me.get(f"/evidence/{made.json['id']}").data


def test_what_hides_in_the_comment_of_a_picture_is_not_stored(me: Api) -> None:
    comment = b"<?php system($_GET[1]); ?><script>alert(1)</script>"
    hidden = _JPEG[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + _JPEG[2:]
    made = upload(me, hidden, "x.php")
    assert made.status_code == 201, made.json
    assert comment[:20] not in me.get(f"/evidence/{made.json['id']}").data


def test_a_pdf_whose_mark_comes_late_is_a_pdf(me: Api) -> None:
    """Readers look for the mark in the first kilobyte, and so does the service."""
    assert upload(me, b"<html><!-- " + _PDF).status_code in (201, 422)


def test_a_pdf_that_takes_too_long_is_stopped(me: Api, db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "CPU_SECONDS", 1)
    content = files.slow_pdf()
    assert len(content) < 20_000
    refused = upload(me, content, "x.pdf")
    assert (refused.status_code, refused.json["code"]) == (422, "evidence_too_complex")
    assert db.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert upload(me, _PDF).status_code == 201  # the next one is served


def test_a_pdf_with_a_picture_of_many_gigabytes_costs_little(me: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "CPU_SECONDS", 5)
    got = upload(me, files.pdf_bomb(), "x.pdf")
    if got.status_code == 201:  # the page without its picture
        assert got.json["size"] < 200_000
    else:
        assert (got.status_code, got.json["code"]) == (422, "evidence_too_complex")


def test_a_process_that_hangs_is_killed(me: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "SECONDS", 0.01)
    refused = upload(me, _PDF)
    assert (refused.status_code, refused.json["code"]) == (422, "evidence_too_complex")


@pytest.mark.parametrize(("room", "content"), [(pdfs, _PDF), (pictures, _JPEG)], ids=["pdf", "picture"])
def test_who_waits_too_long_for_others_files_is_told_when_to_come_back(
    me: Api, db: Session, monkeypatch: pytest.MonkeyPatch, room: Any, content: bytes
) -> None:
    monkeypatch.setattr(room, "_PATIENCE", 1.0)
    with room._one_at_a_time:  # somebody else's file
        busy = upload(me, content)
    assert (busy.status_code, busy.json["code"], busy.headers["Retry-After"]) == (503, "evidence_busy", "1")
    assert db.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert upload(me, content).status_code == 201


def test_a_pdf_with_a_password_is_refused_with_a_way_out(me: Api) -> None:
    refused = upload(me, _encrypted(), "x.pdf")
    assert (refused.status_code, refused.json["code"]) == (422, "evidence_encrypted")
    assert "密码" in refused.json["hint"]


def test_a_pdf_that_names_itself_as_its_page_tree_is_refused(me: Api) -> None:
    looped = files.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])
    assert upload(me, looped).status_code == 422


def test_a_pdf_that_is_not_ours_to_open_still_has_its_page(me: Api) -> None:
    made = upload(me, _PDF, "x.pdf").json
    shown = pypdfium2.PdfDocument(me.get(f"/evidence/{made['id']}").data)
    assert len(shown) == 1
    assert shown.get_metadata_dict(skip_empty=True) == {}


def _encrypted() -> bytes:
    """A PDF with a handler of security whose user password is not the empty one (ISO 32000-1, 7.6.3)."""
    entries = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -44 >>" % (b"41" * 32, b"42" * 32)
    body = files.plain_pdf(more=[entries])
    return body.replace(b"/Root 1 0 R ", b"/Root 1 0 R /Encrypt 4 0 R /ID [<00><00>] ")
