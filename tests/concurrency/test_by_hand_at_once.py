"""Staff act by hand at the same moment as others, and as the learner shows their face: each is in once, or not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from faces.engine import Look, Purpose
from models.attendance import CheckIn, CheckInStatus
from models.attendance_acts import AttendanceAct, AttendanceUndo
from models.notices import Notice, NoticeTopic
from models.projects import Project, RosterEntry, SessionPlace, WaitingEntry
from models.projects import Session as VenueSession
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.concurrency.at_once import GUARD_SECONDS, MeetingEngine, at_once
from tests.fakes import face

WHY = "本人到场，已核对证件"


def walk_in(scene: Scene, name: str) -> Any:
    sent = {"cme_number": scene.people[name].cme_number, "reason": WHY}
    return scene.staff.post(f"/sessions/{scene.session.id}/walk-ins", sent)


def many(scene: Scene, *names: str) -> Any:
    people = [{"cme_number": scene.people[name].cme_number} for name in names]
    sent = {"people": people, "direction": "in", "reason": WHY}
    return scene.staff.post(f"/sessions/{scene.session.id}/attendance/many", sent)


def undo(scene: Scene, act: str) -> Any:
    return scene.staff.post(f"/attendance-acts/{act}/undo", {"reason": "点错了人"})


def test_of_those_who_walk_in_for_the_last_place_of_a_project_one_gets_it(scene: Scene, db: Session) -> None:
    names = ["li", "wang", "zhao", "sun"]
    for name in names:
        scene.learner(name, is_expected=False, is_enrolled=False)
    db.execute(update(Project).values(capacity=1))
    db.commit()
    replies = at_once([partial(walk_in, scene, name) for name in names])
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]
    assert {reply.json["code"] for reply in replies if reply.status_code == 409} == {"project_full"}
    (entry,) = db.scalars(select(RosterEntry)).all()
    assert [row.person_id for row in db.scalars(select(CheckIn))] == [entry.person_id]
    assert db.scalars(select(WaitingEntry)).all() == []


def test_of_those_who_walk_in_for_the_last_place_of_a_session_one_gets_it(scene: Scene, db: Session) -> None:
    for name in ("li", "wang"):
        scene.learner(name, is_expected=False, is_enrolled=False)
    db.execute(update(VenueSession).values(capacity=1))
    db.commit()
    replies = at_once([partial(walk_in, scene, name) for name in ("li", "wang")])
    assert sorted(reply.status_code for reply in replies) == [201, 409]
    assert [place.is_waiting for place in db.scalars(select(SessionPlace))] == [False]
    assert len(db.scalars(select(RosterEntry)).all()) == 1


def test_somebody_who_is_let_in_by_two_at_once_is_in_once(scene: Scene, db: Session) -> None:
    scene.learner("li", is_expected=False, is_enrolled=False)
    replies = at_once([partial(walk_in, scene, "li")] * 4)
    assert sorted(reply.status_code for reply in replies) == [200, 200, 200, 201]
    assert len({reply.json["id"] for reply in replies}) == 1
    assert len(db.scalars(select(RosterEntry)).all()) == 1
    assert len(db.scalars(select(AttendanceAct)).all()) == 1


def test_lists_in_opposite_order_at_once_wait_for_each_other_and_end(scene: Scene, db: Session) -> None:
    names = ["li", "wang", "zhao", "sun", "qian"]
    for name in names:
        scene.learner(name, is_enrolled=False)
    replies = at_once([partial(many, scene, *names), partial(many, scene, *reversed(names))] * 2)
    assert {reply.status_code for reply in replies} == {200}
    assert sum(reply.json["done"] for reply in replies) == len(names)
    assert len(db.scalars(select(CheckIn)).all()) == len(names)
    told = select(Notice.id).where(Notice.topic == NoticeTopic.CHECKED_IN_BY_HAND)
    assert len(db.scalars(told).all()) == len(names)


def test_an_undo_that_is_sent_four_times_at_once_is_one(scene: Scene, db: Session) -> None:
    scene.learner("li", is_enrolled=False)
    act = many(scene, "li").json["act_id"]
    replies = at_once([partial(undo, scene, act)] * 4)
    assert {reply.status_code for reply in replies} == {200}
    assert len(db.scalars(select(AttendanceUndo)).all()) == 1
    assert len(db.scalars(select(Notice.id).where(Notice.topic == NoticeTopic.ATTENDANCE_UNDONE)).all()) == 1


@pytest.mark.parametrize("is_undone", [False, True])
def test_who_shows_their_face_while_staff_check_them_in_is_in_once(
    scene: Scene, db: Session, engine: MeetingEngine, monkeypatch: pytest.MonkeyPatch, is_undone: bool
) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    is_looking, has_acted, look = threading.Event(), threading.Event(), engine.look

    def look_slowly(photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        is_looking.set()
        assert has_acted.wait(GUARD_SECONDS)
        return look(photo, purpose, model)

    monkeypatch.setattr(engine, "look", look_slowly)
    with ThreadPoolExecutor(1) as threads:
        coming = threads.submit(
            lambda: Api(scene.api.app, me.token).send_photos("/check-ins", [face("li")], ticket=ticket)
        )
        assert is_looking.wait(GUARD_SECONDS)
        done = many(scene, "li").json
        if is_undone:
            assert undo(scene, done["act_id"]).status_code == 200
        has_acted.set()
        reply = coming.result(GUARD_SECONDS)
    (row,) = db.scalars(select(CheckIn)).all()
    assert (reply.json["id"], row.status) == (str(row.id), CheckInStatus.PRESENT)
    assert (reply.status_code, row.method.value) == ((201, "face") if is_undone else (200, "staff"))
