"""The thresholds of faces follow the deployment's own people, and say so."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.edge import AuditEntry
from models.face_policies import FaceCalibration, FaceWatch
from models.faces import FaceCase, FaceTemplate
from models.people import Person
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.accounts.thresholds.conftest import BOTH, GUARD, Town, policy
from tests.api import Api
from tests.fakes import FakeClock, face


@pytest.mark.slow
def test_before_there_are_fifty_people_the_packaged_policy_decides_with_its_guard(
    town: Town, db: Session, settings: Settings, clock: FakeClock
) -> None:
    sweep(settings, now=clock.now())
    assert db.scalar(select(func.count()).select_from(FaceCalibration)) == 0
    told = policy(town.authority)
    assert [(each["version"], each["networks"]) for each in told["policies"]] == [
        ("packaged-ea-1", BOTH),
        ("packaged-ea-1", "dlib-resnet-v1"),
    ]
    assert [each["guard"] for each in told["policies"]] == [GUARD] * 2
    assert (told["calibration"], told["set_at"], told["missing_networks"]) == (None, None, [])
    assert {row.networks for row in db.scalars(select(FaceTemplate))} == {BOTH}


@pytest.mark.slow
def test_at_fifty_people_the_gallery_sets_its_own_thresholds_and_templates_stay(
    town: Town, db: Session, settings: Settings, clock: FakeClock
) -> None:
    town.grow(1)
    people = town.people
    before = {row.id: row.sealed for row in db.scalars(select(FaceTemplate))}
    sweep(settings, now=clock.now())
    told = policy(town.authority)
    assert [(each["version"], each["networks"]) for each in told["policies"]] == [
        ("gallery-1", BOTH),
        ("gallery-1", "dlib-resnet-v1"),
    ]
    assert [each["guard"] for each in told["policies"]] == [GUARD] * 2  # calibrated, and guarded as before
    assert told["reason"] == "the gallery has grown to 50 people"
    assert (told["set_by"], told["author"]) == (None, None)
    db.expire_all()
    assert {row.id: row.sealed for row in db.scalars(select(FaceTemplate))} == before
    (made,) = town.authority.get("/face-calibrations").json["items"]
    assert (made["people"], made["source"], made["is_claimed"]) == (50, "gallery", False)
    assert [line["is_claimed"] for line in made["limits"]] == [False, True] * 3  # 2,450 pairs carry 1%, not 0.1%
    sweep(settings, now=clock.now() + timedelta(minutes=10))
    assert db.scalar(select(func.count()).select_from(FaceCalibration)) == 1  # not due again
    assert town.api.as_(people[0]).get("/me/face").json["is_outdated"] is False


@pytest.mark.slow
def test_decisions_go_by_the_new_version_and_earlier_ones_keep_theirs(
    town: Town, settings: Settings, clock: FakeClock
) -> None:
    town.grow(1)
    people = town.people
    unit = town.make.unit()
    organizer = town.make.organizer(unit)
    project = town.make.project(unit=unit, organizer=organizer)
    session = town.make.session(project)
    town.make.on_roster(project, *people)
    staff = town.api.as_(organizer)

    def check_in(person: Person, photo: bytes) -> Any:
        me = town.api.as_(person)
        qr = staff.get(f"/sessions/{session.id}/qr").json["url"]
        ticket = me.post("/check-in-tickets", {"qr": qr}).json["ticket"]
        return me.send_photos("/check-ins", [photo], ticket=ticket)

    assert check_in(people[0], face("p0", off=0.2)).status_code == 201
    sweep(settings, now=clock.now())
    assert check_in(people[1], face("p1", off=0.2)).json["status"] == "present"
    assert check_in(people[2], face("p1")).json["code"] == "face_mismatch"
    listed = staff.get(f"/sessions/{session.id}/attendance").json["items"]
    assert [(each["face"]["policy_version"], each["face"]["engine"]) for each in listed] == [
        ("packaged-ea-1", BOTH),
        ("gallery-1", BOTH),
    ]


@pytest.mark.slow
def test_an_admins_choice_stands_until_an_admin_changes_it(
    town: Town, db: Session, settings: Settings, clock: FakeClock
) -> None:
    made = town.authority.post("/face-calibrations")
    assert made.status_code == 201
    assert policy(town.authority)["calibration"] is None  # computed, not set
    chosen = town.authority.put("/face-policy", {"calibration": made.json["id"], "reason": "试用本省人群阈值"})
    assert chosen.status_code == 200
    assert (chosen.json["calibration"], chosen.json["reason"]) == (made.json["id"], "试用本省人群阈值")
    assert chosen.json["set_by"] is not None
    town.grow(5)
    sweep(settings, now=clock.now())
    assert policy(town.authority)["calibration"] == made.json["id"]
    assert len(town.authority.get("/face-calibrations").json["items"]) == 2  # made, and left to the admin
    back = town.authority.put("/face-policy", {"calibration": None, "reason": "恢复默认"})
    assert back.json["policies"][0]["version"] == "packaged-ea-1"
    trail = list(db.scalars(select(AuditEntry).where(AuditEntry.action == "face_policy.set").order_by(AuditEntry.id)))
    assert [entry.reason for entry in trail] == ["试用本省人群阈值", "恢复默认"]
    assert trail[1].before == {"calibration": made.json["id"]}


@pytest.mark.slow
def test_a_gallery_of_which_some_are_drawn_is_calibrated_anew_only_when_it_has_grown(
    town: Town, db: Session, settings: Settings, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.thresholds.calibrations.MOST_PEOPLE", 30)
    town.grow(11)
    for minutes in (0, 10, 20):
        sweep(settings, now=clock.now() + timedelta(minutes=minutes))
    assert [row.people for row in db.scalars(select(FaceCalibration))] == [30]


@pytest.mark.slow
def test_a_new_version_finds_a_second_account_of_one_face(town: Town, settings: Settings, clock: FakeClock) -> None:
    town.grow(1)
    sweep(settings, now=clock.now())
    again = town.api.as_(town.make.person()).enrol(face("p7", off=0.05))
    assert (again.status_code, again.json["code"]) == (409, "face_belongs_to_another_account")
    assert town.api.as_(town.make.person()).enrol(face("nobody before")).status_code == 201


@pytest.mark.slow
def test_faces_that_look_alike_are_put_in_front_of_an_admin_once_and_one_is_deleted_if_they_are_one_person(
    town: Town, db: Session, settings: Settings, clock: FakeClock
) -> None:
    town.grow(1)
    people = town.people
    double = db.scalars(select(FaceTemplate).where(FaceTemplate.person_id == people[49].id)).one()
    original = db.scalars(select(FaceTemplate).where(FaceTemplate.person_id == people[3].id)).one()
    _slip_in(town.api, db, original, double)
    for minutes in (0, 10):  # who looks like somebody else doesn't count, and makes no calibration due again
        sweep(settings, now=clock.now() + timedelta(minutes=minutes))
    assert db.scalar(select(func.count()).select_from(FaceCalibration)) == 1
    watch = policy(town.authority)["watch"]
    assert watch["warnings"] == [{"code": "faces_alike", "pairs": 1}]
    assert watch["figures"]["faces_alike"] == 1
    (case,) = town.authority.get("/face-cases?status=open").json["items"]
    assert (case["kind"], case["person_id"]) == ("duplicate_found", str(people[49].id))
    sweep(settings, now=clock.now() + timedelta(hours=25))
    assert db.scalar(select(func.count()).select_from(FaceCase)) == 1
    decided = town.authority.post(f"/face-cases/{case['id']}/decision", {"decision": "reject", "reason": "同一人"})
    assert decided.status_code == 200
    assert town.api.as_(people[49]).get("/me/face").json["enrolled"] is False
    assert town.api.as_(people[3]).get("/me/face").json["enrolled"] is True


def _slip_in(api: Api, db: Session, original: FaceTemplate, double: FaceTemplate) -> None:
    """Give one account another's face, past the search that would have refused it."""
    from faces.matching.vault import WrappedKey, open_sealed, seal
    from models.faces import FaceKey
    from service.edge.components import components

    with api.app.test_request_context():
        ring = components().keys.face_ring
    keys = {row.person_id: WrappedKey(row.master_id, row.wrapped) for row in db.scalars(select(FaceKey))}
    template = open_sealed(original.sealed, keys[original.person_id], ring, original.person_id.bytes)
    double.sealed = seal(template, keys[double.person_id], ring, double.person_id.bytes)
    db.flush()


@pytest.mark.slow
def test_the_watch_looks_once_a_day_and_tells_what_strangers_would_do(
    town: Town, db: Session, settings: Settings, clock: FakeClock
) -> None:
    town.grow(1)
    for hours in (0, 1, 23, 24, 30):
        sweep(settings, now=clock.now() + timedelta(hours=hours))
    assert db.scalar(select(func.count()).select_from(FaceWatch)) == 2
    watch = policy(town.authority)["watch"]
    assert watch["people"] == 50
    assert [each["wanted"] for each in watch["figures"]["strangers"]] == [0.001, 0.01] * 3
    assert all(each["pairs"] == 2450 for each in watch["figures"]["strangers"])
    assert watch["warnings"] == []
