"""Enrolment photos are kept only by who asks, sealed and small, and are gone with the face or before it."""

import io
import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from faces.matching.vault import KeyRing, WrappedKey, open_sealed_photo
from models import Base
from models.base import new_id
from models.consent import Consent
from models.edge import AuditEntry
from models.faces import FaceCase, FaceCaseKind, FaceKey, FacePhoto, FaceTemplate
from models.people import Person, Role
from service.commands.key_rotation import rotate
from service.configuration.settings import Settings
from service.observing import logs
from service.running.upkeep import sweep
from tests.accounts.enrolment.enrolling_a_face import count
from tests.accounts.enrolment.kept_photos import enrol
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, face
from tests.pictures import ARTIST, PaintedEngine, picture


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


@pytest.fixture
def engine() -> PaintedEngine:
    return PaintedEngine()


def standing(db: Session, person: Person) -> set[str]:
    """The purposes of the person's consents that are not withdrawn."""
    found = select(Consent.purpose).where(Consent.person_id == person.id, Consent.withdrawn_at.is_(None))
    return {purpose.value for purpose in db.scalars(found)}


def opened(db: Session, person: Person, ring: KeyRing) -> list[bytes]:
    key = db.get_one(FaceKey, person.id, populate_existing=True)
    rows = db.scalars(select(FacePhoto).where(FacePhoto.person_id == person.id).order_by(FacePhoto.place))
    return [
        open_sealed_photo(row.sealed, WrappedKey(key.master_id, key.wrapped), ring, person.id.bytes + bytes([place]))
        for place, row in enumerate(rows)
    ]


NEEDED = {"face_recognition", "face_network"}


@pytest.mark.parametrize(("asked", "kept"), [(None, 0), ("false", 0), ("true", 2)])
def test_photos_are_kept_only_by_a_separate_consent(
    api: Api, make: Factories, db: Session, asked: str | None, kept: int
) -> None:
    person = make.person()
    me = api.as_(person)
    assert enrol(me, picture("li"), picture("li", off=0.4), keep=asked) == 201
    assert me.get("/me/face").json["photos_kept"] == count(db, FacePhoto) == kept
    assert standing(db, person) == (NEEDED | {"face_photos"} if kept else NEEDED)
    told = db.scalars(select(AuditEntry).where(AuditEntry.action == "face.enrol")).one()
    assert (told.after or {})["photos_kept"] == kept


def test_the_text_names_what_is_needed_and_what_is_only_offered(api: Api) -> None:
    text = api.get("/face-consent").json
    assert (set(text["purposes"]), text["optional_purposes"]) == (NEEDED, ["face_photos"])


def test_no_picture_is_in_the_database_and_what_was_sealed_is_small_upright_and_bare(
    api: Api, make: Factories, db: Session, app: APIFlask
) -> None:
    person = make.person()
    turns = {1: 0.0, 6: 0.4, 8: 0.45}
    shots = (picture("li", off=off, orientation=turn, width=1400, height=1050) for turn, off in turns.items())
    enrol(api.as_(person), *shots)
    stored = [value for table in Base.metadata.sorted_tables for row in db.execute(select(table)) for value in row]
    binary = b"".join(value for value in stored if isinstance(value, bytes))
    photos = opened(db, person, app.extensions["components"].keys.face_ring)
    assert len(photos) == 3
    for photo in photos:
        assert photo[:16] not in binary
        assert photo[-200:-100] not in binary
        assert ARTIST.encode() not in photo
        with Image.open(io.BytesIO(photo)) as small:
            assert (small.format, small.size, dict(small.getexif())) == ("JPEG", (1280, 960), {})
    assert b"JFIF\x00\x01" not in binary
    assert ARTIST not in repr(stored)


def test_a_photo_that_cannot_be_encoded_anew_is_not_kept(api: Api, make: Factories, db: Session) -> None:
    person = make.person()
    me = api.as_(person)
    assert enrol(me, face(json.dumps([1, 2, 3]))) == 201  # the fake engine reads it, and it is no image
    assert me.get("/me/face").json["photos_kept"] == 0
    assert standing(db, person) == NEEDED


def test_a_refused_face_leaves_no_photo(api: Api, make: Factories, db: Session) -> None:
    enrol(api.as_(make.person()), picture("li"), keep=None)
    assert enrol(api.as_(make.person()), picture("li")) == 409
    assert enrol(api.as_(make.person()), picture("wang"), picture("zhao")) == 422
    assert count(db, FacePhoto) == 0


def test_a_held_face_leaves_no_photo_even_once_it_is_accepted(
    api: Api, make: Factories, db: Session, app: APIFlask
) -> None:
    unit = make.unit()
    first, second = make.person(unit=unit), make.person(unit=unit)
    enrol(api.as_(first), picture("li"))
    assert enrol(api.as_(second), picture("li", off=0.55)) == 202
    case = db.scalars(select(FaceCase.id)).one()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    decided = admin.post(f"/face-cases/{case}/decision", {"decision": "accept", "reason": "双胞胎"})
    assert decided.status_code == 200
    assert api.as_(second).get("/me/face").json["enrolled"] is True
    assert list(db.scalars(select(FacePhoto.person_id))) == [first.id]
    assert standing(db, second) == NEEDED


def test_taking_the_photos_back_deletes_them_alone(api: Api, make: Factories, db: Session) -> None:
    person, other = make.person(), make.person()
    me = api.as_(person)
    enrol(me, picture("li"), picture("li", off=0.4))
    enrol(api.as_(other), picture("wang"))
    assert me.delete("/me/face/photos").status_code == 204
    assert list(db.scalars(select(FacePhoto.person_id))) == [other.id]
    assert standing(db, person) == NEEDED
    assert standing(db, other) == NEEDED | {"face_photos"}
    assert {key: me.get("/me/face").json[key] for key in ("enrolled", "photos_kept")} == {
        "enrolled": True, "photos_kept": 0,
    }  # fmt: skip
    assert me.delete("/me/face/photos").status_code == 204
    assert api.as_(make.person()).delete("/me/face/photos").status_code == 204
    proof = db.scalars(select(AuditEntry).where(AuditEntry.action == "face.forget_photos")).one()
    assert (proof.actor_id, proof.before) == (person.id, {"photos_kept": 2})


def withdraw(api: Api, make: Factories, db: Session, person: Person, settings: Settings, clock: FakeClock) -> None:
    assert api.as_(person).delete("/me/face-consent").status_code == 204
    assert standing(db, person) == set()


def expire(api: Api, make: Factories, db: Session, person: Person, settings: Settings, clock: FakeClock) -> None:
    sweep(settings, now=clock.now() + timedelta(days=364))
    assert count(db, FacePhoto) == 2
    sweep(settings, now=clock.now() + timedelta(days=366))


def reset(api: Api, make: Factories, db: Session, person: Person, settings: Settings, clock: FakeClock) -> None:
    one, two = (api.as_(make.staff(Role.UNIT_ADMIN, make.province)) for _ in range(2))
    asked = one.post(f"/people/{person.id}/face-resets", {"reason": "照片拍错"})
    assert two.post(f"/face-resets/{asked.json['id']}/approval").status_code == 200


def reject(api: Api, make: Factories, db: Session, person: Person, settings: Settings, clock: FakeClock) -> None:
    case = FaceCase(
        id=new_id(), kind=FaceCaseKind.DUPLICATE_FOUND, person_id=person.id, other_person_id=make.person().id,
        distance=0.2, threshold=0.3, opened_at=clock.now(),
    )  # fmt: skip
    db.add(case)
    db.commit()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, make.province))
    decision = {"decision": "reject", "reason": "同一人"}
    assert admin.post(f"/face-cases/{case.id}/decision", decision).status_code == 200


@pytest.mark.parametrize("end", [withdraw, expire, reset, reject])
def test_photos_are_gone_with_the_face(
    api: Api, make: Factories, db: Session, settings: Settings, clock: FakeClock, end: Callable[..., None]
) -> None:
    person = make.person(unit=make.unit())
    enrol(api.as_(person), picture("li"), picture("li", off=0.4))
    assert count(db, FacePhoto) == 2
    end(api, make, db, person, settings, clock)
    assert count(db, FacePhoto) == count(db, FaceTemplate) == count(db, FaceKey) == 0
    assert api.as_(person).get("/me/face").json["photos_kept"] == 0


def test_whoever_enrols_again_without_asking_ends_the_old_consent(
    api: Api, make: Factories, db: Session, settings: Settings, clock: FakeClock
) -> None:
    person = make.person()
    enrol(api.as_(person), picture("li"))
    sweep(settings, now=clock.now() + timedelta(days=366))  # the face goes, and the consents stand
    assert standing(db, person) == NEEDED | {"face_photos"}
    assert enrol(api.as_(person), picture("li"), keep=None) == 201
    assert standing(db, person) == NEEDED


def test_rotating_the_master_key_keeps_the_photos(
    api: Api, make: Factories, db: Session, app: APIFlask, settings: Settings
) -> None:
    person = make.person()
    enrol(api.as_(person), picture("li"))
    old = app.extensions["components"].keys.face_ring
    before, ring = opened(db, person, old), old.rotated("k2")
    assert rotate(settings, ring) == 1
    assert opened(db, person, KeyRing({"k2": ring._keys["k2"]}, "k2")) == before


def test_what_a_photos_tags_tell_is_not_logged(api: Api, make: Factories, caplog: pytest.LogCaptureFixture) -> None:
    levels = {name: logging.getLogger(name).level for name in ("", "PIL")}
    handlers = logging.getLogger().handlers[:]
    logs.configure("DEBUG")
    logging.getLogger().addHandler(caplog.handler)
    try:
        assert enrol(api.as_(make.person()), picture("li")) == 201
    finally:
        logging.getLogger().handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    assert "request" in caplog.text  # the log was listened to
    assert ARTIST not in caplog.text
    assert "GPS" not in caplog.text
