"""A template or key that can't be decrypted stops its owner, and nobody else."""

import logging
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.faces import FaceKey, FaceTemplate
from models.people import Person
from service.commands.key_rotation import rotate
from service.configuration.settings import Settings
from tests.attendance.conftest import Scene
from tests.fakes import face


def damage_template(db: Session, person: Person) -> None:
    row = db.scalars(select(FaceTemplate).where(FaceTemplate.person_id == person.id)).one()
    changed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    db.execute(update(FaceTemplate).where(FaceTemplate.id == row.id).values(sealed=changed))
    db.commit()


def damage_key(db: Session, person: Person) -> None:
    row = db.scalars(select(FaceKey).where(FaceKey.person_id == person.id)).one()
    changed = row.wrapped[:-1] + bytes([row.wrapped[-1] ^ 1])
    db.execute(update(FaceKey).where(FaceKey.person_id == person.id).values(wrapped=changed))
    db.commit()


def damaged(scene: Scene) -> int:
    return int(scene.api.get("/readyz").json["damaged_faces"])


@pytest.mark.parametrize("damage", [damage_template, damage_key])
def test_a_damaged_face_stops_its_owner_alone(
    scene: Scene, caplog: pytest.LogCaptureFixture, damage: Callable[[Session, Person], None]
) -> None:
    mine, other = scene.learner("li"), scene.learner("wang")
    assert damaged(scene) == 0
    damage(scene.db, scene.people["li"])
    with caplog.at_level(logging.CRITICAL):
        reply = scene.check_in(mine, face("li"))
    assert (reply.status_code, reply.json["code"]) == (409, "face_unreadable")
    assert [each.levelname for each in caplog.records if "can't be opened" in each.getMessage()] == ["CRITICAL"]
    assert scene.check_in(other, face("wang")).status_code == 201
    assert damaged(scene) == 1
    assert mine.delete("/me/face-consent").status_code == 204
    assert damaged(scene) == 0


def test_others_enrol_past_a_damaged_face(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.learner("li")
    damage_template(scene.db, scene.people["li"])
    newcomer = scene.api.as_(scene.make.person(unit=scene.unit))
    with caplog.at_level(logging.CRITICAL):
        assert newcomer.enrol(face("zhao")).status_code == 201
    assert "can't be opened" in caplog.text
    assert damaged(scene) == 1
    twin = scene.api.as_(scene.make.person(unit=scene.unit))
    again = twin.enrol(face("zhao"))
    assert (again.status_code, again.json["code"]) == (409, "face_belongs_to_another_account")


def test_master_keys_rotate_past_a_damaged_key(scene: Scene, settings: Settings) -> None:
    for name in ("li", "wang", "zhao"):
        scene.learner(name)
    damage_key(scene.db, scene.people["li"])
    ring = scene.api.app.extensions["components"].keys.face_ring.rotated("k2")
    assert rotate(settings, ring) == 2
    assert rotate(settings, ring) == 0
