"""What the tests of swapping at once share with others."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.consent import Consent
from models.faces import FaceKey, FaceTemplate
from models.people import Person
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.fakes import RecordingGateway

PHONE = "+8613800138000"


@pytest.fixture
def owner(scene: Scene) -> Person:
    person = scene.make.person(unit=scene.unit, phone=PHONE)
    scene.make.on_roster(scene.project, person)
    return person


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def reset_password(scene: Scene, sms: RecordingGateway) -> None:
    nobody = Api(scene.api.app)
    assert nobody.post("/auth/sms-codes", {"phone": PHONE, "purpose": "password_reset"}).status_code == 202
    body = {"phone": PHONE, "code": sms.last_code, "new_password": "Ward-9-rounds!"}
    assert nobody.post("/auth/password-resets", body).status_code == 204


def nothing_is_left(db: Session) -> bool:
    given = db.scalar(select(func.count()).select_from(Consent).where(Consent.withdrawn_at.is_(None)))
    return (count(db, FaceTemplate), count(db, FaceKey), given) == (0, 0, 0)
