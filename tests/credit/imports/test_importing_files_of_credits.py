"""Credits as a workbook or CSV: up to 5,000 rows in the request, beyond by jobs that can be killed at any step."""

import io
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from credit.imports import imports
from credit.imports.columns import COLUMNS
from credit.imports.importer import CREDIT_IMPORTS
from foundation.imports import steps
from foundation.jobs import Work
from models.credit_records import CreditImportRow, CreditRecord
from models.jobs import Job, JobStatus
from models.ledger import LedgerEntry
from models.people import Role
from sheets.writing import csv_lines, xlsx_bytes
from tests.api import Reply
from tests.credit.conftest import CreditScene

Jobs = Callable[[], None]
TITLES = list(COLUMNS)
WHY = {"reason": "来源有误"}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large here: more than three rows, in portions of two."""
    monkeypatch.setattr(imports, "CREDIT_IMPORTS", replace(CREDIT_IMPORTS, rows_in_request=3))
    monkeypatch.setattr(steps, "PORTION", 2)


def line(scene: CreditScene, place: int = 0, **changes: str) -> list[str]:
    """A good line; place tells one activity from another."""
    cells = dict(zip(TITLES, [
        scene.person.cme_number, "2018-05-18", f"示例课程{place}", "", "国家级继续医学教育项目", "个人活动", "其它",
        "远程教育", "15.0", "2.50", "示例机构", "审核通过", "",
    ], strict=True))  # fmt: skip
    return [str((cells | changes)[title]) for title in TITLES]


def book(lines: Sequence[Sequence[Any]]) -> bytes:
    return xlsx_bytes(TITLES, lines, name="学分")


def send(scene: CreditScene, data: bytes, who: Any = None) -> Reply:
    form = {"file": (io.BytesIO(data), "credits.xlsx")}
    return (who or scene.authority).call("POST", "/credit-imports/files", data=form, content_type="multipart/form-data")


def shown(scene: CreditScene, ident: str) -> dict[str, Any]:
    return dict(scene.authority.get(f"/credit-imports/{ident}").json)


def ledger_size(scene: CreditScene) -> int:
    return scene.db.scalar(select(func.count(LedgerEntry.position))) or 0


def test_the_template_has_the_titles_that_a_file_needs(scene: CreditScene) -> None:
    reply = scene.authority.get("/credit-import-template.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(reply.data)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == TITLES
    assert send(scene, reply.data).json["rows"] == 0


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gb18030"])
def test_a_small_file_is_checked_at_once_and_committed_as_rows_are(scene: CreditScene, kind: str) -> None:
    lines = [line(scene, 1), line(scene, 2, 日期="2018/5/9", 审核状态="未审核", 学分级别="PRV")]
    text = "".join(csv_lines(TITLES, lines))
    data = {"xlsx": book(lines), "csv": text.encode(), "gb18030": text.lstrip("\ufeff").encode("gb18030")}[kind]
    made = send(scene, data)
    assert (made.status_code, made.json["status"], made.json["errors"]) == (201, "checked", [])
    assert scene.credits()["items"] == []
    done = scene.authority.post(f"/credit-imports/{made.json['id']}/commit")
    assert (done.status_code, done.json) == (200, {"committed": 2, "left_out": []})
    items = {each["date"]: (each["status"], each["category"], each["credits"]) for each in scene.credits()["items"]}
    assert items == {"2018-05-18": ("approved", "NAT", "2.50"), "2018-05-09": ("pending", "PRV", "2.50")}


def test_days_and_numbers_as_a_spreadsheet_holds_them_are_read(scene: CreditScene) -> None:
    sheet = openpyxl.Workbook()
    sheet.active.append(TITLES)
    cells: list[Any] = list(line(scene))
    cells[0], cells[1], cells[8], cells[9] = int(cells[0]), date(2018, 5, 18), 15, 2.5
    sheet.active.append(cells)
    out = io.BytesIO()
    sheet.save(out)
    assert send(scene, out.getvalue()).json["errors"] == []


def test_errors_are_named_by_row_and_column_as_the_spreadsheet_counts(scene: CreditScene) -> None:
    lines = [line(scene, 1), line(scene, 2, 学分="x"), line(scene, 3, 继教编号=""), line(scene, 1)]
    made = send(scene, book(lines)).json
    errors = [(each["row"], each["column"], each["code"]) for each in made["errors"]]
    assert errors == [(3, "学分", "invalid"), (4, "继教编号", "missing"), (5, "活动名称", "duplicate")]
    refused = scene.authority.post(f"/credit-imports/{made['id']}/commit")
    assert (refused.status_code, refused.json["code"]) == (409, "import_has_errors")
    assert ledger_size(scene) == 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0 an old .xls", "sheet_unsupported"),
        (b"PK\x03\x04 no workbook", "sheet_broken"),
        ("继教编号,日期\n1,2".encode(), "column_missing"),
    ],
)
def test_what_is_no_usable_table_is_refused_and_kept_nowhere(scene: CreditScene, data: bytes, code: str) -> None:
    reply = send(scene, data)
    assert (reply.status_code // 100, reply.json["code"]) == (4, code)
    assert scene.authority.get("/credit-imports").json["items"] == []


@pytest.mark.usefixtures("small")
def test_a_large_file_is_checked_committed_and_undone_by_jobs_with_progress(scene: CreditScene, run_jobs: Jobs) -> None:
    lines = [line(scene, place, 审核状态="未审核" if place == 4 else "审核通过") for place in range(7)]
    made = send(scene, book(lines))
    assert (made.status_code, made.json["status"], made.json["done"]) == (202, "checking", 0)
    path = f"/credit-imports/{made.json['id']}"
    assert scene.authority.post(f"{path}/commit").json["code"] == "import_not_ready"
    run_jobs()
    assert shown(scene, made.json["id"])["status"] == "checked"
    for _ in range(2):
        under_way = scene.authority.post(f"{path}/commit")
        assert (under_way.status_code, under_way.json["status"]) == (202, "committing")
        assert scene.authority.get(f"/jobs/{under_way.json['job_id']}").status_code == 200
    assert ledger_size(scene) == 0
    run_jobs()
    done = scene.authority.post(f"{path}/commit")
    assert (done.status_code, done.json, ledger_size(scene)) == (200, {"committed": 7, "left_out": []}, 6)
    assert len(scene.credits()["items"]) == 7
    assert scene.authority.post(f"{path}/undo", WHY).status_code == 202
    assert scene.authority.post(f"{path}/commit").json["code"] == "import_undone"
    run_jobs()
    assert (shown(scene, made.json["id"])["status"], scene.credits()["items"]) == ("undone", [])
    assert scene.authority.post(f"{path}/undo", WHY).status_code == 200
    assert [each.reason for each in scene.db.scalars(select(LedgerEntry).where(LedgerEntry.position > 5))] == [
        WHY["reason"]
    ] * 6


@pytest.mark.usefixtures("small")
def test_an_activity_twice_in_a_large_file_is_found_across_portions(scene: CreditScene, run_jobs: Jobs) -> None:
    made = send(scene, book([line(scene, place) for place in (1, 2, 3, 4, 1)]))
    run_jobs()
    found = shown(scene, made.json["id"])
    assert [(each["row"], each["code"]) for each in found["errors"]] == [(6, "duplicate")]
    refused = scene.authority.post(f"/credit-imports/{found['id']}/commit")
    assert (refused.status_code, refused.json["code"]) == (409, "import_has_errors")


@pytest.mark.usefixtures("small")
def test_what_another_import_brought_meanwhile_stops_a_large_one_whole(scene: CreditScene, run_jobs: Jobs) -> None:
    made = send(scene, book([line(scene, place) for place in range(5)])).json["id"]
    run_jobs()
    assert scene.authority.post(f"/credit-imports/{made}/commit").status_code == 202
    scene.load(scene.row(4))
    run_jobs()
    found = shown(scene, made)
    assert (found["status"], found["committed_at"], ledger_size(scene)) == ("checked", None, 1)
    assert [(each["row"], each["code"]) for each in found["errors"]] == [(6, "already_recorded")]


def steps_of_the_commit(scene: CreditScene, db: Session) -> Iterator[Any]:
    """The steps of the commit's job, on a session of its own."""
    job = db.scalars(select(Job).where(Job.kind == "credit_import.commit")).one()
    return steps.handlers(CREDIT_IMPORTS)[job.kind](Work(db, job, scene.clock))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("alive", range(7))
def test_a_commit_that_is_killed_goes_on_where_it_was_and_nothing_comes_in_between(
    scene: CreditScene, run_jobs: Jobs, alive: int
) -> None:
    lines = [line(scene, place, 审核状态="未审核" if place == 3 else "审核通过") for place in range(6)]
    made = send(scene, book(lines)).json["id"]
    run_jobs()
    assert scene.authority.post(f"/credit-imports/{made}/commit").status_code == 202
    engine = scene.db.get_bind().execution_options(isolation_level="SERIALIZABLE")
    with Session(engine, expire_on_commit=False) as db:
        work = steps_of_the_commit(scene, db)
        for _ in range(alive):
            next(work)
            db.commit()
        if alive < 6:
            next(work)  # done, and never committed
        db.rollback()
    if alive >= 3:  # it has claimed its activities: nobody else may bring any of them
        late = scene.preview(*[scene.row(place) for place in (0, 3, 5)])
        assert [each["code"] for each in late.json["errors"]] == ["already_recorded"] * 3
    run_jobs()
    assert (shown(scene, made)["status"], ledger_size(scene)) == ("committed", 5)
    assert scene.db.scalar(select(func.count()).select_from(CreditRecord)) == 1
    of_import = CreditImportRow.import_id == uuid.UUID(made)
    assert set(scene.db.scalars(select(CreditImportRow.state).where(of_import))) == {"recorded"}
    assert set(scene.db.scalars(select(Job.status))) == {JobStatus.DONE}


@pytest.mark.usefixtures("small")
def test_a_check_that_was_given_up_is_told_and_tried_again_when_asked(scene: CreditScene, run_jobs: Jobs) -> None:
    made = send(scene, book([line(scene, place) for place in range(5)])).json["id"]
    scene.db.execute(update(Job).values(status=JobStatus.FAILED, error="gave_up"))
    assert shown(scene, made)["job_error"] == "gave_up"
    again = scene.authority.post(f"/credit-imports/{made}/commit")
    assert (again.status_code, again.json["code"]) == (409, "import_not_ready")
    waiting = select(func.count()).select_from(Job).where(Job.status == JobStatus.WAITING)
    assert scene.db.scalar(waiting) == 1
    run_jobs()
    assert (shown(scene, made)["status"], shown(scene, made)["job_error"]) == ("checked", None)


@pytest.mark.usefixtures("small")
def test_an_import_that_lost_its_claim_is_committed_once_the_other_one_is_undone(
    scene: CreditScene, run_jobs: Jobs
) -> None:
    made = send(scene, book([line(scene, place) for place in range(5)])).json["id"]
    run_jobs()
    assert scene.authority.post(f"/credit-imports/{made}/commit").status_code == 202
    other = scene.load(scene.row(4))
    run_jobs()
    assert shown(scene, made)["error_count"] == 1
    of_import = CreditImportRow.import_id == uuid.UUID(made)
    states = scene.db.scalars(select(CreditImportRow.state).where(of_import).order_by(CreditImportRow.number)).all()
    assert states == ["good"] * 4 + ["bad"]
    assert scene.preview(scene.row(0)).json["errors"] == []  # nothing stayed claimed
    assert scene.authority.post(f"/credit-imports/{other}/undo", WHY).status_code == 200
    again = send(scene, book([line(scene, place) for place in range(5)])).json["id"]
    run_jobs()
    assert scene.authority.post(f"/credit-imports/{again}/commit").status_code == 202
    run_jobs()
    assert shown(scene, again)["status"] == "committed"


@pytest.mark.parametrize(("count", "status"), [(200, 201), (201, 202)])
def test_up_to_200_rows_are_checked_in_the_request_and_more_by_a_job(
    scene: CreditScene, run_jobs: Jobs, count: int, status: int
) -> None:
    by_file = send(scene, book([line(scene, place) for place in range(count)]))
    by_rows = scene.preview(*[scene.row(place) for place in range(count)])
    assert [by_file.status_code, by_rows.status_code] == [status] * 2
    assert by_rows.json["status"] == {201: "checked", 202: "checking"}[status]
    run_jobs()
    committed = scene.authority.post(f"/credit-imports/{by_rows.json['id']}/commit")
    assert committed.status_code == {201: 200, 202: 202}[status]
    run_jobs()
    assert shown(scene, by_rows.json["id"])["status"] == "committed"
    undone = scene.authority.post(f"/credit-imports/{by_rows.json['id']}/undo", WHY)
    assert undone.status_code == {201: 200, 202: 202}[status]
    run_jobs()
    assert (shown(scene, by_rows.json["id"])["status"], scene.credits()["items"]) == ("undone", [])


def test_cells_as_people_and_programs_write_them_are_read(scene: CreditScene) -> None:
    number = "".join(chr(ord(each) + 0xFEE0) for each in str(scene.person.cme_number))
    lines = [
        line(scene, 1, 继教编号=f"\u3000{number}\u00a0", 日期="2018年5月18日", 学时="１５．００", 学分="2.5"),
        line(scene, 2, 继教编号=f"{scene.person.cme_number}.0", 日期="43238", 学时="15.00", 学分="2.500"),
        line(scene, 3, 日期="20180518", 学时="15", 审核状态="未 审核"),
    ]
    made = send(scene, "".join(csv_lines(TITLES, lines)).encode())
    assert made.json["errors"] == []
    rows = scene.authority.get(f"/credit-imports/{made.json['id']}/rows").json["items"]
    read = {(each["content"]["date"], each["content"]["hours"], each["content"]["credits"]) for each in rows}
    assert read == {("2018-05-18", "15.0", "2.50")}


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.UNIT_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.LEARNER])
def test_only_the_authority_sends_files(scene: CreditScene, role: Role) -> None:
    who = scene.person if role is Role.LEARNER else scene.make.staff(role, scene.make.province)
    caller = scene.api.as_(who)
    assert send(scene, book([line(scene)]), caller).status_code == 403
    assert caller.get("/credit-import-template.xlsx").status_code == 403
