"""Whoever is refused at the door is told which of several causes it was, when, and which way leads on."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.faces import FaceHold
from models.people import Role
from models.projects import Project, WaitingEntry
from models.projects import Session as VenueSession
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.fakes import face, refused
from tests.service.hints.telling import Told, shown, told


def scanned(scene: Scene, who: Api, code: str, session: VenueSession | None = None, **more: Any) -> Told:
    return told(who, lambda me: scene.ask(me, session, **more), code)


def later(scene: Scene, **more: Any) -> VenueSession:
    """The session of the next day."""
    starts_at = scene.session.starts_at + timedelta(days=1)
    return scene.make.session(scene.project, starts_at=starts_at, **more)


def names_the_next(found: Told, session: VenueSession) -> None:
    assert found.facts["next_session"]["id"] == str(session.id)
    assert found.facts["next_session"]["venue"] == session.venue
    found.says(shown(session.in_opens_at, session.zone), session.venue)


def test_too_early_tells_when_it_opens(scene: Scene) -> None:
    tomorrow = later(scene, zone="Asia/Urumqi")
    found = scanned(scene, scene.learner("li"), "session_not_open", tomorrow)
    assert found.facts["why"] == "too_early"
    assert found.facts["opens_at"] == tomorrow.in_opens_at.isoformat()
    found.says(shown(tomorrow.in_opens_at, "Asia/Urumqi"))


def test_too_late_tells_when_check_in_closed_when_check_out_opens_and_the_next_session(scene: Scene) -> None:
    me, tomorrow = scene.learner("li"), later(scene)
    scene.clock.turn(hours=1)
    found = scanned(scene, me, "session_not_open")
    assert (found.facts["why"], found.facts["direction"]) == ("too_late", "in")
    found.says(
        shown(scene.session.in_closes_at, scene.session.zone), shown(scene.session.out_opens_at, scene.session.zone)
    )
    names_the_next(found, tomorrow)


def test_a_session_that_is_over_tells_when_it_ended_and_the_next_one(scene: Scene) -> None:
    me, tomorrow = scene.learner("li"), later(scene)
    scene.clock.turn(hours=5)
    found = scanned(scene, me, "session_not_open")
    assert found.facts["why"] == "session_over"
    found.says(shown(scene.session.ends_at, scene.session.zone))
    names_the_next(found, tomorrow)


def test_a_session_that_the_organizer_closed_tells_since_when_and_the_next_one(scene: Scene) -> None:
    me, tomorrow = scene.learner("li"), later(scene)
    assert scene.staff.post(f"/sessions/{scene.session.id}/closing").status_code == 200
    found = scanned(scene, me, "session_not_open")
    assert found.facts["why"] == "closed"
    found.says(shown(scene.clock.now(), scene.session.zone))
    names_the_next(found, tomorrow)


def test_a_session_without_place_for_the_person_is_not_their_next_one(scene: Scene) -> None:
    me = scene.learner("li")
    later(scene, capacity=5)
    scene.clock.turn(hours=5)
    assert "next_session" not in scanned(scene, me, "session_not_open").facts


def test_a_project_that_is_over_tells_since_when(scene: Scene) -> None:
    me = scene.learner("li")
    code = scene.shown()
    assert scene.staff.post(f"/projects/{scene.project.id}/transitions", {"to": "ended"}).status_code in (200, 409)
    scene.db.execute(update(VenueSession).values(starts_at=scene.clock.now() - timedelta(minutes=1)))
    assert scene.staff.post(f"/projects/{scene.project.id}/transitions", {"to": "ended"}).status_code == 200
    found = told(me, lambda me: me.post("/check-in-tickets", {"qr": code}), "session_not_open")
    assert (found.facts["why"], found.facts["project_status"]) == ("project_over", "ended")
    found.says(scene.project.name, shown(scene.clock.now(), scene.session.zone))


def test_a_cancelled_project_tells_since_when_and_why(scene: Scene) -> None:
    me, code = scene.learner("li"), scene.shown()
    step = {"to": "cancelled", "reason": "台风"}
    assert scene.staff.post(f"/projects/{scene.project.id}/transitions", step).status_code == 200
    found = told(me, lambda me: me.post("/check-in-tickets", {"qr": code}), "session_not_open", names=("台风",))
    assert (found.facts["why"], found.facts["reason"]) == ("project_cancelled", "台风")
    found.says(shown(scene.clock.now(), scene.session.zone), "台风")


def test_a_cancelled_session_tells_why_and_the_next_one(scene: Scene) -> None:
    me, tomorrow, code = scene.learner("li"), later(scene), scene.shown()
    why = {"reason": "场地停用"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/cancellation", why).status_code == 200
    found = told(me, lambda me: me.post("/check-in-tickets", {"qr": code}), "session_cancelled", names=("场地停用",))
    found.says("场地停用")
    names_the_next(found, tomorrow)


def test_what_changes_between_scan_and_face_is_told_as_well(scene: Scene) -> None:
    me, tomorrow = scene.learner("li"), later(scene)
    ticket = scene.ticket(me)
    assert scene.staff.post(f"/sessions/{scene.session.id}/closing").status_code == 200
    scene.db.execute(
        update(VenueSession).where(VenueSession.id == scene.session.id).values(closed_at=scene.clock.now())
    )
    scene.db.execute(
        update(VenueSession)
        .where(VenueSession.id == scene.session.id)
        .values(closed_at=scene.clock.now() - timedelta(minutes=1))
    )
    found = told(me, lambda me: scene.check_in(me, face("li"), ticket=ticket), "session_not_open")
    assert found.facts["why"] == "closed"
    names_the_next(found, tomorrow)


def test_whoever_never_enrolled_is_told_the_way_without_a_face_as_well(scene: Scene) -> None:
    found = scanned(scene, scene.learner("li", is_enrolled=False), "face_not_enrolled")
    assert (found.facts["why"], found.facts["ways"]) == ("never", ["enrol_face", "staff"])
    assert "人工签到" in found.zh
    assert "the staff can check you in" in found.en


def test_whoever_cannot_enrol_is_sent_to_the_staff_alone(scene: Scene) -> None:
    me = scene.learner("li", is_enrolled=False)
    scene.clock.turn(days=400)  # the impact assessment is over
    session = scene.make.session(scene.make.project(unit=scene.unit, organizer=scene.organizer))
    scene.make.on_roster(scene.db.get_one(Project, session.project_id), scene.people["li"])
    staff, me = scene.api.as_(scene.organizer), scene.api.as_(scene.people["li"])
    code = staff.get(f"/sessions/{session.id}/qr").json["url"]
    found = told(me, lambda me: me.post("/check-in-tickets", {"qr": code}), "face_not_enrolled")
    assert (found.facts["why"], found.facts["ways"]) == ("face_not_offered", ["staff"])


def test_whose_face_is_held_is_told_since_when_and_whom_to_ask(scene: Scene) -> None:
    me, admin = scene.learner("li", is_enrolled=False), scene.make.staff(Role.UNIT_ADMIN, scene.unit)
    scene.learner("wang")
    assert me.enrol(face("wang", off=0.53)).status_code == 202
    since = scene.clock.now()
    scene.clock.turn(minutes=1)
    asked = {"unit": scene.unit.name, "admins": [admin.name]}
    at_door = told(me, lambda me: scene.ask(me), "face_not_enrolled", names=(admin.name,))
    again = told(me, lambda me: me.enrol(face("wang", off=0.53)), "face_already_enrolled", names=(admin.name,))
    waiting = me.get("/me/face").json["waiting"]
    for found in (at_door.facts, again.facts):
        assert (found["why"], found["since"], found["ask"]) == ("held", since.isoformat(), asked)
    assert (waiting["since"], waiting["ask"]) == (since.isoformat().replace("+00:00", "Z"), asked)
    again.says(shown(since), admin.name)


def test_an_enrolled_face_is_told_since_when(scene: Scene) -> None:
    me = scene.learner("li")
    found = told(me, lambda me: me.enrol(face("li")), "face_already_enrolled")
    assert found.facts["why"] == "active"
    found.says(shown(scene.clock.now()))


def test_whoever_waits_for_a_place_is_told_their_number(scene: Scene) -> None:
    scene.db.execute(update(Project).values(capacity=1))
    waiting = [scene.make.person(unit=scene.unit) for _ in range(2)]
    for person in waiting:
        scene.db.add(WaitingEntry(project_id=scene.project.id, person_id=person.id, added_at=scene.clock.now()))
        scene.db.flush()
    found = scanned(scene, scene.api.as_(waiting[1]), "not_on_roster")
    assert (found.facts["why"], found.facts["place"]) == ("waiting", 2)
    found.says(2)


def test_whoever_is_in_the_wrong_room_is_told_the_scanned_and_their_own_one(scene: Scene) -> None:
    other = scene.make.project(unit=scene.unit, organizer=scene.organizer, name="心电图基础")
    elsewhere = scene.make.session(other)
    me = scene.learner("li", is_expected=False, is_enrolled=False)
    scene.make.on_roster(other, scene.people["li"])
    found = told(me, lambda me: scene.ask(me), "not_on_roster", names=("心电图基础",))
    assert found.facts["project"] == scene.project.name
    assert (found.facts["own_project"], found.facts["own_venue"]) == ("心电图基础", elsewhere.venue)
    found.says(scene.project.name, "心电图基础", elsewhere.venue)


def test_whoever_is_nowhere_expected_is_told_what_they_scanned(scene: Scene) -> None:
    found = scanned(scene, scene.learner("li", is_expected=False, is_enrolled=False), "not_on_roster")
    assert found.facts["why"] == "unknown"
    found.says(scene.project.name, scene.session.venue)


@pytest.mark.parametrize("code", ["low_quality", "no_face", "face_covered"])
def test_advice_about_a_photo_comes_in_words_beside_its_codes(scene: Scene, code: str) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    found = told(me, lambda me: scene.check_in(me, refused(code), ticket=ticket), code)
    assert len(found.facts["advice"]) == len(found.facts["advice_texts"]) > 0
    assert all(text in found.zh for text in found.facts["advice_texts"])


def test_each_refused_photo_tells_how_many_tries_are_left_and_the_sixth_that_they_are_used_up(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    left = []
    for _ in range(5):
        reply = scene.check_in(me, face("somebody"), ticket=ticket)
        left.append(reply.json["tries_left"])
        assert reply.json["code"] == "face_mismatch"
        assert str(reply.json["tries_left"]) in reply.json["hint"] or "已用完" in reply.json["hint"]
    assert left == [4, 3, 2, 1, 0]
    found = told(me, lambda me: scene.check_in(me, face("li"), ticket=ticket), "ticket_expired")
    assert (found.facts["why"], found.facts["tries"]) == ("used_up", 5)
    found.says(5)


def test_photos_that_cost_no_try_leave_fifteen_of_any_kind(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    assert scene.check_in(me, refused("no_face"), ticket=ticket).json["tries_left"] == 5
    for _ in range(11):
        left = scene.check_in(me, refused("no_face"), ticket=ticket).json["tries_left"]
    assert left == 3


def test_a_ticket_whose_two_minutes_are_over_says_so(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    over = scene.clock.now() + timedelta(minutes=2)
    scene.clock.turn(minutes=3)
    found = told(me, lambda me: scene.check_in(me, face("li"), ticket=ticket), "ticket_expired")
    assert found.facts["why"] == "time_over"
    found.says(shown(over))


def test_a_held_enrolment_tells_since_when_and_whom_to_ask(scene: Scene) -> None:
    me, admin = scene.learner("li", is_enrolled=False), scene.make.staff(Role.DEPARTMENT_ADMIN, scene.unit)
    for _ in range(3):
        assert me.enrol(face("li"), face("wang", off=0.0)).json["code"] == "not_one_person"
    assert scene.db.query(FaceHold).one().case_id is not None
    found = told(me, lambda me: me.enrol(face("li")), "enrolment_held", names=(admin.name,))
    assert found.facts["since"] == scene.clock.now().isoformat()
    assert found.facts["ask"] == {"unit": scene.unit.name, "admins": [admin.name]}
    found.says(admin.name)


def test_nobody_is_named_where_no_admin_of_faces_is_near(scene: Scene) -> None:
    me = scene.learner("li")
    assert "ask" not in me.enrol(face("li")).json
