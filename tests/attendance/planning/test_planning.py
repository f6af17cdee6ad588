"""Planning: numbers and disciplines as data, editing, tracks, moving sessions, copies, places."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from attendance.projects.disciplines import disciplines
from attendance.projects.numbers import number_formats, parse_number
from models.attendance import CheckIn
from models.edge import AuditEntry
from models.projects import Project, ProjectLevel, ProjectStatus
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.planning.planning import plan_of
from tests.attendance.planning.projects_and_sessions import SESSION
from tests.attendance.projects.life_of_projects import COURSE, course, put_into
from tests.attendance.record.shares import shares
from tests.databases import table_of
from tests.fakes import face

WHY = "会议厅停电"


def test_the_parts_of_a_number_are_told_where_its_format_is_known(scene: Scene) -> None:
    for number, level, discipline in (
        ("2024-03-01-123 (国)", "national", "03-01"), ("Y2024-03-0123", "provincial", "03"),
        ("2024-03-01-123(浙)", "provincial", "03-01"),
    ):  # fmt: skip
        parts = scene.staff.get(f"/projects/{course(scene, number=number)}").json["number_parts"]
        assert (parts["level"], parts["year"], parts["discipline"]) == (level, 2024, discipline)
    unknown = scene.staff.get(f"/projects/{course(scene, number='赴外省 第7号')}").json
    assert (unknown["number"], unknown["number_parts"]) == ("赴外省 第7号", None)


def test_every_format_fits_its_own_example() -> None:
    assert {each.level for each in number_formats()} == {ProjectLevel.NATIONAL, ProjectLevel.PROVINCIAL}
    for known in number_formats():
        parts = parse_number(known.example)
        assert parts is not None
        assert parts.level is known.level


@given(text=st.text(max_size=60))
def test_no_number_is_ever_refused_by_its_format(text: str) -> None:
    parts = parse_number(text)
    assert parts is None or str(parts.year) in text


def test_formats_and_disciplines_are_told(scene: Scene) -> None:
    formats = scene.staff.get("/project-number-formats").json["items"]
    assert [each["example"] for each in formats] == [each.example for each in number_formats()]
    told = scene.staff.get("/disciplines").json["items"]
    assert [each["name"] for each in told] == [each.name for each in disciplines()]
    codes = [each.code for top in disciplines() for each in (top, *top.below)]
    assert len(codes) == len(set(codes))
    by_code = scene.staff.get(f"/projects/{course(scene, discipline='03-01')}").json
    by_name = scene.staff.get(f"/projects/{course(scene, discipline='心血管病学')}").json
    for made in (by_code, by_name):
        assert (made["discipline"], made["discipline_code"]) == ("心血管病学", "03-01")
    other = scene.staff.get(f"/projects/{course(scene, discipline='航天医学')}").json
    assert (other["discipline"], other["discipline_code"]) == ("航天医学", None)


def test_what_is_not_sent_of_a_draft_stays(scene: Scene) -> None:
    project = course(scene, discipline="03-01", capacity=40)
    changed = {"name": "急诊心电图", "credits": "4.50", "discipline": None, "conditions": {"min_attendance": "1.00"}}
    edited = scene.staff.patch(f"/projects/{project}", changed)
    assert edited.status_code == 200
    assert (edited.json["name"], edited.json["credits"]) == ("急诊心电图", "4.50")
    assert edited.json["conditions"] == {
        "min_attendance": "1.00", "check_out": False, "evaluation": True, "exam": True, "excused": "counts_as_absent",
    }  # fmt: skip
    assert (edited.json["category"], edited.json["capacity"], edited.json["discipline"]) == ("NAT", 40, None)
    assert edited.json["revision"] == 1
    assert scene.staff.get(f"/projects/{project}").json == edited.json
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "project.edit")).one()
    assert audited.before["credits"] == "5.00"


def test_what_was_approved_stays_but_for_a_change_and_its_title_for_good(scene: Scene) -> None:
    project = course(scene)
    other = {**COURSE, "credits": "6.00"}
    for status in (ProjectStatus.FILED, ProjectStatus.APPROVED, ProjectStatus.RUNNING):
        put_into(scene, project, status)
        assert code_of(scene.staff.patch(f"/projects/{project}", other)) == (409, "project_not_editable")
        roomy = scene.staff.patch(f"/projects/{project}", {**COURSE, "capacity": 50})
        assert roomy.status_code == 200, roomy.json
    put_into(scene, project, ProjectStatus.CHANGED)
    assert scene.staff.patch(f"/projects/{project}", other).status_code == 200
    for fixed in ({"name": "另一个题目"}, {"number": "2026-1"}, {"category": "PRV"}):
        assert code_of(scene.staff.patch(f"/projects/{project}", {**other, **fixed})) == (409, "project_not_editable")
    put_into(scene, project, ProjectStatus.IN_REVIEW)
    assert code_of(scene.staff.patch(f"/projects/{project}", other)) == (409, "project_closed")


def test_an_edit_that_cannot_be_changes_nothing(scene: Scene) -> None:
    project = course(scene)
    assert scene.staff.post(f"/projects/{project}/sessions", SESSION).status_code == 201
    course(scene, number="2026-1")
    wrong = [
        ({"ends_on": "2026-11-23"}, "period_invalid"),
        ({"starts_on": "2026-11-25"}, "period_invalid"),  # the session would lie before it
        ({"number": "2026-1", "edition": 1}, "project_number_taken"),
        ({"reviewing_unit_id": str(scene.unit.id)}, "reviewing_unit_invalid"),
        ({"unit_id": str(scene.make.province.id)}, "project_not_editable"),
    ]
    before = scene.staff.get(f"/projects/{project}").json
    for changed, code in wrong:
        assert code_of(scene.staff.patch(f"/projects/{project}", {**COURSE, **changed}))[1] == code
    assert scene.staff.get(f"/projects/{project}").json == before


def test_tracks_side_by_side_are_flagged_as_such(scene: Scene) -> None:
    project = course(scene)
    path = f"/projects/{project}/sessions"
    tracks = ("内科", "外科", "外科", None)
    ids = [scene.staff.post(path, {**SESSION, "track": track}).json["id"] for track in tracks]
    later = {"starts_at": SESSION["ends_at"], "ends_at": "2026-11-24T15:00:00+08:00"}
    assert scene.staff.post(path, {**SESSION, **later}).status_code == 201
    found = scene.staff.get(f"/projects/{project}/overlaps").json["items"]
    assert len(found) == 6
    clashes = [{each["session_id"], each["other_session_id"]} for each in found if each["is_same_track"]]
    assert clashes == [{ids[1], ids[2]}]


def test_moving_a_session_judges_nobody_anew(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    path = f"/sessions/{scene.session.id}"
    earlier = plan_of(scene.session, minutes=-20)
    assert code_of(scene.staff.patch(path, earlier)) == (422, "reason_needed")
    moved = scene.staff.patch(path, {**earlier, "reason": WHY})
    assert (moved.status_code, moved.json["venue"], moved.json["revision"]) == (200, "二号会议厅", 1)
    assert datetime.fromisoformat(moved.json["windows"]["late_from"]) < scene.clock.now()
    assert scene.db.scalars(select(CheckIn)).one().status.value == "present"
    late = scene.check_in(scene.learner("wang"), face("wang"), ticket=None)
    assert late.json["status"] == "late"
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "session.change")).one()
    assert (audited.reason, audited.before["venue"]) == (WHY, "一号会议厅")


def test_a_session_nobody_came_to_is_moved_without_a_reason_and_never_out_of_its_project(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}"
    assert scene.staff.patch(path, plan_of(scene.session, hours=2)).status_code == 200
    before = scene.staff.get(path).json
    for wrong in ({"days": 30}, {"days": -30}):
        assert code_of(scene.staff.patch(path, plan_of(scene.session, **wrong))) == (422, "period_invalid")
    assert scene.staff.get(path).json == before
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit(name="二院")))
    assert code_of(stranger.patch(path, plan_of(scene.session))) == (403, "forbidden")


def test_a_session_closed_before_it_opened_is_asked_of_nobody_and_opens_again_when_moved(scene: Scene) -> None:
    learner = scene.learner("li")
    person = scene.people["li"].id
    coming = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(days=1))
    assert shares(scene.db, scene.project)[person].required == 2
    closed = scene.staff.post(f"/sessions/{coming.id}/closing", {})
    assert closed.json["closed_at"] is not None
    scene.db.expire_all()
    assert shares(scene.db, scene.project)[person].required == 1
    assert scene.staff.patch(f"/sessions/{coming.id}", plan_of(coming, hours=1)).json["closed_at"] is None
    scene.check_in(learner, face("li"))
    path = f"/sessions/{scene.session.id}/closing"
    assert code_of(scene.staff.post(path, {})) == (422, "reason_needed")
    assert scene.staff.post(path, {"reason": WHY}).status_code == 200
    assert code_of(scene.ask(scene.learner("wang"))) == (409, "session_not_open")


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_copy_has_the_same_plan_on_other_days_by_the_venues_clock(scene: Scene, zone: str) -> None:
    project = course(scene, number="2026-03-01-123 (国)", starts_on="2026-11-24", ends_on="2026-11-26")
    noon = {"starts_at": "2026-11-25T12:00:00+08:00", "ends_at": "2026-11-25T15:00:00+08:00"}
    scene.staff.post(f"/projects/{project}/sessions", {**SESSION, **noon, "zone": zone, "track": "内科"})
    expected = {"cme_numbers": [scene.make.person(unit=scene.unit).cme_number]}
    assert scene.staff.post(f"/projects/{project}/roster", expected).json["added"] == 1  # whom the copy leaves behind
    copied = scene.staff.post(f"/projects/{project}/copies", {"starts_on": "2027-05-24", "name": "第二期"})
    assert copied.status_code == 201
    made = copied.json
    assert (made["name"], made["status"], made["edition"], made["ends_on"]) == ("第二期", "draft", 2, "2027-05-26")
    assert {name: made[name] for name in ("credits", "hours", "conditions", "category")} == {
        name: COURSE[name] for name in ("credits", "hours", "conditions", "category")
    }
    (old,), (new,) = (scene.staff.get(f"/projects/{each}/sessions").json["items"] for each in (project, made["id"]))
    assert new["track"] == "内科"
    assert old["id"] != new["id"]
    times = [datetime.fromisoformat(each["starts_at"]).astimezone(ZoneInfo(zone)).time() for each in (old, new)]
    assert times[0] == times[1]
    assert scene.staff.get(f"/projects/{made['id']}/roster").json["items"] == []
    assert len(scene.db.scalars(select(Project)).all()) == 3


def test_who_waits_comes_in_when_there_is_room(scene: Scene) -> None:
    people = [scene.make.person(unit=scene.unit, name=name) for name in "甲乙丙"]
    later = {"starts_on": "2099-11-24", "ends_on": "2099-11-26"}  # nobody moves up after the last day
    project = course(scene, capacity=1, **later)
    path, numbers = f"/projects/{project}/roster", [each.cme_number for each in people]
    assert scene.staff.post(path, {"cme_numbers": numbers}).json == {
        "added": 1, "already": 0, "waiting": 2, "unknown": [],
    }  # fmt: skip
    assert scene.staff.post(path, {"cme_numbers": numbers}).json["waiting"] == 0  # each waits once
    assert scene.staff.patch(f"/projects/{project}", {"capacity": 2}).status_code == 200
    listed = scene.staff.get(f"{path}?role=learner").json["items"]
    assert [each["name"] for each in listed] == ["甲", "乙"]
    assert scene.staff.delete(f"/projects/{project}/roster/{people[2].id}").status_code == 204
    assert scene.staff.get(f"/projects/{project}/waiting-list").json["items"] == []
    assert code_of(scene.staff.delete(f"/projects/{project}/roster/{people[2].id}")) == (404, "not_found")


def test_a_learner_sees_what_they_wait_for_and_how_many_are_before_them(scene: Scene) -> None:
    people = [scene.make.person(unit=scene.unit, name=name) for name in "甲乙丙"]
    scene.db.execute(table_of(Project).update().values(capacity=1))
    path = f"/projects/{scene.project.id}/roster"
    scene.staff.post(path, {"cme_numbers": [each.cme_number for each in people]})

    def places() -> list[list[int]]:
        return [[each["place"] for each in scene.api.as_(who).get("/me/waiting").json["items"]] for who in people]

    assert places() == [[], [1], [2]]
    (mine,) = scene.api.as_(people[2]).get("/me/waiting").json["items"]
    assert (mine["id"], mine["name"]) == (str(scene.project.id), scene.project.name)
    scene.staff.delete(f"{path}/{people[0].id}?role=learner")
    assert places() == [[], [], [1]]  # the first one came in
    for status in (ProjectStatus.DRAFT, ProjectStatus.ENDED):  # not told of yet, and over
        scene.db.execute(table_of(Project).update().values(status=status))
        assert places() == [[], [], []]
    assert scene.api.as_(people[2]).get("/me/waiting?cursor=nonsense").status_code == 422


def test_who_has_checked_in_is_not_taken_off_the_roster(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    reply = scene.staff.delete(f"/projects/{scene.project.id}/roster/{scene.people['li'].id}")
    assert code_of(reply) == (409, "has_attended")


def test_who_has_checked_in_may_lose_one_part_of_two(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    li, path = scene.people["li"], f"/projects/{scene.project.id}/roster"
    scene.staff.post(path, {"cme_numbers": [li.cme_number], "role": "speaker"})
    assert scene.staff.delete(f"{path}/{li.id}?role=speaker").status_code == 204
    assert code_of(scene.staff.delete(f"{path}/{li.id}?role=speaker")) == (404, "not_found")
    assert code_of(scene.staff.delete(f"{path}/{li.id}?role=learner")) == (409, "has_attended")


def test_nobody_comes_up_from_the_waiting_list_of_a_project_that_is_over(scene: Scene) -> None:
    people = [scene.make.person(unit=scene.unit, name=name) for name in "甲乙"]
    scene.db.execute(table_of(Project).update().values(capacity=1))
    path = f"/projects/{scene.project.id}/roster"
    scene.staff.post(path, {"cme_numbers": [each.cme_number for each in people]})
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.ENDED))
    assert scene.staff.delete(f"{path}/{people[0].id}").status_code == 204
    assert scene.staff.get(path).json["items"] == []
