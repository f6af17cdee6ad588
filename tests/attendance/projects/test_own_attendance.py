"""Staff of a project don't decide on their own attendance: another human does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from attendance.imports.rows import PUNCH_COLUMNS, ROSTER_COLUMNS
from models.attendance import CheckIn
from models.base import new_id
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus
from models.people import Person, Role
from models.projects import Project, RosterEntry, RosterRole
from sheets.writing import csv_lines
from tests.api import Api
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of
from tests.attendance.conftest import Scene
from tests.attendance.courses import Course, single
from tests.attendance.imports.punch_import import local
from tests.attendance.imports.roster_import import act, send, shown
from tests.attendance.settlement.settling import close
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock, face

OWN = 403, "own_attendance"
Jobs = Callable[[], None]


def colleague(scene: Scene) -> Api:
    return scene.api.as_(scene.make.organizer(scene.unit))


def on_roster(scene: Scene, role: RosterRole = RosterRole.LEARNER) -> None:
    """Somebody put the organizer on the roster."""
    scene.db.add(
        RosterEntry(
            project_id=scene.project.id, person_id=scene.organizer.id, role=role, added_at=scene.clock.now()
        )
    )  # fmt: skip
    scene.db.commit()


def test_staff_are_put_on_the_roster_by_another_of_the_staff_by_the_admin_or_the_reviewing_unit(scene: Scene) -> None:
    path = f"/projects/{scene.project.id}/roster"
    mine = {"cme_numbers": [scene.organizer.cme_number]}
    assert code_of(scene.staff.post(path, mine)) == OWN
    assert code_of(scene.staff.post(path, {**mine, "role": "speaker"})) == OWN
    assert scene.db.scalars(select(RosterEntry)).all() == []
    others = [
        colleague(scene),
        scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit)),
        scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.make.province)),
    ]
    for number, other in enumerate(others):
        assert other.post(path, mine).json["added"] == (1 if number == 0 else 0)
    elsewhere = scene.make.unit(name="第二医院")
    for role in (Role.UNIT_ADMIN, Role.ORGANIZER, Role.AUTHORITY):
        assert code_of(scene.api.as_(scene.make.staff(role, elsewhere)).post(path, mine)) == (403, "forbidden")
    scene.learner("li", is_enrolled=False)
    listed = scene.staff.get(path).json["items"]
    assert [(each["name"], each["is_staff"]) for each in listed] == [(scene.organizer.name, True), ("li", False)]
    grid = scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
    assert [row["person"]["is_staff"] for row in grid] == [True, False]


@pytest.mark.parametrize("step", ["capacity", "removal", "undo"])
def test_a_step_of_staff_doesnt_move_themselves_up_from_the_waiting_list(
    scene: Scene, run_jobs: Jobs, step: str
) -> None:
    roster, waiting = f"/projects/{scene.project.id}/roster", f"/projects/{scene.project.id}/waiting-list"
    scene.db.execute(table_of(Project).update().values(capacity=1))
    first, wang = (scene.make.person(unit=scene.unit, name=name) for name in ("first", "wang"))
    other = colleague(scene)
    row = (first.cme_number, first.name, "", "", "", "")
    ident = send(scene, "".join(csv_lines(ROSTER_COLUMNS, [row])).encode(), who=other).json["id"]
    run_jobs()
    assert other.post(f"/attendance-imports/{ident}/commit").status_code == 202
    run_jobs()
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    queued = admin.post(roster, {"cme_numbers": [scene.organizer.cme_number, wang.cme_number]}).json
    assert queued["waiting"] == 2

    def names(path: str) -> list[str]:
        return [each["name"] for each in other.get(path).json["items"]]

    if step == "capacity":
        assert scene.staff.patch(f"/projects/{scene.project.id}", {"capacity": 3}).status_code == 200
    elif step == "removal":
        assert scene.staff.delete(f"{roster}/{first.id}").status_code == 204
    else:
        act(scene, ident, run_jobs, "undo")
    assert names(roster) == (["first", "wang"] if step == "capacity" else ["wang"])
    assert names(waiting) == [scene.organizer.name]
    assert other.patch(f"/projects/{scene.project.id}", {"capacity": 3}).status_code == 200
    assert names(roster)[-1] == scene.organizer.name
    assert names(waiting) == []


def test_staff_dont_mark_check_in_or_place_themselves(scene: Scene) -> None:
    on_roster(scene)
    me = {"cme_number": scene.organizer.cme_number, "reason": "本人到场，已核对证件"}
    session = f"/sessions/{scene.session.id}"
    for mark in ("present", "excused", "as_recorded"):
        assert code_of(scene.staff.post(f"{session}/corrections", {**me, "mark": mark})) == OWN
    assert code_of(scene.staff.post(f"{session}/attendance", {**me, "direction": "in"})) == OWN
    limited = scene.make.session(scene.project, capacity=1)
    place = {"cme_numbers": [scene.organizer.cme_number]}
    assert code_of(scene.staff.post(f"/sessions/{limited.id}/places", place)) == OWN
    other = colleague(scene)
    assert other.post(f"/sessions/{limited.id}/places", place).json["held"] == 1
    assert other.post(f"{session}/attendance", {**me, "direction": "in"}).status_code == 201
    assert other.post(f"{session}/corrections", {**me, "mark": "late"}).status_code == 201


def test_staff_check_in_by_their_own_face_and_another_decides_a_doubtful_one(scene: Scene) -> None:
    on_roster(scene)
    assert scene.staff.enrol(face("boss")).status_code == 201
    doubtful = scene.check_in(scene.staff, face("boss", off=DOUBTFUL)).json
    assert doubtful["status"] == "needs_review"
    said = {"decision": "accept", "reason": "与证件照一致"}
    assert code_of(scene.staff.post(f"/check-ins/{doubtful['id']}/decision", said)) == OWN
    assert colleague(scene).post(f"/check-ins/{doubtful['id']}/decision", said).status_code == 200
    assert scene.check_in(scene.staff, face("boss")).json["status"] == "present"


def test_staff_dont_import_themselves_onto_a_roster(scene: Scene, run_jobs: Jobs) -> None:
    row = (scene.organizer.cme_number, scene.organizer.name, "", "", "", "")
    ident = send(scene, "".join(csv_lines(ROSTER_COLUMNS, [row])).encode()).json["id"]
    run_jobs()
    assert shown(scene, ident)["bad"] == 0
    assert code_of(scene.staff.post(f"/attendance-imports/{ident}/commit")) == OWN
    assert colleague(scene).post(f"/attendance-imports/{ident}/commit").status_code == 202
    run_jobs()
    assert scene.db.scalars(select(RosterEntry.person_id)).all() == [scene.organizer.id]


def test_their_own_punches_are_left_out_of_the_file_that_staff_commit(scene: Scene, run_jobs: Jobs) -> None:
    on_roster(scene)
    scene.learner("li", is_enrolled=False)
    now = local(scene, scene.clock.now())
    numbers = [scene.organizer.cme_number, scene.people["li"].cme_number]
    data = "".join(csv_lines(PUNCH_COLUMNS, [(str(each), now, "", "", "", "") for each in numbers])).encode()
    ident = send(scene, data, "punch").json["id"]
    run_jobs()
    assert act(scene, ident, run_jobs)["outcomes"] == {"left_out": 1, "added": 1}
    rows = scene.staff.get(f"/attendance-imports/{ident}/rows").json["items"]
    assert [[each["code"] for each in row["findings"]] for row in rows] == [["own_attendance"], []]
    assert scene.db.scalars(select(CheckIn.person_id)).all() == [scene.people["li"].id]


def test_staff_dont_set_their_own_taught_hours_but_keep_them_while_setting_others(scene: Scene) -> None:
    on_roster(scene, RosterRole.SPEAKER)
    scene.db.execute(table_of(Project).update().values(hours=15))
    wang = scene.make.person(unit=scene.unit)
    scene.staff.post(f"/projects/{scene.project.id}/roster", {"cme_numbers": [wang.cme_number], "role": "speaker"})
    path = f"/projects/{scene.project.id}/taught-hours"

    def hours(**of: str) -> dict[str, Any]:
        numbers = {"me": scene.organizer.cme_number, "wang": wang.cme_number}
        return {"speakers": [{"cme_number": numbers[who], "hours": each} for who, each in of.items()]}

    assert code_of(scene.staff.put(path, hours(me="3.0"))) == OWN
    assert colleague(scene).put(path, hours(me="3.0")).status_code == 204
    assert code_of(scene.staff.put(path, hours(me="4.0", wang="2.0"))) == OWN
    assert code_of(scene.staff.put(path, hours(wang="2.0"))) == OWN
    assert scene.staff.put(path, hours(me="3.0", wang="2.0")).status_code == 204


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.AUTHORITY])
def test_who_may_see_the_answers_doesnt_sit_the_exam(course: Course, role: Role) -> None:
    course.set_exam(needs_attendance=False)
    unit = course.unit if role is Role.ORGANIZER else course.make.province
    insider = course.make.staff(role, unit)
    course.make.on_roster(course.project, insider)
    assert code_of(course.start(course.api.as_(insider))) == OWN
    outsider = course.make.staff(role, course.make.unit(name="第二医院"))
    course.make.on_roster(course.project, outsider)
    assert course.start(course.api.as_(outsider)).status_code == 201


@pytest.mark.parametrize(
    ("role", "is_below", "is_bank_of_province", "is_refused"),
    [
        (Role.ORGANIZER, False, True, True),  # all units read the bank of the province
        (Role.ORGANIZER, True, False, True),
        (Role.ORGANIZER, False, False, False),
        (Role.UNIT_ADMIN, False, True, False),
    ],
)
def test_who_may_read_a_question_in_its_bank_doesnt_sit_an_exam_that_asks_it(
    course: Course, role: Role, is_below: bool, is_bank_of_province: bool, is_refused: bool
) -> None:
    unit = course.make.province if is_bank_of_province else course.unit
    question = {**single(1), "discipline": "急诊"}
    made = course.api.as_(course.make.organizer(unit)).post("/question-bank", question).json
    draws = [{"discipline": "急诊", "count": 1}]
    assert course.set_exam(questions=[], draws=draws, needs_attendance=False).status_code == 200
    person = course.make.staff(role, course.make.unit(name="急诊科", parent=course.unit if is_below else None))
    course.make.on_roster(course.project, person)
    reader = course.api.as_(person)
    assert (made in (reader.get("/question-bank").json.get("items") or [])) is is_refused
    begun = course.start(reader)
    assert code_of(begun) == OWN if is_refused else begun.status_code == 201
    assert course.start(course.learner("li")).status_code == 201


def test_the_settlement_marks_staff_also_those_of_before(api: Api, make: Factories, clock: FakeClock, db: Any) -> None:
    closing = close(api, make, clock, db)
    closing.people["boss"] = closing.organizer
    closing.expect("boss")
    closing.expect("li", attended=False)
    preview = closing.preview()
    assert [each["is_staff"] for each in preview["grants"]] == [True]
    assert [each["is_staff"] for each in preview["skipped"]] == [False]
    settlement = closing.confirm().json["id"]
    lines = closing.unit.get(f"/settlements/{settlement}/lines").json["items"]
    assert {each["name"]: each["is_staff"] for each in lines} == {closing.organizer.name: True, "li": False}


@pytest.mark.parametrize(
    ("status", "code"),
    [(FaceCaseStatus.OPEN, 409), (FaceCaseStatus.REJECTED, 409), (FaceCaseStatus.ACCEPTED, 202)],
)
def test_who_confirms_and_who_approves_are_two_humans(
    api: Api, make: Factories, clock: FakeClock, db: Any, status: FaceCaseStatus, code: int
) -> None:
    closing = close(api, make, clock, db)
    closing.expect("li")
    suspect(db, clock, closing.authority, closing.organizer, status)
    settlement = closing.confirm().json["id"]
    reply = closing.review(settlement)
    assert reply.status_code == code
    if code == 409:
        assert reply.json["code"] == "second_admin_needed"
        stranger = api.as_(make.staff(Role.AUTHORITY, make.province))
        assert closing.review(settlement, who=stranger).status_code == 202


def test_a_face_is_reset_by_two_humans(scene: Scene) -> None:
    scene.learner("li")
    first, twin, other = (scene.make.staff(Role.UNIT_ADMIN, scene.unit) for _ in range(3))
    suspect(scene.db, scene.clock, first, twin, FaceCaseStatus.OPEN)
    path = f"/people/{scene.people['li'].id}/face-resets"
    reset = scene.api.as_(first).post(path, {"reason": "照片拍错"}).json["id"]
    refused = scene.api.as_(twin).post(f"/face-resets/{reset}/approval")
    assert code_of(refused) == (409, "second_admin_needed")
    assert scene.api.as_(other).post(f"/face-resets/{reset}/approval").status_code == 200


def suspect(db: Any, clock: FakeClock, one: Person, other: Person, status: FaceCaseStatus) -> None:
    """A case that says that two people have one face."""
    db.add(
        FaceCase(
            id=new_id(), kind=FaceCaseKind.DUPLICATE_FOUND, status=status, person_id=one.id,
            other_person_id=other.id, distance=0.2, threshold=0.3, opened_at=clock.now() - timedelta(days=1),
        )
    )  # fmt: skip
    db.commit()


def test_who_is_not_on_the_roster_is_told_that_it_is_their_own_attendance(scene: Scene) -> None:
    me = {"cme_number": scene.organizer.cme_number}
    why = {"reason": "本人到场"}
    at = f"/sessions/{scene.session.id}"
    many = {"people": [me, {"person_id": str(scene.organizer.id)}], "direction": "in", **why}
    assert code_of(scene.staff.post(f"{at}/attendance", {**me, "direction": "in", **why})) == OWN
    assert code_of(scene.staff.post(f"{at}/corrections", {**me, "mark": "present", **why})) == OWN
    assert code_of(scene.staff.post(f"{at}/walk-ins", {**me, **why})) == OWN
    refused = scene.staff.post(f"{at}/attendance/many", many).json["items"]
    assert [each["code"] for each in refused] == ["own_attendance"] * 2
    assert scene.db.scalars(select(CheckIn)).all() == []
