"""Files of attendance machines whose cells aren't what they seem, and names beside numbers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.imports import ImportRow
from tests.attendance.conftest import Scene
from tests.attendance.imports.punch_import import Jobs, local, number_of
from tests.attendance.imports.roster_import import act, send
from tests.sheets.odd_workbooks import row, sheet, text, titles, workbook

TITLES = titles("人员编号", "姓名", "打卡时间")


@pytest.fixture
def time(scene: Scene) -> str:
    """A time within the session, as a machine writes it."""
    for name in ("李", "王"):
        scene.learner(name, is_enrolled=False)
    scene.clock.set(scene.session.starts_at + timedelta(hours=2))
    return local(scene, scene.session.starts_at)


def rows_of(scene: Scene, run_jobs: Jobs, data: bytes) -> tuple[str, list[dict[str, Any]]]:
    made = send(scene, data, "punch")
    assert made.status_code == 202, made.json
    run_jobs()
    ident = made.json["id"]
    return ident, scene.staff.get(f"/attendance-imports/{ident}/rows").json["items"]


def test_a_number_to_which_the_machine_gave_another_name_is_left_out(scene: Scene, run_jobs: Jobs, time: str) -> None:
    li, wang = number_of(scene, "李"), number_of(scene, "王")
    lines = [(li, "王"), (li, "李"), (wang, ""), (wang, "WANG"), ("9999999999", "过路人")]
    data = "人员编号,姓名,打卡时间\n" + "".join(f"{number},{name},{time}\n" for number, name in lines)
    ident, rows = rows_of(scene, run_jobs, data.encode())
    assert [[(each["column"], each["code"]) for each in found["findings"]] for found in rows] == [
        [("姓名", "name_mismatch")], [], [], [], [("继教编号", "person_not_on_roster")],
    ]  # fmt: skip
    assert scene.db.scalars(select(ImportRow.name)).all() == [None] * 5  # of strangers at the door least of all
    assert act(scene, ident, run_jobs)["outcomes"] == {"left_out": 2, "added": 3}


def test_cells_of_a_machines_workbook_are_read_by_what_their_column_means(
    scene: Scene, run_jobs: Jobs, time: str
) -> None:
    li = number_of(scene, "李")
    rows = (
        row(2, f'<c r="A2"><v>{li}</v></c>', text("C2", time)),
        row(3, text("A3", li), '<c r="C3" t="e"><v>#VALUE!</v></c>'),
        row(4, text("A4", li), '<c r="C4"><f>NOW()</f></c>'),
        row(5, text("A5", li), text("C5", time), more=' hidden="1"'),
    )
    _, found = rows_of(scene, run_jobs, workbook(sheet(TITLES, *rows)))
    assert [[(each["column"], each["code"]) for each in one["errors"]] for one in found] == [
        [], [("时间", "cell_error")], [("时间", "formula_without_value")], [("继教编号", "row_hidden")],
    ]  # fmt: skip
