"""Another recognition model is put in use: old templates go on working until their owners have enrolled anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.edge import AuditEntry
from models.faces import FaceDeletion, FaceTemplate
from models.people import Role
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from tests.accounts.enrolment.changing_the_model import NEW, OLD, write_card
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine, RecordingGateway, face


@pytest.fixture
def changed(api: Api, settings: Settings, clock: FakeClock, sms: RecordingGateway, tmp_path: Path) -> Iterator[Api]:
    """The same installation after the change: the new model in use, the old one still understood."""
    engine = FakeEngine()
    engine.name, engine.also = NEW, ()
    after = settings.model_copy(
        update={"face_engine": f"onnx:{write_card(tmp_path)}", "face_engines_also": ("dlib-onnx",)}
    )
    app = create_app(after, clock=clock, engine=engine, sms=sms)
    yield Api(app)
    with app.app_context():
        flask_db.engine.dispose()


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


def test_an_old_template_says_that_it_may_be_enrolled_anew_and_is_replaced_by_its_owner(
    api: Api, changed: Api, make: Factories, db: Session
) -> None:
    person = make.person()
    api.as_(person).enrol(face("li"))
    me = changed.as_(person)
    seen = me.get("/me/face").json
    assert {name: seen[name] for name in ("enrolled", "held", "is_outdated", "photos_kept", "question")} == {
        "enrolled": True, "held": False, "is_outdated": True, "photos_kept": 0, "question": None,
    }  # fmt: skip
    assert me.enrol(face("li", off=0.1)).status_code == 201
    assert me.get("/me/face").json["is_outdated"] is False
    assert [row.engine for row in db.scalars(select(FaceTemplate))] == [NEW]
    assert len(db.scalars(select(FaceDeletion)).all()) == 1
    renewed = db.scalars(select(AuditEntry).where(AuditEntry.action == "face.renew")).one()
    assert (renewed.before, (renewed.after or {})["model"]) == ({"model": OLD}, NEW)
    assert me.enrol(face("li")).json["code"] == "face_already_enrolled"


def test_a_renewed_face_is_still_in_question_until_its_owner_answers(
    api: Api, changed: Api, make: Factories, db: Session, clock: FakeClock
) -> None:
    person = make.person()
    api.as_(person).enrol(face("li"))
    db.execute(update(FaceTemplate).values(question_at=clock.now()))
    me = changed.as_(person)
    assert me.enrol(face("li", off=0.1)).status_code == 201
    assert me.get("/me/face").json["question"] is not None
    assert me.post("/me/face/answer", {"mine": True}).status_code == 200
    assert me.get("/me/face").json["question"] is None


def test_nobody_else_can_take_the_chance_to_put_their_face_in(
    api: Api, changed: Api, make: Factories, db: Session
) -> None:
    person = make.person()
    api.as_(person).enrol(face("li"))
    thief = changed.as_(person).enrol(face("wang"))
    assert (thief.status_code, thief.json["code"]) == (422, "not_one_person")
    assert [row.engine for row in db.scalars(select(FaceTemplate))] == [OLD]


def test_a_newcomer_is_looked_for_among_the_templates_of_both_models(api: Api, changed: Api, make: Factories) -> None:
    api.as_(make.person()).enrol(face("li"))
    changed.as_(make.person()).enrol(face("wang"))
    for name in ("li", "wang"):
        reply = changed.as_(make.person()).enrol(face(name))
        assert (reply.status_code, reply.json["code"]) == (409, "face_belongs_to_another_account")
    assert changed.as_(make.person()).enrol(face("zhao")).status_code == 201


@pytest.mark.parametrize(("off", "status"), [(0.1, 201), (0.38, 201), (0.7, 403)])
def test_an_old_template_checks_in_by_its_own_model_and_thresholds(
    api: Api, changed: Api, make: Factories, off: float, status: int
) -> None:
    unit = make.unit()
    person, organizer = make.person(unit=unit), make.organizer(unit)
    project = make.project(unit=unit, organizer=organizer)
    make.on_roster(project, person)
    session = make.session(project)
    api.as_(person).enrol(face("li"))
    qr = changed.as_(organizer).get(f"/sessions/{session.id}/qr").json["url"]
    me = changed.as_(person)
    ticket = me.post("/check-in-tickets", {"qr": qr}).json["ticket"]
    reply = me.send_photos("/check-ins", [face("li", off=off)], ticket=ticket)
    assert reply.status_code == status  # 0.38 is within the old model's 0.52, and beyond the new one's 0.35


def test_a_template_of_a_forgotten_model_is_none(
    api: Api, changed: Api, make: Factories, settings: Settings, clock: FakeClock, tmp_path: Path
) -> None:
    unit = make.unit()
    person, organizer = make.person(unit=unit), make.organizer(unit)
    project = make.project(unit=unit, organizer=organizer)
    make.on_roster(project, person)
    session = make.session(project)
    changed.as_(person).enrol(face("li"))
    qr = api.as_(organizer).get(f"/sessions/{session.id}/qr").json["url"]
    me = api.as_(person)  # an installation that went back, and understands the old model alone
    reply = me.post("/check-in-tickets", {"qr": qr})
    if reply.status_code == 201:
        reply = me.send_photos("/check-ins", [face("li")], ticket=reply.json["ticket"])
    assert (reply.status_code, reply.json["code"]) == (409, "face_not_enrolled")


def test_admins_see_how_far_the_change_has_come(api: Api, changed: Api, make: Factories) -> None:
    unit = make.unit()
    for name in ("li", "wang", "zhao"):
        api.as_(make.person(unit=unit)).enrol(face(name))
    changed.as_(make.person(unit=unit)).enrol(face("qian"))
    admin = changed.as_(make.staff(Role.SYSTEM_ADMIN, make.province))
    assert admin.get("/face-models").json["items"] == [
        {"model": NEW, "is_current": True, "is_understood": True, "faces": 1},
        {"model": OLD, "is_current": False, "is_understood": True, "faces": 3},
    ]
    assert changed.as_(make.person(unit=unit)).get("/face-models").status_code == 403
