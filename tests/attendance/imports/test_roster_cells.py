"""Rosters whose cells aren't what they seem: each is told by row and column before anything is committed."""

from typing import Any

from sqlalchemy import select

from accounts.id_numbers import is_resident_number
from attendance.imports.rows import ROSTER_COLUMNS
from models.people import Person
from models.projects import RosterEntry
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.roster_import import Jobs, act, previewed, send, shown
from tests.sheets.odd_workbooks import merged, row, sheet, text, titles, workbook

DOCUMENT, OTHER_DOCUMENT = "E1234561", "E7654321"
PHONE, OTHER_PHONE = "13800009012", "13800009013"
TITLES = titles(*ROSTER_COLUMNS)


def told(scene: Scene, run_jobs: Jobs, data: bytes, language: str = "zh-CN") -> tuple[str, list[tuple[Any, ...]]]:
    """The import's id, and the errors of its rows."""
    made = send(scene, data)
    assert made.status_code == 202, made.json
    run_jobs()
    path = f"/attendance-imports/{made.json['id']}/rows"
    rows = scene.staff.call("GET", path, headers={"Accept-Language": language}).json["items"]
    return made.json["id"], [
        (each["number"], error["column"], error["code"], error["message"]) for each in rows for error in each["errors"]
    ]


def newcomer(number: int, name: str = "", more: str = "", unit: str = "外省示例医院") -> str:
    cells = "", name or f"示例{number}", f"E000000{number}", f"1380000902{number}", unit
    filled = (text(f"{'ABCDE'[n]}{number}", each) for n, each in enumerate(cells) if each)
    return row(number, *filled, more=more)


def test_an_excel_error_is_no_name(scene: Scene, run_jobs: Jobs) -> None:
    wrong = row(2, '<c r="B2" t="e"><v>#N/A</v></c>', text("C2", DOCUMENT), text("D2", PHONE))
    ident, errors = told(scene, run_jobs, workbook(sheet(TITLES, wrong)))
    assert [each[:3] for each in errors] == [(2, "姓名", "cell_error")]
    assert "#N/A" in errors[0][3]
    assert "正" in errors[0][3]
    assert code_of(scene.staff.post(f"/attendance-imports/{ident}/commit")) == (409, "import_has_errors")
    assert scene.db.scalars(select(Person).where(Person.name == "#N/A")).all() == []
    _, english = told(scene, run_jobs, workbook(sheet(TITLES, wrong)), "en")
    assert "correct the formula" in english[0][3]


def test_a_unit_merged_over_three_people_is_told_for_those_who_would_lose_it(scene: Scene, run_jobs: Jobs) -> None:
    rows = newcomer(2), newcomer(3, unit=""), newcomer(4, unit="")
    _, errors = told(scene, run_jobs, workbook(sheet(TITLES, *rows, after=merged("E2:E4"))))
    assert [each[:3] for each in errors] == [(3, "单位", "cell_merged"), (4, "单位", "cell_merged")]


def test_a_hidden_row_is_told_and_nobody_is_taken_or_left_out_silently(scene: Scene, run_jobs: Jobs) -> None:
    rows = newcomer(2), newcomer(3, more=' hidden="1"'), newcomer(4)
    ident, errors = told(scene, run_jobs, workbook(sheet(TITLES, *rows)))
    assert [each[:3] for each in errors] == [(3, "姓名", "row_hidden")]
    assert shown(scene, ident)["bad"] == 1
    assert scene.db.scalars(select(RosterEntry)).all() == []


def test_a_person_in_row_25001_is_not_lost(scene: Scene, run_jobs: Jobs) -> None:
    cells = text("B25001", "示例丁"), text("C25001", DOCUMENT), text("D25001", PHONE)
    ident, errors = told(scene, run_jobs, workbook(sheet(TITLES, newcomer(2), row(25_001, *cells))))
    assert (errors, shown(scene, ident)["newcomers"]) == ([], 2)


def test_numbers_in_cells_have_all_their_digits_and_zeros_or_are_told(scene: Scene, run_jobs: Jobs) -> None:
    person = scene.make.person(unit=scene.unit, name="李")
    scene.db.execute(Person.__table__.update().where(Person.id == person.id).values(cme_number="0012345"))  # type: ignore[attr-defined]
    known = row(2, '<c r="A2" s="1"><v>12345</v></c>', text("B2", "李"))
    lost = row(3, text("B3", "赵"), '<c r="C3" s="2"><v>330100190001010019</v></c>', '<c r="D3"><v>13800009012</v></c>')
    data = workbook(sheet(TITLES, known, lost), forms=["0000000", "0"])
    _, errors = told(scene, run_jobs, data)
    assert [each[:3] for each in errors] == [(3, "证件号", "digits_lost")]


def added(scene: Scene, run_jobs: Jobs, name: str, document: str, phone: str) -> None:
    act(scene, previewed(scene, run_jobs, ["", name, document, phone])["id"], run_jobs)


def errors_of(scene: Scene, run_jobs: Jobs, *cells: str) -> list[tuple[str, str]]:
    found = previewed(scene, run_jobs, list(cells))
    rows = scene.staff.get(f"/attendance-imports/{found['id']}/rows").json["items"]
    return [(each["column"], each["code"]) for each in rows[0]["errors"]]


def test_a_number_with_the_id_number_or_phone_of_somebody_else_is_told(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    added(scene, run_jobs, "示例证件人", DOCUMENT, PHONE)
    wrong = [("继教编号", "number_of_another")]
    number = str(li.cme_number)
    assert errors_of(scene, run_jobs, number, "", DOCUMENT, PHONE) == wrong
    assert errors_of(scene, run_jobs, number, "", DOCUMENT.lower()) == wrong
    assert errors_of(scene, run_jobs, number, "", "", PHONE) == wrong
    assert errors_of(scene, run_jobs, number, "李", DOCUMENT) == wrong
    assert errors_of(scene, run_jobs, number, "示例证件人", DOCUMENT) == [("姓名", "name_mismatch")]
    assert errors_of(scene, run_jobs, number, "李", "", PHONE) == []  # a secretary's phone beside the right name
    assert errors_of(scene, run_jobs, number, "", OTHER_DOCUMENT, OTHER_PHONE) == []  # known of nobody


def test_a_number_with_another_id_number_than_the_one_on_file_is_told(scene: Scene, run_jobs: Jobs) -> None:
    added(scene, run_jobs, "示例", DOCUMENT, PHONE)
    mine = scene.db.scalars(select(Person).where(Person.name == "示例")).one()
    mine.cme_number = "7777777777"
    scene.db.commit()
    assert errors_of(scene, run_jobs, "7777777777", "示例", DOCUMENT) == []
    assert errors_of(scene, run_jobs, "7777777777", "示例", OTHER_DOCUMENT) == [("继教编号", "number_of_another")]


def test_what_a_known_number_does_not_need_is_noted_and_keeps_nobody_out(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    found = previewed(scene, run_jobs, [str(li.cme_number), "李", "3.301E+17", "12345"])
    (mine,) = scene.staff.get(f"/attendance-imports/{found['id']}/rows").json["items"]
    assert (mine["errors"], [(each["column"], each["code"]) for each in mine["findings"]]) == (
        [], [("证件号", "digits_lost"), ("手机", "phone_invalid")],
    )  # fmt: skip
    assert act(scene, found["id"], run_jobs)["outcomes"] == {"added": 1}


def test_one_person_by_number_and_by_id_number_is_repeated(scene: Scene, run_jobs: Jobs) -> None:
    li = scene.make.person(unit=scene.unit, name="李")
    found = previewed(scene, run_jobs, [str(li.cme_number), "李", DOCUMENT], ["", "李", DOCUMENT, PHONE])
    rows = scene.staff.get(f"/attendance-imports/{found['id']}/rows?only_bad=true").json["items"]
    assert [(each["number"], each["errors"][0]["code"]) for each in rows] == [(3, "repeated")]


def test_an_id_number_that_a_spreadsheet_may_have_cut_is_noted(scene: Scene, run_jobs: Jobs) -> None:
    right = next(f"33010019000101{n}000" for n in range(10) if is_resident_number(f"33010019000101{n}000"))
    found = previewed(scene, run_jobs, ["", "孙", right, PHONE])
    (mine,) = scene.staff.get(f"/attendance-imports/{found['id']}/rows").json["items"]
    assert (mine["errors"], [each["code"] for each in mine["findings"]]) == ([], ["digits_doubtful"])
    sent = send(scene, f"姓名,证件号,手机\n孙,{right},{PHONE}\n".encode())
    run_jobs()
    (mine,) = scene.staff.get(f"/attendance-imports/{sent.json['id']}/rows").json["items"]
    assert [(each["column"], each["code"]) for each in mine["errors"]] == [("证件号", "digits_lost")]


def test_a_number_that_cannot_be_read_makes_nobody_a_newcomer(scene: Scene, run_jobs: Jobs) -> None:
    wrong = row(2, '<c r="A2" t="e"><v>#REF!</v></c>', text("B2", "李"), text("C2", DOCUMENT), text("D2", PHONE))
    ident, errors = told(scene, run_jobs, workbook(sheet(TITLES, wrong)))
    assert [each[:3] for each in errors] == [(2, "继教编号", "cell_error")]
    assert shown(scene, ident)["newcomers"] == 0


def test_a_file_that_is_refused_says_what_it_may_have(scene: Scene) -> None:
    one, other = sheet(TITLES, newcomer(2)), sheet(TITLES, newcomer(3))
    refused = send(scene, workbook(one, other))
    assert (code_of(refused), refused.json["sheets"]) == ((422, "several_tables"), ["S1", "S2"])
    assert "S1、S2" in refused.json["hint"]
    refused = send(scene, workbook(sheet(TITLES, newcomer(2, name="长" * 501))))
    assert (code_of(refused), refused.json["limit_characters"]) == ((422, "cell_too_long"), 500)
    refused = send(scene, ("姓名\n" + "李\n" * 20_001).encode())
    assert (code_of(refused), refused.json["row"], refused.json["limit_rows"]) == (
        (422, "sheet_too_long"),
        20_002,
        20_000,
    )
    refused = send(scene, "姓名,手机,姓名\n李,1,王\n".encode())
    assert (code_of(refused), refused.json["row"], refused.json["column"]) == ((422, "column_repeated"), 1, "姓名")
    refused = send(scene, workbook(sheet(TITLES, newcomer(3), newcomer(2))))
    assert (code_of(refused), refused.json["row"]) == ((422, "sheet_broken"), 2)
