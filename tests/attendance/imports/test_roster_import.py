"""Rosters from a file (X-10): every row is checked, shown, committed once, and undone as a batch."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.id_numbers import is_resident_number
from attendance.imports import rows as import_rows
from attendance.imports.importer import TABLES, make_importer
from attendance.imports.rows import ROSTER_COLUMNS
from foundation.imports.engine import abandon
from foundation.imports.steps import handlers
from foundation.jobs import Work
from models.edge import AuditEntry
from models.imports import ImportRow
from models.jobs import Job
from models.people import Person, Role
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole, WaitingEntry
from service.wording.faults import SHEET_FAULTS
from sheets.cells import CELL_FAULTS
from sheets.writing import csv_lines, xlsx_bytes
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.roster_import import WHY, Jobs, act, book, previewed, send, shown
from tests.attendance.projects.lists import pages
from tests.databases import table_of

# made up: the check digit is right, the place and the day are nobody's
DOCUMENT, OTHER_DOCUMENT, PHONE = "330100190001010019", "330100190001010027", "13800001999"


def on_roster(scene: Scene) -> set[str]:
    wanted = select(Person.name).join(RosterEntry, RosterEntry.person_id == Person.id)
    return set(scene.db.scalars(wanted))


def test_a_roster_is_previewed_and_counts_only_once_committed(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    found = previewed(scene, run_jobs, [li.cme_number, "李"], ["", "钱", DOCUMENT, PHONE, "外省医院", "讲师"])
    assert (found["status"], found["rows"], found["bad"], found["newcomers"]) == ("checked", 2, 0, 1)
    rows = scene.staff.get(f"/attendance-imports/{found['id']}/rows").json["items"]
    assert [(row["number"], row["name"], row["role"], row["is_newcomer"]) for row in rows] == [
        (2, "李", "learner", False), (3, "钱", "speaker", True),
    ]  # fmt: skip
    assert on_roster(scene) == set()
    committed = act(scene, found["id"], run_jobs)
    assert (committed["status"], committed["outcomes"]) == ("committed", {"added": 2})
    assert on_roster(scene) == {"李", "钱"}
    newcomer = scene.db.scalars(select(Person).where(Person.name == "钱")).one()
    assert (newcomer.cme_number, newcomer.employer, newcomer.unit_id) == (None, "外省医院", scene.make.province.id)


def test_what_is_personal_is_sealed_and_kept_no_longer_than_needed(scene: Scene, run_jobs: Jobs) -> None:
    found = previewed(scene, run_jobs, ["", "钱", DOCUMENT, PHONE])
    row = scene.db.scalars(select(ImportRow)).one()
    assert row.phone_sealed is not None
    assert DOCUMENT.encode() not in (row.id_number_sealed or b"")
    for path in (f"/attendance-imports/{found['id']}/rows", f"/attendance-imports/{found['id']}"):
        assert DOCUMENT not in (text := scene.staff.get(path).text)
        assert PHONE not in text
    act(scene, found["id"], run_jobs)
    scene.db.expire_all()
    row = scene.db.scalars(select(ImportRow)).one()
    assert (row.phone_sealed, row.phone_hash, row.id_number_sealed, row.id_number_hash) == (None,) * 4
    seal = scene.api.app.extensions["components"].seal
    person = scene.db.scalars(select(Person).where(Person.name == "钱")).one()
    assert seal.open("id_number", person.id_number_sealed) == DOCUMENT


def test_each_error_names_its_row_and_column_and_keeps_all_from_being_committed(scene: Scene, run_jobs: Jobs) -> None:
    li, wang = (scene.make.person(unit=scene.unit, name=name) for name in ("李", "王"))
    found = previewed(
        scene, run_jobs,
        [li.cme_number, "李"],
        [wang.cme_number, "不是王"],
        ["9999999999", "无"],
        ["", "赵", "330100190001010011", PHONE],
        ["", "孙", DOCUMENT, "12345"],
        ["", "", "", ""],
        ["", "周", "", ""],
        [li.cme_number, "李", "", "", "", "贵宾"],
        [li.cme_number, "李"],
        ["x" * 30, "李"],
    )  # fmt: skip
    bad = scene.staff.get(f"/attendance-imports/{found['id']}/rows?only_bad=true").json["items"]
    errors = {(row["number"], each["column"], each["code"]) for row in bad for each in row["errors"]}
    assert errors == {
        (3, "姓名", "name_mismatch"),
        (4, "继教编号", "unknown_number"),
        (5, "证件号", "id_number_invalid"),
        (6, "手机", "phone_invalid"),
        (8, "证件号", "missing"),
        (8, "手机", "missing"),
        (9, "角色", "role_unknown"),
        (10, "继教编号", "repeated"),
        (11, "继教编号", "too_long"),
        (11, "继教编号", "unknown_number"),
    }
    assert found["bad"] == 8
    assert code_of(scene.staff.post(f"/attendance-imports/{found['id']}/commit")) == (409, "import_has_errors")
    assert on_roster(scene) == set()
    by_pages = pages(scene.staff, f"/attendance-imports/{found['id']}/rows?only_bad=true", 3)
    assert [row for page in by_pages for row in page] == bad


def test_a_roster_as_secretaries_type_it_is_read(scene: Scene, run_jobs: Jobs) -> None:
    zhang, maimaiti = (scene.make.person(unit=scene.unit, name=name) for name in ("张三", "买买提·艾力"))
    text = "学员名单,,,,\n人员编号,姓 名*,身份证号码,联系电话,人员类别\n"
    text += f"{zhang.cme_number},张　三,3.301E+17,,\n　{_wide(maimaiti.cme_number)},买买提•艾力,,,学员\n"
    text += f",钱　七,'{DOCUMENT} ,{_wide(PHONE)},讲师\n,赵,3.301E+17,{PHONE},\n"
    made = send(scene, text.encode("gb18030"))
    run_jobs()
    rows = scene.staff.get(f"/attendance-imports/{made.json['id']}/rows", headers={"Accept-Language": "en"}).json[
        "items"
    ]
    assert [(row["name"], row["cme_number"]) for row in rows] == [
        ("张三", zhang.cme_number), ("买买提•艾力", maimaiti.cme_number), ("钱七", None), ("赵", None),
    ]  # fmt: skip
    errors = [(row["number"], each["column"], each["code"]) for row in rows for each in row["errors"]]
    assert errors == [(6, "证件号", "digits_lost"), (6, "手机", "phone_of_another")]
    assert "format the column as text" in rows[3]["errors"][0]["message"]


def test_a_name_with_a_number_agrees_however_its_middle_dot_is_typed(scene: Scene, run_jobs: Jobs) -> None:
    people = [
        scene.make.person(unit=scene.unit, name=name) for name in ("买买提·艾力", "阿依•古丽", "古丽‧汗", "艾力・江")
    ]
    typed = ("买买提・艾 力", "阿依·古丽", "古丽•汗", "艾力．江")
    found = previewed(scene, run_jobs, *((person.cme_number, name) for person, name in zip(people, typed, strict=True)))
    assert found["bad"] == 0
    wrong = previewed(scene, run_jobs, (people[0].cme_number, "买买提·艾山"))
    assert wrong["bad"] == 1


def _wide(digits: str | None) -> str:
    """Full-width digits, as a Chinese input method gives them."""
    return "".join(chr(ord(each) + 0xFEE0) for each in digits or "")


def test_every_code_that_a_row_is_blamed_with_says_what_to_do() -> None:
    folder = Path(import_rows.__file__).parent
    sources = "\n".join((folder / f"{name}.py").read_text() for name in ("rows", "rosters", "punches", "imports"))
    codes = set(re.findall(r'(?:add_error|leave_out|note)\(.*"([a-z_]+)"\)', sources))
    assert codes | set(CELL_FAULTS) == set(SHEET_FAULTS)
    for chinese, english in SHEET_FAULTS.values():
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert english.isascii() or "签" in english or "学员" in english or "场次" in english


def test_a_preview_that_nobody_commits_is_gone_after_a_month(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    old, committed = (previewed(scene, run_jobs, [li.cme_number, "李"])["id"] for _ in range(2))
    act(scene, committed, run_jobs)
    scene.clock.turn(days=31)
    new = previewed(scene, run_jobs, ["", "钱", DOCUMENT, PHONE])["id"]
    while abandon(scene.db, TABLES, now=scene.clock.now()):
        pass
    left = scene.staff.get(f"/projects/{scene.project.id}/attendance-imports").json["items"]
    assert [each["id"] for each in left] == [new, committed]
    assert scene.staff.get(f"/attendance-imports/{old}").status_code == 404


def test_committing_again_is_the_same(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    ident = previewed(scene, run_jobs, [li.cme_number, "李"])["id"]
    first = act(scene, ident, run_jobs)
    assert act(scene, ident, run_jobs) == first
    assert len(scene.db.scalars(select(RosterEntry)).all()) == 1
    assert len(scene.db.scalars(select(Job).where(Job.kind == "attendance_import.commit")).all()) == 1
    again = previewed(scene, run_jobs, [li.cme_number, "李"])["id"]
    assert act(scene, again, run_jobs)["outcomes"] == {"already": 1}


def test_a_batch_is_undone_with_the_people_it_made_but_for_who_came(scene: Scene, run_jobs: Jobs) -> None:
    li, wang = (scene.make.person(unit=scene.unit, name=name) for name in ("李", "王"))
    scene.make.on_roster(scene.project, wang)
    rows = [[li.cme_number, "李"], [wang.cme_number, "王"], ["", "钱", DOCUMENT, PHONE]]
    ident = previewed(scene, run_jobs, *rows)["id"]
    act(scene, ident, run_jobs)
    body = {"cme_number": li.cme_number, "direction": "in", "reason": "手机没电"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/attendance", body).status_code == 201
    undone = act(scene, ident, run_jobs, "undo")
    assert (undone["status"], undone["outcomes"]) == ("undone", {"kept": 1, "already": 1, "undone": 1})
    assert on_roster(scene) == {"李", "王"}
    assert scene.db.scalars(select(Person).where(Person.name == "钱")).all() == []
    assert act(scene, ident, run_jobs, "undo") == undone
    assert code_of(scene.staff.post(f"/attendance-imports/{ident}/commit")) == (409, "import_undone")
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "attendance_import")).all()
    assert [(each.action, each.reason) for each in audited] == [("import.commit", None), ("import.undo", WHY)]


def test_steps_out_of_order_are_refused(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    ident = send(scene, book([li.cme_number, "李"])).json["id"]
    assert code_of(scene.staff.post(f"/attendance-imports/{ident}/commit")) == (409, "import_not_ready")
    run_jobs()
    undo = scene.staff.post(f"/attendance-imports/{ident}/undo", {"reason": WHY})
    assert code_of(undo) == (409, "import_not_committed")


def test_somebody_of_another_province_is_one_person_whoever_brings_them(scene: Scene, run_jobs: Jobs) -> None:
    row = ["", "钱", DOCUMENT, PHONE]
    act(scene, previewed(scene, run_jobs, row, [*row, "", "讲师"])["id"], run_jobs)
    assert act(scene, previewed(scene, run_jobs, row)["id"], run_jobs)["outcomes"] == {"already": 1}
    assert len(scene.db.scalars(select(Person).where(Person.name == "钱")).all()) == 1
    assert len(scene.db.scalars(select(RosterEntry)).all()) == 2
    stolen = previewed(scene, run_jobs, ["", "钱", OTHER_DOCUMENT, PHONE])
    rows = scene.staff.get(f"/attendance-imports/{stolen['id']}/rows").json["items"]
    (error,) = rows[0]["errors"]
    assert (error["column"], error["code"]) == ("手机", "phone_of_another")
    assert error["message"]


def test_a_full_project_has_the_rest_wait_in_their_order(scene: Scene, run_jobs: Jobs) -> None:
    people = [scene.make.person(unit=scene.unit, name=name) for name in "甲乙丙"]
    scene.db.execute(table_of(Project).update().values(capacity=1))
    ident = previewed(scene, run_jobs, *([each.cme_number, each.name] for each in people))["id"]
    assert act(scene, ident, run_jobs)["outcomes"] == {"added": 1, "waiting": 2}
    waiting = scene.staff.get(f"/projects/{scene.project.id}/waiting-list").json["items"]
    assert [each["name"] for each in waiting] == ["乙", "丙"]
    gone = scene.staff.delete(f"/projects/{scene.project.id}/roster/{people[0].id}?role=learner")
    assert gone.status_code == 204
    assert on_roster(scene) == {"乙"}
    act(scene, ident, run_jobs, "undo")
    assert on_roster(scene) == set()
    assert scene.db.scalars(select(WaitingEntry)).all() == []


def test_a_job_that_is_begun_again_goes_on_where_it_was(scene: Scene, run_jobs: Jobs) -> None:
    rows = [["", f"钱{n}", f"P{n:07d}", f"1380001{n:04d}"] for n in range(600)]  # more than one portion
    ident = previewed(scene, run_jobs, *rows)["id"]
    assert scene.staff.post(f"/attendance-imports/{ident}/commit").status_code == 202

    job = scene.db.scalars(select(Job).where(Job.kind == "attendance_import.commit")).one()
    act_on = handlers(make_importer(scene.api.app.extensions["components"].receipts))[job.kind]
    steps = act_on(Work(scene.db, job, scene.clock))
    progress = next(steps)
    assert (progress.done, progress.total) == (200, 600)
    steps.close()  # the worker is gone after its first step
    assert len(on_roster(scene)) == 200
    run_jobs()
    assert shown(scene, ident)["outcomes"] == {"added": 600}
    assert len(on_roster(scene)) == 600


def test_a_project_under_review_takes_no_roster_even_from_a_job(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    ident = previewed(scene, run_jobs, [li.cme_number, "李"])["id"]
    assert scene.staff.post(f"/attendance-imports/{ident}/commit").status_code == 202
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.IN_REVIEW))
    run_jobs()
    assert on_roster(scene) == set()
    job = scene.db.scalars(select(Job).where(Job.kind == "attendance_import.commit")).one()
    assert job.error == "project_closed"
    assert code_of(send(scene, book([li.cme_number, "李"]))) == (409, "project_closed")


BAD_FILES = [
    (b"\xd0\xcf\x11\xe0" + b"x" * 100, 415, "sheet_unsupported"),
    (b"PK\x03\x04" + b"x" * 100, 422, "sheet_broken"),
    (xlsx_bytes(["名字"], [("李",)]), 422, "column_missing"),
    (book(["3300000001", "李" * 501]), 422, "cell_too_long"),
    (b"", 422, "column_missing"),
]


@pytest.mark.parametrize(("data", "status", "code"), BAD_FILES)
def test_a_file_that_is_no_roster_is_refused_and_leaves_nothing(
    scene: Scene, data: bytes, status: int, code: str
) -> None:
    reply = send(scene, data)
    assert code_of(reply) == (status, code)
    if code in ("column_missing", "cell_too_long"):
        assert (reply.json["row"], reply.json["column"]) == ({"column_missing": 1}.get(code, 2), "姓名")
    assert scene.staff.get(f"/projects/{scene.project.id}/attendance-imports").json["items"] == []


def test_a_csv_does_as_well_and_the_template_has_the_titles(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    data = "".join(csv_lines(ROSTER_COLUMNS, [(li.cme_number, "李", "", "", "", "")])).encode()
    made = send(scene, data)
    run_jobs()
    assert shown(scene, made.json["id"])["bad"] == 0
    listed = scene.staff.get(f"/projects/{scene.project.id}/attendance-imports").json["items"]
    assert [each["id"] for each in listed] == [made.json["id"]]
    template = scene.staff.get("/roster-template.xlsx")
    assert send(scene, template.data).status_code == 202


def test_only_its_organizer_imports_and_looks(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    ident = previewed(scene, run_jobs, [li.cme_number, "李"])["id"]
    others = [scene.make.organizer(scene.make.unit(name="二院")), scene.make.staff(Role.AUTHORITY, scene.make.province)]
    for other in map(scene.api.as_, others):
        for kind in ("roster", "punch"):
            assert code_of(send(scene, book(), kind, other)) == (403, "forbidden")
        for path in ("", "/rows"):
            assert code_of(other.get(f"/attendance-imports/{ident}{path}")) == (403, "forbidden")
        assert code_of(other.post(f"/attendance-imports/{ident}/commit")) == (403, "forbidden")
        assert code_of(other.post(f"/attendance-imports/{ident}/undo", {"reason": WHY})) == (403, "forbidden")
    assert scene.db.scalars(select(RosterEntry).where(RosterEntry.role == RosterRole.LEARNER)).all() == []


@given(digits=st.text("0123456789", min_size=17, max_size=17), wrong=st.integers(1, 10))
def test_one_check_digit_fits_an_id_number(digits: str, wrong: int) -> None:
    right = [each for each in "0123456789X" if is_resident_number(digits + each)]
    assert len(right) == 1
    assert not is_resident_number(digits[:-1] + right[0])
