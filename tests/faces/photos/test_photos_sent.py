"""Photo files as phones send them, through HTTP and the real engine: looked at, or refused for their true reason."""

import io
import logging
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from tests.api import Api, Reply
from tests.faces.images import encoded
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.photos import people

MIB = 2**20
FORM = "multipart/form-data; boundary=x"


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


@pytest.fixture(scope="module")
def own() -> list[Image.Image]:
    """Upright photos of one person alone, 1000 pixels at most."""
    found = []
    for path in next(photos for photos in people().values() if len(photos) >= 2):
        with Image.open(path) as stored:
            picture = ImageOps.exif_transpose(stored).convert("RGB")
        picture.thumbnail((1000, 1000))
        found.append(picture)
    return found


def send(me: Api, path: str, photos: list[bytes], *, named: bool = True, **fields: str) -> Reply:
    """Send a form as bytes: the test client would put one of this size into a file."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    body = "".join(parts).encode()
    filename = '; filename="a.jpg"' if named else ""
    for photo in photos:
        body += f'--x\r\nContent-Disposition: form-data; name="photos"{filename}\r\n\r\n'.encode() + photo + b"\r\n"
    return me.call("POST", path, data=body + b"--x--\r\n", content_type=FORM)


def enrol(me: Api, *photos: bytes, **more: Any) -> Reply:
    return send(me, "/me/face", list(photos), consent_version="test-1", **more)


def result(reply: Reply) -> Any:
    return reply.json["code"] if reply.status_code >= 400 else reply.status_code


@pytest.fixture
def me(api: Api, make: Factories) -> Api:
    return api.as_(make.person())


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "HEIF", "PNG"])
def test_a_photo_with_a_hole_or_half_of_zeros_is_broken_and_not_enrolled(
    me: Api, own: list[Image.Image], kind: str
) -> None:
    photo = encoded(own[0], kind, **({} if kind == "PNG" else {"quality": 92}))
    half = len(photo) // 2
    for damaged in (photo[:half] + bytes(2048) + photo[half + 2048 :], photo[:half] + bytes(len(photo) - half)):
        reply = enrol(me, damaged)
        assert (reply.status_code, reply.json["code"]) == (422, "photo_broken")
        assert list(reply.json["errors"]) == ["photos.0"]
    assert me.get("/me/face").json["enrolled"] is False


def test_half_a_cmyk_photo_closed_by_an_end_is_broken_and_the_whole_one_is_enrolled(
    me: Api, own: list[Image.Image]
) -> None:
    photo = encoded(own[0].convert("CMYK"), quality=92)
    assert result(enrol(me, photo[: len(photo) // 2] + b"\xff\xd9")) == "photo_broken"
    assert result(enrol(me, photo)) == 201


@pytest.mark.parametrize("grey", [False, True])
def test_a_grey_last_row_is_no_damage(me: Api, own: list[Image.Image], grey: bool) -> None:
    box = Image.new("RGB", (own[0].width, own[0].height + 240), (128,) * 3)
    box.paste(own[0], (0, 120))
    assert result(enrol(me, encoded(box.convert("L") if grey else box, quality=92))) == 201


def strips(picture: Image.Image) -> list[bytes]:
    sizes = [("JPEG", each) for each in ((1, 1), (1, 1500), (2, 16_000), (6000, 2), (16_000, 1))]
    sizes += [("PNG", (1, 4000)), ("PNG", (3, 9000)), ("WEBP", (4000, 1)), ("WEBP", (2, 1)), ("HEIF", (1, 1500))]
    return [encoded(picture.resize(size), kind) for kind, size in sizes]


@pytest.mark.slow
def test_a_strip_has_no_face_at_enrolment_and_at_check_in_and_is_no_error(
    api: Api, make: Factories, db: Session, clock: FakeClock, own: list[Image.Image], caplog: pytest.LogCaptureFixture
) -> None:
    unit = make.unit()
    organizer, person = make.organizer(unit), make.person(unit=unit)
    session = make.session(project := make.project(unit=unit, organizer=organizer))
    make.on_roster(project, person)
    me = api.as_(person)
    with caplog.at_level(logging.WARNING):
        assert {result(enrol(me, strip)) for strip in strips(own[0])} == {"no_face"}
        assert result(enrol(me, encoded(own[0], quality=92))) == 201
        qr = api.as_(organizer).get(f"/sessions/{session.id}/qr").json["url"]
        ticket = me.post("/check-in-tickets", {"qr": qr}).json["ticket"]
        shown = [send(me, "/check-ins", [strip], ticket=ticket) for strip in strips(own[0])]
    assert {(reply.status_code, reply.json["code"]) for reply in shown} == {(422, "no_face")}
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


FILM = b"MotionPhoto_Data" + b"\0\0\0\x18ftypmp42"


@pytest.mark.parametrize(("kind", "before"), [("JPEG", FILM), ("HEIF", b"\x00\xd0\x00\x00mpvd"), ("WEBP", FILM)])
def test_the_film_of_a_motion_photo_does_not_count(me: Api, own: list[Image.Image], kind: str, before: bytes) -> None:
    film = before + np.random.default_rng(3).bytes(13 * MIB)
    assert result(enrol(me, encoded(own[0], kind, quality=90) + film)) == 201


def test_a_picture_over_the_limit_is_too_large_with_film_and_without(me: Api, own: list[Image.Image]) -> None:
    photo = encoded(own[0])
    large = photo[:-2] + b"\x5a" * (13 * MIB) + photo[-2:]
    for sent in (large, large + FILM + bytes(MIB)):
        reply = enrol(me, sent)
        assert (reply.status_code, reply.json["code"]) == (413, "photo_too_large")


def test_five_photos_of_nine_megabytes_are_one_enrolment(me: Api, own: list[Image.Image]) -> None:
    comment = b"\xff\xfe\xff\xff" + bytes(65_533)
    photo = encoded(own[0], quality=92)
    large = [photo[:2] + comment * 137 + photo[2:]] * 5
    assert len(large[0]) > 8.9e6
    assert result(enrol(me, *large)) == 201


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_films_beyond_the_limit_of_the_request_are_named(me: Api, language: str) -> None:
    length = {"CONTENT_LENGTH": str(62 * MIB)}
    reply = me.call(
        "POST", "/me/face", data=b"", content_type=FORM, environ_overrides=length, headers={"Accept-Language": language}
    )
    assert (reply.status_code, reply.json["code"], reply.json["limit_bytes"]) == (413, "photos_too_large", 61 * MIB)
    assert ("video" if language == "en" else "动态照片") in reply.json["hint"]


def test_a_photo_whose_part_names_no_file_is_a_photo(me: Api, own: list[Image.Image]) -> None:
    photo = encoded(own[0], quality=95)
    assert len(photo) > 100_000  # more than a text field may hold
    assert result(enrol(me, b"no photo at all", named=False)) == "photo_unsupported"
    assert result(enrol(me, photo, named=False)) == 201


def deep(picture: Image.Image) -> bytes:
    """A grey PNG of 16 bits."""
    return encoded(Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257), "PNG")


def kept(me: Api, *photos: bytes, keep: str = "true") -> Any:
    reply = enrol(me, *photos, keep_photos=keep)
    assert reply.status_code == 201
    assert me.get("/me/face").json["photos_kept"] == reply.json["photos_kept"]
    return reply.json["photos_kept"], reply.json["unkept"]


def test_an_enrolment_tells_how_many_photos_it_kept(api: Api, make: Factories, own: list[Image.Image]) -> None:
    ways = [deep(own[0]), encoded(own[0].convert("CMYK"), quality=92), encoded(own[0], "WEBP"), encoded(own[0], "HEIF")]
    for way in ways:
        me = api.as_(make.person())
        assert kept(me, way) == (1, [])
        assert me.delete("/me/face-consent").status_code == 204


def test_nothing_is_kept_where_nobody_asked(me: Api, own: list[Image.Image]) -> None:
    assert kept(me, encoded(own[0]), keep="false") == (0, [])


def test_a_photo_that_cannot_be_kept_is_named(me: Api, own: list[Image.Image], monkeypatch: pytest.MonkeyPatch) -> None:
    photos = [encoded(own[0]), deep(own[1])]

    def fail(_: Image.Image) -> Image.Image:
        raise ValueError

    monkeypatch.setattr("faces.photos.small_photo._cut_to_8_bits", fail)
    number, unkept = kept(me, *photos)
    assert (number, [each["photo"] for each in unkept]) == (1, [1])
    assert "未保存" in unkept[0]["text"]


def test_a_deep_photo_is_kept_with_its_greys(own: list[Image.Image]) -> None:
    from faces.photos.small_photo import make_small

    small = Image.open(io.BytesIO(make_small(deep(own[0])) or b""))
    assert np.abs(np.asarray(small.convert("L")).astype(int) - np.asarray(own[0].convert("L")).astype(int)).mean() < 3
