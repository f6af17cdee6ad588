"""What runs by hand or by the hour: upkeep, the first steps, the rotation of the master key, the demo."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from faces.matching.vault import KeyRing
from models.accounts import SmsCode, Throttle
from models.edge import AuditEntry, IdempotentReply
from models.faces import FaceKey
from models.people import Person
from models.projects import Session as VenueSession
from models.scans import PendingScan
from service.app import create_app
from service.commands.bootstrap import bootstrap
from service.commands.demo import seed
from service.commands.key_rotation import rotate
from service.configuration.settings import Settings
from service.edge.migrating import migrate
from service.running.upkeep import sweep
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine, RecordingGateway, face


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def test_the_sweep_deletes_what_has_served_its_time_and_nothing_else(
    api: Api, make: Factories, db: Session, settings: Settings, clock: FakeClock
) -> None:
    make.face_law()
    make.person(phone="+8613800000001")
    api.post("/auth/sms-codes", {"phone": "+8613800000001"})
    api.as_(make.person()).send_photos("/me/face", [face("li")], key="k", consent_version="test-1")
    sweep(settings, now=clock.now() + timedelta(hours=23))
    assert (count(db, SmsCode), count(db, IdempotentReply)) == (1, 1)
    sweep(settings, now=clock.now() + timedelta(hours=49))
    assert (count(db, SmsCode), count(db, IdempotentReply), count(db, Throttle)) == (0, 0, 0)
    assert count(db, FaceKey) == 1


def test_the_sweep_deletes_scans_a_day_after_their_end(
    make: Factories, db: Session, settings: Settings, clock: FakeClock
) -> None:
    unit = make.unit()
    session = make.session(make.project(unit=unit, organizer=make.organizer(unit)))
    until = clock.now() + timedelta(minutes=15)
    db.add(PendingScan(person_id=make.person().id, session_id=session.id, scanned_at=clock.now(), until=until))
    db.commit()
    sweep(settings, now=until + timedelta(hours=23))
    assert count(db, PendingScan) == 1
    sweep(settings, now=until + timedelta(hours=25))
    assert count(db, PendingScan) == 0


def test_a_face_that_nobody_showed_for_twelve_months_is_deleted(
    api: Api, make: Factories, db: Session, settings: Settings, clock: FakeClock
) -> None:
    make.face_law()
    unit = make.unit()
    used, unused = make.person(unit=unit), make.person(unit=unit)
    for person in (used, unused):
        api.as_(person).enrol(face(str(person.id)))
    organizer = make.organizer(unit)
    project = make.project(unit=unit, organizer=organizer)
    make.on_roster(project, used)
    enrolled_at = clock.now()
    clock.turn(days=30)
    shown = api.as_(organizer).get(f"/sessions/{make.session(project).id}/qr").json["url"]
    me = api.as_(used)
    ticket = me.post("/check-in-tickets", {"qr": shown}).json["ticket"]
    assert me.send_photos("/check-ins", [face(str(used.id))], ticket=ticket).status_code == 201
    clock.set(enrolled_at)
    sweep(settings, now=clock.now() + timedelta(days=364))
    assert count(db, FaceKey) == 2
    sweep(settings, now=clock.now() + timedelta(days=366))
    assert list(db.scalars(select(FaceKey.person_id))) == [used.id]
    proof = db.scalars(select(AuditEntry).where(AuditEntry.action == "face.expire")).one()
    assert (proof.subject_id, proof.actor_id) == (unused.id, None)


def test_rotating_the_master_key_keeps_every_face(api: Api, make: Factories, db: Session, settings: Settings) -> None:
    make.face_law()
    people = [make.person() for _ in range(3)]
    for person in people:
        api.as_(person).enrol(face(str(person.id)))
    old = api.app.extensions["components"].keys.face_ring
    ring = old.rotated("k2")
    assert rotate(settings, ring) == 3
    assert rotate(settings, ring) == 0
    assert set(db.scalars(select(FaceKey.master_id))) == {"k2"}
    from accounts.enrolment.enrolment import open_template

    alone = KeyRing({"k2": ring._keys["k2"]}, "k2")
    for person in people:
        assert open_template(db, person_id=person.id, ring=alone).photos == 1


def test_bootstrap_makes_the_first_admin_once(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    slip = bootstrap(settings, province="某省", cme_number="3300000001", name="管理员", assessed_by="某省卫健委")
    app = create_app(settings, engine=FakeEngine(), sms=RecordingGateway())
    signed_in = Api(app).post("/auth/login", {"cme_number": "3300000001", "password": slip})
    assert signed_in.json["must_change_password"] is True
    text = Api(app).get("/face-consent").json
    assert (text["version"], len(text["purposes"])) == ("1", 2)
    with pytest.raises(RuntimeError, match="already"):
        bootstrap(settings, province="某省", cme_number="3300000002", name="另一人", assessed_by=None)


def test_the_demo_seeds_once_and_opens_its_sessions_at_each_start(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, demo=True)
    migrate(settings)
    table = str(seed(settings))
    told = json.loads((tmp_path / "demo.json").read_text())
    assert len(told["learners"]) >= 20
    assert set(told["admins"]) == {"department", "unit", "authority", "system"}
    assert all(each["cme_number"] in table for each in told["learners"])
    engine = create_engine(settings.database)
    with Session(engine) as db:
        people = count(db, Person)
        closed = db.scalars(select(VenueSession)).first()
        assert closed is not None
        closed.in_closes_at = closed.in_opens_at
        db.commit()
    seed(settings)
    assert json.loads((tmp_path / "demo.json").read_text()) == told
    with Session(engine) as db:
        assert count(db, Person) == people
        assert all(each.in_closes_at > each.in_opens_at for each in db.scalars(select(VenueSession)))
    engine.dispose()


def test_the_outbox_is_there_in_the_demo_alone(tmp_path: Path, api: Api) -> None:
    assert api.get("/dev/outbox?phone=13800001001").status_code == 404
    settings = Settings(var=tmp_path, demo=True)
    migrate(settings)
    phone = seed(settings).content["learners"][0]["phone"]
    demo = Api(create_app(settings, engine=FakeEngine()))
    assert demo.get("/dev/outbox?phone=13800001001").json["code"] == "not_found"
    assert demo.get("/dev/outbox?phone=garbage").json["code"] == "phone_invalid"
    demo.post("/auth/sms-codes", {"phone": phone})
    message = demo.get("/dev/outbox", query_string={"phone": phone}).json
    assert set(message) == {"phone", "code", "text", "sent_at"}
    assert demo.post("/auth/login", {"phone": phone, "code": message["code"]}).status_code == 200
