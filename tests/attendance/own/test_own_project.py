"""A learner sees all that decides their credits: standing, corrections, what is owed, the result, and can ask."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from models.projects import Project, ProjectStatus
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.attendance.settlement.settling import close
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock, face


def mine(scene: Scene, me: Api) -> dict[str, Any]:
    reply = me.get(f"/me/projects/{scene.project.id}")
    assert reply.status_code == 200, reply.json
    return dict(reply.json)


def change(scene: Scene, **facts: Any) -> None:
    scene.db.execute(table_of(Project).update().values(**facts))


def texts(me: Api, *, english: bool = False) -> list[str]:
    headers = {"Accept-Language": "en"} if english else {}
    return [each["text"] for each in me.get("/me/notices", headers=headers).json["items"]]


def test_one_call_tells_windows_standing_share_and_conditions(scene: Scene) -> None:
    me = scene.learner("li")
    (session,) = mine(scene, me)["sessions"]
    windows = scene.staff.get(f"/sessions/{scene.session.id}").json["windows"]
    assert session["windows"] == windows
    assert (session["standing"], session["correction"], session["place"]) == ("to_come", None, None)
    scene.check_in(me, face("li"))
    own = mine(scene, me)
    assert own["sessions"][0]["standing"] == "present"
    assert (own["share"]["counted"], own["share"]["required"], own["share"]["is_met"]) == ("1", 1, True)
    assert own["conditions"]["min_attendance"] == own["share"]["needed"] == "0.80"
    assert (own["status"], own["roles"], own["owed"], own["result"]) == ("running", ["learner"], [], None)


def test_a_correction_is_seen_with_its_reason_and_who_made_it(scene: Scene) -> None:
    me = scene.learner("li")
    scene.clock.turn(minutes=20)
    body = {"cme_number": scene.people["li"].cme_number, "mark": "absent", "reason": "签到表上没有本人签名"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/corrections", body).status_code == 201
    (session,) = mine(scene, me)["sessions"]
    assert session["standing"] == "absent"
    assert session["correction"]["reason"] == "签到表上没有本人签名"
    assert session["correction"]["made_by"] == scene.organizer.name
    told = texts(me)[0]
    assert "缺勤" in told
    assert "签到表上没有本人签名" in told
    assert "absent" in texts(me, english=True)[0]


def test_a_check_out_is_owed_until_it_closes(scene: Scene) -> None:
    change(scene, needs_check_out=True)
    me = scene.learner("li")
    scene.check_in(me, face("li"))
    own = mine(scene, me)
    assert own["owed"] == ["check_out"]
    (duty,) = own["duties"]
    assert duty["session_id"] == str(scene.session.id)
    assert duty["until"] == own["sessions"][0]["windows"]["out_closes_at"]
    scene.clock.set(scene.session.out_closes_at)
    assert mine(scene, scene.api.as_(scene.people["li"]))["owed"] == []


@pytest.mark.parametrize("status", [ProjectStatus.DRAFT, ProjectStatus.FILED, ProjectStatus.APPROVED])
def test_a_project_that_is_not_announced_is_not_shown(scene: Scene, status: ProjectStatus) -> None:
    me = scene.learner("li")
    change(scene, status=status)
    assert me.get(f"/me/projects/{scene.project.id}").status_code == 404
    assert me.get("/me/attendance").json["items"] == []


def test_a_project_that_was_announced_stays_and_says_why_it_was_cancelled(scene: Scene) -> None:
    me = scene.learner("li")
    step = {"to": "cancelled", "reason": "场地停用"}
    assert scene.staff.post(f"/projects/{scene.project.id}/transitions", step).status_code < 300
    own = mine(scene, me)
    assert (own["status"], own["status_reason"]) == ("cancelled", "场地停用")
    assert any("场地停用" in each for each in texts(me))


def test_nobody_elses_project_is_shown(scene: Scene) -> None:
    stranger = scene.learner("li", is_expected=False)
    assert stranger.get(f"/me/projects/{scene.project.id}").status_code == 404


def test_who_waits_sees_their_place(scene: Scene) -> None:
    scene.learner("li")
    change(scene, capacity=1)
    late = scene.make.person(unit=scene.unit)
    body = {"cme_numbers": [late.cme_number], "role": "learner"}
    assert scene.staff.post(f"/projects/{scene.project.id}/roster", body).status_code == 200
    own = mine(scene, scene.api.as_(late))
    assert (own["waiting_place"], own["roles"]) == (1, [])
    scan = scene.ask(scene.api.as_(late))
    assert (scan.status_code, scan.json["code"], scan.json["place"]) == (403, "not_on_roster", 1)
    assert "第 1 位" in scan.json["hint"]


@pytest.mark.manual("M-9.6")
def test_attendance_is_asked_by_year_and_status(scene: Scene) -> None:
    me, year = scene.learner("li"), scene.project.ends_on.year
    assert len(me.get(f"/me/attendance?year={year}").json["items"]) == 1
    assert me.get("/me/attendance?year=2001").json["items"] == []
    assert len(me.get("/me/attendance?status=running").json["items"]) == 1
    assert me.get("/me/attendance?status=settled").json["items"] == []


def test_after_settlement_the_grant_or_the_reasons_are_seen_and_a_reversal_too(
    api: Api, make: Factories, clock: FakeClock, db: Session, run_jobs: Callable[[], None]
) -> None:
    closing = close(api, make, clock, db)
    came, stayed_away = api.as_(closing.expect("li")), api.as_(closing.expect("wang", attended=False))
    settlement = closing.confirm().json["id"]
    path = f"/me/projects/{closing.project.id}"
    assert came.get(path).json["result"] is None
    assert closing.review(settlement).status_code == 202
    run_jobs()
    granted, left_out = came.get(path).json, stayed_away.get(path).json
    assert granted["result"]["entry_id"]
    assert granted["result"]["reasons"] == []
    assert left_out["result"]["entry_id"] is None
    assert left_out["result"]["reasons"] == ["attendance_too_low"]
    assert "出席不足" in texts(stayed_away)[0]
    assert "attendance too low" in texts(stayed_away, english=True)[0]
    assert "学分" in texts(came)[0]
    assert closing.reverse(settlement, "li").status_code < 300
    (reversal,) = came.get(path).json["reversals"]
    assert reversal["cause"] == "mistake"
    assert reversal["reason"]
    assert reversal["reason"] in texts(came)[0]


def test_a_session_that_is_cancelled_or_moved_is_told_to_those_who_are_expected(scene: Scene) -> None:
    me, other = scene.learner("li"), scene.learner("wang", is_expected=False)
    later = (scene.session.starts_at + timedelta(hours=1)).isoformat()
    moved = scene.staff.patch(f"/sessions/{scene.session.id}", {"starts_at": later})
    assert moved.status_code == 200
    path = f"/sessions/{scene.session.id}/cancellation"
    assert scene.staff.post(path, {"reason": "讲者航班取消"}).status_code < 300
    cancelled, changed = texts(me)[:2]
    assert "讲者航班取消" in cancelled
    assert scene.session.title in changed
    assert not any(scene.session.title in each for each in texts(other))


def test_notices_are_read_by_their_owner_alone(scene: Scene) -> None:
    me, other = scene.learner("li"), scene.learner("wang")
    scene.staff.post(f"/sessions/{scene.session.id}/cancellation", {"reason": "讲者航班取消"})
    listed = me.get("/me/notices").json
    ids = [each["id"] for each in listed["items"]]
    assert (listed["unread"], len(ids)) == (2, 2)  # the face that was enrolled, the session
    assert other.post("/me/notices/read", {"ids": ids}).status_code == 204
    assert me.get("/me/notices?unread=true").json["unread"] == 2
    assert me.post("/me/notices/read", {"ids": ids[:1]}).status_code == 204
    left = me.get("/me/notices?unread=true").json
    assert (left["unread"], [each["id"] for each in left["items"]]) == (1, ids[1:])


def ask(scene: Scene, me: Api, **more: Any) -> Any:
    wish = {"session_id": str(scene.session.id), "direction": "in", "reason": "手机没电，已在纸质表签名"}
    return me.post("/me/correction-requests", {**wish, **more})


def test_a_request_is_decided_by_the_organizer_and_answered_with_a_reason(scene: Scene) -> None:
    me = scene.learner("li")
    made = ask(scene, me, evidence="纸质签到表第三行")
    assert made.status_code == 201
    assert ask(scene, me).json["id"] == made.json["id"]  # an open one is not asked twice
    assert ask(scene, me, reason="").status_code == 422
    path = f"/projects/{scene.project.id}/correction-requests?status=open"
    (listed,) = scene.staff.get(path).json["items"]
    assert (listed["person"]["name"], listed["session"]["title"]) == (scene.people["li"].name, scene.session.title)
    decision = {"decision": "reject", "reason": "纸质表上没有签名"}
    assert me.post(f"/correction-requests/{made.json['id']}/decision", decision).status_code == 403
    assert scene.staff.post(f"/correction-requests/{made.json['id']}/decision", decision).status_code == 200
    again = scene.staff.post(f"/correction-requests/{made.json['id']}/decision", decision)
    assert (again.status_code, again.json["code"]) == (409, "already_decided")
    (own,) = me.get("/me/correction-requests").json["items"]
    assert (own["status"], own["decision_reason"]) == ("rejected", "纸质表上没有签名")
    assert "纸质表上没有签名" in texts(me)[0]
    assert scene.staff.get(path).json["items"] == []


def test_an_accepted_request_corrects_the_attendance(scene: Scene) -> None:
    me = scene.learner("li")
    made = ask(scene, me).json["id"]
    decision = {"decision": "accept", "reason": "纸质表上有签名"}
    assert scene.staff.post(f"/correction-requests/{made}/decision", decision).status_code == 200
    (session,) = mine(scene, me)["sessions"]
    assert (session["standing"], session["correction"]["reason"]) == ("present", "纸质表上有签名")


def test_a_request_is_about_a_session_of_ones_own_that_has_begun(scene: Scene) -> None:
    me, stranger = scene.learner("li"), scene.learner("wang", is_expected=False)
    assert ask(scene, stranger).status_code == 404
    future = (scene.clock.now() + timedelta(hours=1)).isoformat()
    assert ask(scene, me, at=future).json["code"] == "request_invalid"
    later = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(days=1))
    assert ask(scene, me, session_id=str(later.id)).json["code"] == "session_not_open"


@pytest.mark.manual("M-8.1")
def test_home_says_in_one_answer_what_can_be_done_now(scene: Scene) -> None:
    me = scene.learner("li")
    first = me.get("/me/home")
    (today,) = first.json["today"]
    assert (today["id"], today["can"], today["why_not"]) == (str(scene.session.id), "in", None)
    assert first.json["face"] == "enrolled"
    scene.clock.turn(seconds=1)
    again = me.get("/me/home", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    scene.check_in(me, face("li"))
    (today,) = me.get("/me/home").json["today"]
    assert (today["can"], today["why_not"], today["standing"]) == (None, "done", "present")
    ask(scene, me, direction="out")
    assert scene.staff.get("/me/home").json["waiting"]["correction_requests"] == 1
    assert me.get("/me/home").json["waiting"]["correction_requests"] == 0


def test_staff_see_by_name_who_was_refused_and_why(scene: Scene) -> None:
    refused = scene.learner("li", is_expected=False)
    assert scene.ask(refused).status_code == 403
    path = f"/sessions/{scene.session.id}/attempts"
    (attempt,) = scene.staff.get(path).json["items"]
    assert (attempt["person"]["name"], attempt["code"]) == (scene.people["li"].name, "not_on_roster")
    assert attempt["title"]
    assert refused.get(path).status_code == 403


def test_the_report_of_a_confirmed_project_is_one_archive(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    closing = close(api, make, clock, db)
    closing.expect("li")
    path = f"/projects/{closing.project.id}/report.zip"
    early = closing.staff.get(path)
    assert (early.status_code, early.json["code"]) == (409, "not_confirmed")
    closing.confirm()
    report = closing.staff.get(path)
    assert report.status_code == 200
    with zipfile.ZipFile(io.BytesIO(report.data)) as archive:
        assert archive.namelist() == ["summary.xlsx", "schedule.xlsx", "people.xlsx"]
        books = {name: openpyxl.load_workbook(io.BytesIO(archive.read(name))) for name in archive.namelist()}
    rows = {name: list(book.worksheets[0].iter_rows(values_only=True)) for name, book in books.items()}
    people, summary = rows["people.xlsx"], {str(row[0]): row[1] for row in rows["summary.xlsx"]}
    assert len(people) == 2
    assert summary["本材料报送截止日期"] == str(closing.project.ends_on + timedelta(days=14))
