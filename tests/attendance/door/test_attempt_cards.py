"""The decision card (X-2): each attempt is readable by its person and the staff, who may decide against a refusal."""

import pytest
from sqlalchemy import select

from attendance.door.attempt_cards import FACE_REFUSALS, NextStep, next_step
from models.attendance import AttemptOverride, CheckIn
from models.edge import AuditEntry
from models.projects import Project, ProjectStatus, QrMode
from service.edge.answers.problem_catalogue import PROBLEMS
from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import DOUBTFUL, at_once, code_of, rows
from tests.attendance.check_in.scanning import scanned, ticket
from tests.attendance.conftest import Scene
from tests.databases import table_of
from tests.fakes import face

pytestmark = pytest.mark.either_database
WHY = "本人到场，已核对证件"


def card(who: Api, reply: Reply) -> Reply:
    return who.get(f"/attempts/{attempt_of(reply)}")


def attempt_of(reply: Reply) -> str:
    return str(reply.json.get("attempt") or reply.json["attempt_id"])


def checks(reply: Reply) -> dict[str, str]:
    return {each["of"]: each["result"] for each in reply.json["checks"]}


def mismatch(scene: Scene, name: str = "li") -> tuple[Api, Reply]:
    me = scene.learner(name)
    refused = scene.check_in(me, face("somebody"), ticket=scene.ticket(me))
    assert code_of(refused) == (403, "face_mismatch")
    return me, refused


def override(scene: Scene, refused: Reply, who: Api | None = None, reason: str | None = WHY) -> Reply:
    body = {"reason": reason} if reason is not None else {}
    return (who or scene.staff).post(f"/attempts/{attempt_of(refused)}/override", body)


def test_a_refused_face_has_a_card_with_its_checks_the_tries_left_and_the_next_step(scene: Scene) -> None:
    me, refused = mismatch(scene)
    mine = card(me, refused)
    assert mine.status_code == 200
    assert checks(mine) == {"code": "passed", "place": "not_asked", "face": "failed", "device": "not_asked"}
    assert (mine.json["result"], mine.json["tries_left"], mine.json["next"]) == ("face_mismatch", 4, "try_again")
    assert mine.json["title"] == refused.json["title"]
    assert mine.json["override"] is None
    assert not {"distance", "accept_at", "engine"} & set(mine.json)


def test_its_person_and_the_staff_read_it_and_nobody_else(scene: Scene) -> None:
    me, refused = mismatch(scene)
    other = scene.learner("wang")
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit()))
    assert [card(who, refused).status_code for who in (me, scene.staff, other, stranger)] == [200, 200, 404, 404]
    assert card(scene.staff, refused).json["person"]["name"] == "li"
    assert override(scene, refused, other).status_code == 403
    assert override(scene, refused, stranger).status_code in (403, 404)
    nothing = scene.staff.get("/attempts/019aafc0-7b1c-7e4f-8a13-0123456789ab")
    assert code_of(nothing) == (404, "not_found")


def test_a_check_in_has_a_card_too(scene: Scene) -> None:
    me = scene.learner("li")
    done = scene.check_in(me, face("li"))
    mine = card(me, done)
    assert checks(mine) == {"code": "passed", "place": "not_asked", "face": "passed", "device": "not_asked"}
    assert (mine.json["result"], mine.json["next"], mine.json["title"]) == ("present", "nothing", None)


def test_one_that_waits_says_wait(scene: Scene) -> None:
    me = scene.learner("li")
    done = scene.check_in(me, face("li", off=DOUBTFUL))
    mine = card(me, done)
    assert (checks(mine)["face"], mine.json["next"]) == ("unverified", "wait")


def test_a_scan_that_was_refused_has_a_card_without_tries(scene: Scene) -> None:
    me = scene.learner("li")
    fenced = scene.make.session(scene.project, qr_mode=QrMode.PRINTED, latitude=30.25, longitude=120.17, radius_m=300)
    refused = scene.ask(me, fenced, location={"latitude": 31.0, "longitude": 120.17, "accuracy": 5})
    mine = card(me, refused)
    assert checks(mine) == {"code": "passed", "place": "failed", "face": "not_asked", "device": "not_asked"}
    assert (mine.json["tries_left"], mine.json["next"]) == (None, "ask_staff")
    missing = card(me, scene.ask(me, fenced))
    assert (checks(missing)["place"], missing.json["next"]) == ("unverified", "send_location")


def test_whoever_comes_with_the_scan_of_somebody_else_sees_that_the_code_failed(scene: Scene) -> None:
    scene.learner("li")
    other = scene.learner("wang")
    cookie = scanned(scene)
    ticket(scene, "li", cookie)
    mine = card(other, ticket(scene, "wang", cookie))
    assert (checks(mine)["code"], mine.json["next"]) == ("failed", "scan_again")


def test_after_three_refused_faces_the_staff_are_the_next_step(scene: Scene) -> None:
    me = scene.learner("li")
    held = scene.ticket(me)
    for number in range(5):
        refused = scene.check_in(me, face(f"p{number}"), ticket=held)
        left = card(me, refused).json
        assert (left["tries_left"], left["next"]) == (4 - number, "try_again" if number < 2 else "ask_staff")


def test_staff_let_somebody_in_against_a_refusal_once_with_a_reason(scene: Scene) -> None:
    me, refused = mismatch(scene)
    assert override(scene, refused, reason=None).status_code == 422
    done, again = override(scene, refused), override(scene, refused)
    assert (done.status_code, done.json["status"], again.status_code) == (201, "present", 200)
    assert again.json["receipt"] == done.json["receipt"]
    (row,) = rows(scene)
    assert row.method.value == "staff"
    shown = card(me, refused).json
    assert (shown["next"], shown["override"]["reason"]) == ("nothing", WHY)
    assert shown["override"]["made_by"] == scene.organizer.name
    assert scene.db.scalars(select(AuditEntry.action)).all().count("check_in_attempt.override") == 1
    listed = me.get("/me/attendance").json["items"][0]["sessions"][0]["check_ins"]
    assert [each["status"] for each in listed] == ["present"]


def test_two_organizers_at_once_make_one_override(scene: Scene) -> None:
    _, refused = mismatch(scene)
    replies = at_once(4, lambda: override(scene, refused))
    assert {each.status_code for each in replies} <= {200, 201}
    scene.db.rollback()
    assert len(scene.db.scalars(select(AttemptOverride)).all()) == len(scene.db.scalars(select(CheckIn)).all()) == 1


def test_only_a_refusal_can_be_overridden(scene: Scene) -> None:
    me = scene.learner("li")
    done = scene.check_in(me, face("li"))
    assert code_of(override(scene, done)) == (409, "attempt_not_refused")
    waiting = scene.check_in(scene.learner("wang"), face("wang", off=DOUBTFUL))
    assert code_of(override(scene, waiting)) == (409, "attempt_not_refused")


def test_somebody_who_is_not_on_the_roster_is_put_there_first(scene: Scene) -> None:
    refused = scene.ask(scene.learner("li", is_expected=False))
    assert code_of(override(scene, refused)) == (422, "person_not_on_roster")
    scene.make.on_roster(scene.project, scene.people["li"])
    assert override(scene, refused).status_code == 201


def test_nobody_is_let_in_once_attendance_stands_still(scene: Scene) -> None:
    _, refused = mismatch(scene)
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.IN_REVIEW))
    assert code_of(override(scene, refused)) == (409, "project_closed")


def test_the_case_qr_opens_exactly_this_attempt_and_carries_no_right(scene: Scene) -> None:
    me, refused = mismatch(scene)
    attempt = refused.json["attempt"]
    path = f"/attempts/{attempt}/qr"
    assert me.get(path).json["url"] == f"https://cme.test/room/attempts/{attempt}"
    assert me.get(f"/attempts/{attempt}/qr.svg").data.startswith(b"<?xml")
    assert scene.learner("wang").get(path).status_code == 404
    assert scene.api.get(path).status_code == 401


def test_each_refusal_of_a_check_in_has_a_next_step(scene: Scene) -> None:
    assert set(PROBLEMS) >= FACE_REFUSALS
    assert next_step("present", 3) is NextStep.NOTHING
    assert next_step("not_on_roster", None) is NextStep.ASK_STAFF
    assert {next_step(code, 0) for code in FACE_REFUSALS} == {NextStep.ASK_STAFF}
    assert {next_step(code, 5) for code in FACE_REFUSALS} == {NextStep.TRY_AGAIN}


def test_ones_own_attempts_are_listed_newest_first_with_what_they_mean_and_nobody_elses(scene: Scene) -> None:
    me, refused = mismatch(scene)
    other = scene.make.session(scene.project)
    done = scene.check_in(me, face("li"), ticket=scene.ticket(me, other))
    mismatch(scene, "wang")
    mine = me.get("/me/attempts").json["items"]
    assert [each["id"] for each in mine] == [attempt_of(done), attempt_of(refused)]
    assert [each["result"] for each in mine] == ["present", "face_mismatch"]
    assert (mine[0]["title"], mine[1]["title"]) == (None, refused.json["title"])
    here = me.get(f"/me/attempts?session_id={scene.session.id}&limit=1").json
    assert [each["id"] for each in here["items"]] == [attempt_of(refused)]
    assert me.get("/me/attempts?limit=1").json["next_cursor"]
    assert code_of(me.get("/me/attempts?session_id=x")) == (422, "invalid_input")
