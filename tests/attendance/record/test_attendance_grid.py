"""The attendance of a project as a grid, its files, and corrections that overwrite nothing."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from models.attendance import AttendanceCorrection, AttendanceMark, CheckIn
from models.edge import AuditEntry
from models.people import Role
from models.projects import Project, ProjectStatus
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of
from tests.attendance.conftest import Scene
from tests.attendance.projects.lists import pages, statements
from tests.attendance.record.shares import shares
from tests.databases import table_of
from tests.fakes import face

WHY = "本人在场，手机没电"


def correct(scene: Scene, name: str, mark: str, **more: Any):
    body = {"cme_number": scene.people[name].cme_number, "mark": mark, "reason": WHY, **more}
    return scene.staff.post(f"/sessions/{scene.session.id}/corrections", body)


def outcome(scene: Scene, name: str) -> str:
    items = scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
    (row,) = [each for each in items if each["person"]["name"] == name]
    return str(row["standings"][str(scene.session.id)])


def test_the_grid_says_who_attended_what_and_what_counts(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    scene.check_in(scene.learner("wang"), face("wang", off=DOUBTFUL))
    scene.learner("zhao")
    later = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(hours=5))
    grid = scene.staff.get(f"/projects/{scene.project.id}/attendance").json
    assert [each["id"] for each in grid["sessions"]] == [str(scene.session.id), str(later.id)]
    first, second = str(scene.session.id), str(later.id)
    assert [each["standings"] for each in grid["items"]] == [
        {first: "present", second: "to_come"},
        {first: "needs_review", second: "to_come"},
        {first: "to_come", second: "to_come"},
    ]
    assert [(each["counted"], each["required"], each["share"], each["is_met"]) for each in grid["items"]] == [
        (1, 2, "0.50", False), (0, 2, "0.00", False), (0, 2, "0.00", False),
    ]  # fmt: skip


def test_a_correction_holds_and_leaves_the_check_in_as_it_was(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    before = scene.db.scalars(select(CheckIn)).one().receipt
    assert correct(scene, "li", "absent").status_code == 201
    assert outcome(scene, "li") == "absent"
    assert correct(scene, "li", "late").status_code == 201
    assert outcome(scene, "li") == "late"
    assert correct(scene, "li", "as_recorded").status_code == 201
    assert outcome(scene, "li") == "present"
    scene.db.expire_all()
    assert scene.db.scalars(select(CheckIn)).one().receipt == before
    corrections = scene.db.scalars(select(AttendanceCorrection).order_by(AttendanceCorrection.id))
    assert [each.mark.value for each in corrections] == ["absent", "late", "as_recorded"]
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.correct")).all()
    assert (audited[0].reason, audited[0].after["mark"]) == (WHY, "absent")
    assert audited[1].before["mark"] == "absent"
    listed = scene.staff.get(f"/sessions/{scene.session.id}/corrections").json["items"]
    assert [each["mark"] for each in listed] == ["absent", "late", "as_recorded"]
    by_pages = pages(scene.staff, f"/sessions/{scene.session.id}/corrections", 2)
    assert [each for page in by_pages for each in page] == listed


def test_a_correction_counts_for_the_share_as_the_mark_says(scene: Scene) -> None:
    scene.learner("li")
    person = scene.people["li"].id
    for mark in AttendanceMark:
        assert correct(scene, "li", mark.value).status_code == 201
        assert shares(scene.db, scene.project)[person].counted == (1 if mark.value in ("present", "late") else 0)


def test_a_correction_needs_a_reason_and_somebody_of_the_roster(scene: Scene) -> None:
    scene.learner("li")
    for nothing in ("", " ", None):
        assert correct(scene, "li", "present", reason=nothing).status_code == 422
    assert correct(scene, "li", "kind").status_code == 422
    assert code_of(correct(scene, "li", "present", person_id=str(scene.people["li"].id))) == (422, "invalid_input")
    assert code_of(correct(scene, "li", "present", cme_number="nobody")) == (422, "person_not_on_roster")
    by_id = correct(scene, "li", "excused", cme_number=None, person_id=str(scene.people["li"].id))
    assert by_id.status_code == 201
    assert len(scene.db.scalars(select(AttendanceCorrection)).all()) == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.UNIT_ADMIN, Role.AUTHORITY])
def test_only_the_organizer_corrects(scene: Scene, role: Role) -> None:
    scene.learner("li")
    scene.staff = scene.api.as_(scene.make.staff(role, scene.make.province))
    assert code_of(correct(scene, "li", "present")) == (403, "forbidden")
    path = f"/sessions/{scene.session.id}/corrections"
    assert code_of(scene.api.as_(scene.people["li"]).get(path)) == (403, "forbidden")
    reads = 403 if role is Role.AUDITOR else 200
    for tail in ("", ".xlsx", ".csv"):
        assert scene.staff.get(f"/projects/{scene.project.id}/attendance{tail}").status_code == reads


def test_nothing_is_corrected_under_review(scene: Scene) -> None:
    scene.learner("li")
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.IN_REVIEW))
    assert code_of(correct(scene, "li", "present")) == (409, "project_closed")


def test_who_was_in_two_places_at_once_is_flagged(scene: Scene) -> None:
    me = scene.learner("li")
    elsewhere = scene.make.project(unit=scene.unit, organizer=scene.organizer)
    scene.make.on_roster(elsewhere, scene.people["li"])
    other = scene.make.session(elsewhere)
    scene.check_in(me, face("li"))
    scene.check_in(me, face("li"), ticket=scene.ticket(me, other))
    (row,) = scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
    assert row["conflicts"] == [{"session_id": str(scene.session.id), "other_session_id": str(other.id)}]


def test_the_grid_comes_page_by_page_in_as_many_statements_however_large(scene: Scene) -> None:
    path = f"/projects/{scene.project.id}/attendance"
    scene.learner("n0", is_enrolled=False)
    scene.staff.get(path)  # the first look is an entry of the trail
    with statements(scene.api) as one:
        scene.staff.get(path)
    for number in range(1, 7):
        scene.check_in(scene.learner(f"n{number}"), face(f"n{number}"))
        scene.make.session(scene.project)
    with statements(scene.api) as many:
        whole = scene.staff.get(path).json["items"]
    assert len(one) == len(many)
    assert len(whole) == 7
    for limit in (1, 3, 7):
        assert [each for page in pages(scene.staff, path, limit) for each in page] == whole


def test_workbook_and_csv_say_the_same_as_the_grid_and_run_nothing(scene: Scene) -> None:
    scene.check_in(scene.learner("=1+1"), face("=1+1"))
    scene.learner("wang")
    book = scene.staff.get(f"/projects/{scene.project.id}/attendance.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert [line[1] for line in lines] == ["姓名", "=1+1", "wang"]
    assert [line[4] for line in lines[1:]] == ["出席", "未开始"]
    assert [line[5:8] for line in lines[1:]] == [[1, 1, "是"], [0, 1, "否"]]
    assert sheet["B2"].data_type in ("s", "inlineStr")
    reply = scene.staff.get(f"/projects/{scene.project.id}/attendance.csv")
    read = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig"))))
    assert [line[1] for line in read] == ["姓名", "'=1+1", "wang"]
    assert "attachment" in reply.headers["Content-Disposition"]
