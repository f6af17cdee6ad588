"""The photo of a profile: kept without the facts of the camera, seen by its owner and their admins (M-5.5)."""

import io
from functools import partial

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from models.edge import AuditEntry
from models.faces import FaceTemplate
from models.people import Role
from models.profiles import ProfilePhoto
from models.stored_files import StoredFile
from tests.accounts.profiles.conftest import Ward
from tests.api import Api, Reply
from tests.concurrency.at_once import at_once
from tests.factories import Factories

PATH = "/me/profile/photo"
GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def picture(kind: str = "JPEG", size: tuple[int, int] = (300, 400), *, turned: bool = False) -> bytes:
    """A picture that says where it was taken and by what, red above and blue below as it is shown."""
    shown = Image.new("RGB", size, "blue")
    shown.paste("red", (0, 0, size[0], size[1] // 2))
    if turned:
        shown = shown.transpose(Image.Transpose.ROTATE_90)  # which orientation 6 turns back
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "A camera", 6 if turned else 1
    exif.get_ifd(GPS)[2] = (30.0, 15.0, 0.0)
    out = io.BytesIO()
    shown.save(out, kind, exif=exif, quality=95)
    return out.getvalue()


def put(who: Api, data: bytes, name: str = "photo.jpg") -> Reply:
    """Send a photo; encoded here, for the test client would leave a large form in an open file."""
    boundary, body = encode_multipart({"photo": FileStorage(io.BytesIO(data), name)})
    content_type = f"multipart/form-data; boundary={boundary}"
    return who.call("PUT", "/me/profile/photo", data=body, content_type=content_type)


def refused(reply: Reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


@pytest.mark.manual("M-5.5")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_uploaded_and_seen_without_the_facts_of_the_camera(ward: Ward, kind: str) -> None:
    assert refused(ward.me.get("/me/profile/photo")) == (404, "not_found")
    assert ward.me.get("/me/profile").json["photo_at"] is None
    made = put(ward.me, picture(kind))
    assert made.status_code == 200, made.json
    assert ward.me.get("/me/profile").json["photo_at"] == made.json["put_at"]
    shown = ward.me.get("/me/profile/photo")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert (shown.headers["Cache-Control"], "sandbox" in shown.headers["Content-Security-Policy"]) == (
        "private, no-store",
        True,
    )
    opened = Image.open(io.BytesIO(shown.data))
    assert (opened.format, opened.size) == ("JPEG", (300, 400))
    assert len(opened.getexif()) == 0
    assert b"A camera" not in shown.data


def test_a_photo_that_lies_on_its_side_is_turned_upright(ward: Ward) -> None:
    put(ward.me, picture(turned=True))
    opened = Image.open(io.BytesIO(ward.me.get("/me/profile/photo").data)).convert("RGB")
    assert opened.size == (300, 400)
    above, below = opened.getpixel((150, 50)), opened.getpixel((150, 350))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert (above[0] > 200, below[2] > 200) == (True, True)


def test_another_photo_takes_the_place_of_the_first_and_a_deleted_one_is_gone(ward: Ward, db: Session) -> None:
    put(ward.me, picture())
    assert put(ward.me, picture(size=(200, 200))).status_code == 200
    assert Image.open(io.BytesIO(ward.me.get("/me/profile/photo").data)).size == (200, 200)
    discarded = db.scalars(select(StoredFile).where(StoredFile.discarded_at.is_not(None))).all()
    assert len(discarded) == 1
    assert ward.me.delete("/me/profile/photo").status_code == 204
    assert ward.me.delete("/me/profile/photo").status_code == 204
    assert refused(ward.me.get("/me/profile/photo")) == (404, "not_found")
    assert db.scalars(select(StoredFile).where(StoredFile.discarded_at.is_(None))).all() == []


def test_a_photo_of_the_profile_is_no_face(ward: Ward, db: Session) -> None:
    put(ward.me, picture())
    assert ward.me.get("/me/face").json["enrolled"] is False
    assert db.scalars(select(FaceTemplate)).all() == []


def test_admins_within_reach_see_it_and_each_look_is_audited(
    ward: Ward, api: Api, make: Factories, db: Session
) -> None:
    put(ward.me, picture())
    path = f"/people/{ward.doctor.id}/photo"
    assert ward.admin.get(f"/people/{ward.doctor.id}/photo").mimetype == "image/jpeg"
    far = api.as_(make.staff(Role.UNIT_ADMIN, make.unit(name="第二医院")))
    assert refused(far.get(path)) == (404, "not_found")
    assert api.as_(make.person(unit=ward.hospital)).get(path).status_code == 403
    looks = db.scalars(select(AuditEntry).where(AuditEntry.action == "profile.photo_look")).all()
    assert [(look.actor_id, look.subject_id) for look in looks] == [(ward.chief.id, ward.doctor.id)]
    assert refused(ward.admin.get(f"/people/{ward.chief.id}/photo")) == (404, "not_found")


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"", (422, "photo_broken")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", (415, "photo_unsupported")),
        (b"\xff\xd8\xff<html><script>alert(1)</script>", (422, "photo_broken")),
        (picture()[:2000], (422, "photo_broken")),
        (b"%PDF-1.7", (415, "photo_unsupported")),
        (b"GIF89a" + b"\0" * 50, (415, "photo_unsupported")),
        (picture() + b"\0" * (5 * 2**20), (413, "photo_too_large")),
    ],
    ids=["empty", "svg", "html in jpeg", "truncated", "pdf", "gif", "large"],
)
def test_what_is_no_photo_is_refused_and_leaves_the_one_before(
    ward: Ward, data: bytes, answer: tuple[int, str]
) -> None:
    put(ward.me, picture())
    before = ward.me.get("/me/profile/photo").data
    assert refused(put(ward.me, data)) == answer
    assert ward.me.get("/me/profile/photo").data == before


def test_a_photo_that_unfolds_to_too_many_pixels_is_refused(ward: Ward) -> None:
    out = io.BytesIO()
    Image.new("1", (8_000, 7_501)).save(out, "PNG")  # a little over 60 million
    assert put(ward.me, out.getvalue()).json["code"] == "photo_too_many_pixels"


def test_a_photo_of_more_than_one_file_or_none_is_422(ward: Ward) -> None:
    assert ward.me.call("PUT", PATH, data={}, content_type="multipart/form-data").status_code == 422
    assert ward.me.put(PATH, {"photo": "x"}).status_code in (415, 422)


def test_eight_photos_at_once_leave_one_and_no_orphans(ward: Ward, db: Session) -> None:
    replies = at_once([partial(put, ward.me, picture(size=(100 + each, 100))) for each in range(8)])
    assert {reply.status_code for reply in replies} == {200}
    (row,) = db.scalars(select(ProfilePhoto)).all()
    kept = db.scalars(select(StoredFile.id).where(StoredFile.discarded_at.is_(None))).all()
    assert kept == [row.file_id]


def test_twenty_photos_a_day_are_the_most(ward: Ward) -> None:
    small = picture(size=(40, 40))
    assert {put(ward.me, small).status_code for _ in range(20)} == {200}
    assert refused(put(ward.me, small)) == (429, "too_many_attempts")
