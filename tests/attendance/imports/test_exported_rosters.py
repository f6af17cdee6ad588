"""A roster as a file: what it holds, and that the import reads it again as it was."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from models.people import Person
from models.projects import RosterEntry, RosterRole
from tests.attendance.conftest import Scene
from tests.attendance.imports.roster_import import Jobs, act, previewed, shown
from tests.attendance.projects.lists import statements

TITLES = ["继教编号", "姓名", "单位", "角色", "系统编号"]
# made up: the check digit is right, the place and the day are nobody's
DOCUMENT, PHONE = "330100190001010019", "13800001999"


def exported(scene: Scene, kind: str = "xlsx") -> bytes:
    ident = scene.project.id
    reply = scene.staff.get(f"/projects/{ident}/roster.csv" if kind == "csv" else f"/projects/{ident}/roster.xlsx")
    assert reply.status_code == 200
    assert f"roster-{scene.project.id}.{kind}" in reply.headers["Content-Disposition"]
    return bytes(reply.data)


def lines_of(book: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


def who_is_on(scene: Scene, project_id: Any) -> list[tuple[str, RosterRole]]:
    wanted = select(Person.id, RosterEntry.role).join(RosterEntry, RosterEntry.person_id == Person.id)
    found = scene.db.execute(wanted.where(RosterEntry.project_id == project_id).order_by(RosterEntry.id))
    return [(str(person_id), role) for person_id, role in found]


def full_roster(scene: Scene, run_jobs: Jobs) -> None:
    """A learner, a speaker who is a learner too, somebody whose name looks like a formula, somebody from elsewhere."""
    people = [scene.make.person(unit=scene.unit, name=name) for name in ("王", "=1+1", "张　三")]
    rows = [[each.cme_number, each.name] for each in people]
    rows += [[people[2].cme_number, "张三", "", "", "", "授课教师"], ["", "钱", DOCUMENT, PHONE, "外省医院", "讲师"]]
    found = previewed(scene, run_jobs, *rows)
    assert act(scene, found["id"], run_jobs)["outcomes"] == {"added": 5}


def sent(scene: Scene, project_id: Any, data: bytes, run_jobs: Jobs) -> dict[str, Any]:
    form = {"file": (io.BytesIO(data), "roster")}
    path = f"/projects/{project_id}/roster-imports"
    made = scene.staff.call("POST", path, data=form, content_type="multipart/form-data")
    assert made.status_code == 202, made.json
    run_jobs()
    return shown(scene, made.json["id"])


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_exported_roster_comes_back_through_the_import_the_same(scene: Scene, run_jobs: Jobs, kind: str) -> None:
    full_roster(scene, run_jobs)
    again = sent(scene, scene.project.id, exported(scene, kind), run_jobs)
    assert (again["bad"], again["newcomers"]) == (0, 0)
    assert act(scene, again["id"], run_jobs)["outcomes"] == {"already": 5}
    next_edition = scene.make.project(unit=scene.unit, organizer=scene.organizer)
    copied = sent(scene, next_edition.id, exported(scene, kind), run_jobs)
    assert (copied["bad"], copied["newcomers"]) == (0, 0)
    assert act(scene, copied["id"], run_jobs)["outcomes"] == {"added": 5}
    roster = who_is_on(scene, scene.project.id)
    assert len(roster) == 5
    assert sorted(who_is_on(scene, next_edition.id)) == sorted(roster)


def test_workbook_and_csv_hold_the_same_and_nothing_personal(scene: Scene, run_jobs: Jobs) -> None:
    full_roster(scene, run_jobs)
    book = lines_of(exported(scene))
    assert book[0] == TITLES
    assert [line[1:4] for line in book[1:]] == [
        ["王", "第一医院", "学员"], ["=1+1", "第一医院", "学员"], ["张　三", "第一医院", "学员"],
        ["张　三", "第一医院", "授课教师"], ["钱", "外省医院", "授课教师"],
    ]  # fmt: skip
    stranger = scene.db.scalars(select(Person).where(Person.name == "钱")).one()
    assert [line[4] for line in book[1:]] == [None] * 4 + [str(stranger.id)]
    text = exported(scene, "csv").decode("utf-8-sig")
    assert [[cell.removeprefix("'") or None for cell in line] for line in csv.reader(io.StringIO(text))] == book
    assert "'=1+1" in text
    assert DOCUMENT not in text
    assert PHONE not in text


def test_an_id_of_nobody_and_a_name_of_another_are_errors_of_their_cells(scene: Scene, run_jobs: Jobs) -> None:
    full_roster(scene, run_jobs)
    ident = lines_of(exported(scene))[-1][4]
    rows = [("", "钱", ident), ("", "不是钱", ident), ("", "钱", scene.project.id), ("", "钱", "?"), ("", "", ident)]
    text = "\n".join(["继教编号,姓名,系统编号", *(",".join(map(str, row)) for row in rows)])
    found = sent(scene, scene.project.id, text.encode(), run_jobs)
    listed = scene.staff.get(f"/attendance-imports/{found['id']}/rows").json["items"]
    assert [[(each["column"], each["code"]) for each in row["errors"]] for row in listed] == [
        [], [("系统编号", "repeated"), ("姓名", "name_mismatch")], [("系统编号", "unknown_person")],
        [("系统编号", "unknown_person")], [("姓名", "missing"), ("系统编号", "repeated")],
    ]  # fmt: skip
    assert found["bad"] == 4


def test_a_long_roster_is_read_in_as_many_statements(scene: Scene) -> None:
    scene.learner("n0", is_enrolled=False)
    exported(scene)  # the first one is audited
    with statements(scene.api) as one:
        exported(scene)
    for number in range(1, 5):
        scene.learner(f"n{number}", is_enrolled=False)
    with statements(scene.api) as more:
        exported(scene)
    assert len(one) == len(more)
