"""Files of credits whose cells aren't what they seem: told by row and column, never recorded."""

import io

import pytest
from sqlalchemy import func, select

from credit.imports.columns import COLUMNS
from models.credit_records import CreditImportRow
from models.ledger import LedgerEntry
from tests.credit.conftest import CreditScene
from tests.sheets.odd_workbooks import merged, row, sheet, text, titles, workbook

TITLES = titles(*COLUMNS)


def line(scene: CreditScene, number: int, **changed: str) -> str:
    """A good line of credits as cells; changed: cells of other columns, by their letters."""
    good = (
        scene.person.cme_number, "2018-05-18", f"示例课程{number}", "", "国家级继续医学教育项目", "个人活动",
        "其它", "远程教育", "15.0", "2.50", "示例机构", "审核通过",
    )  # fmt: skip
    cells = {"ABCDEFGHIJKL"[n]: text(f"{'ABCDEFGHIJKL'[n]}{number}", str(each)) for n, each in enumerate(good) if each}
    return row(number, *(each for _, each in sorted((cells | changed).items())))


def told(scene: CreditScene, data: bytes) -> tuple[str, list[tuple[int, str, str]]]:
    form = {"file": (io.BytesIO(data), "credits.xlsx")}
    made = scene.authority.call("POST", "/credit-imports/files", data=form, content_type="multipart/form-data")
    assert made.status_code == 201, made.json
    return made.json["id"], [(each["row"], each["column"], each["code"]) for each in made.json["errors"]]


def test_a_cell_that_cannot_be_read_is_an_error_of_its_column_and_nothing_is_recorded(scene: CreditScene) -> None:
    wrong = (
        line(scene, 2, C='<c r="C2" t="e"><v>#N/A</v></c>'),
        line(scene, 3, J='<c r="J3"><f>A1</f></c>'),
        line(scene, 4, K="", L=""),
    )
    ident, errors = told(scene, workbook(sheet(TITLES, *wrong, after=merged("K3:L4"))))
    assert errors == [
        (2, "活动名称", "cell_error"), (3, "学分", "formula_without_value"), (3, "审核状态", "cell_merged"),
        (4, "学分录入单位", "cell_merged"), (4, "审核状态", "cell_merged"),
    ]  # fmt: skip
    for _ in range(2):  # a commit checks the rows anew
        refused = scene.authority.post(f"/credit-imports/{ident}/commit")
        assert (refused.status_code, refused.json["code"]) == (409, "import_has_errors")
    assert scene.db.scalar(select(func.count(LedgerEntry.position))) == 0
    assert {row.state.value for row in scene.db.scalars(select(CreditImportRow))} == {"bad"}


def test_amounts_and_days_are_the_numbers_behind_their_formats(scene: CreditScene) -> None:
    good = line(scene, 2, B='<c r="B2" s="1"><v>43238</v></c>', I='<c r="I2" s="2"><v>15</v></c>',
                J='<c r="J2" s="3"><v>2.5</v></c>', C='<c r="C2" s="4"><v>0.5</v></c>')  # fmt: skip
    ident, errors = told(scene, workbook(sheet(TITLES, good), forms=['m"月"d"日"', '0"学时"', "0.00", "0%"]))
    assert errors == []
    (found,) = scene.authority.get(f"/credit-imports/{ident}/rows").json["items"]
    content = found["content"]
    assert [content[each] for each in ("date", "hours", "credits", "name")] == ["2018-05-18", "15.0", "2.50", "50%"]


def test_an_amount_that_is_shown_as_something_else_or_is_more_exact_than_shown_is_told(scene: CreditScene) -> None:
    wrong = (
        line(scene, 2, J='<c r="J2" s="1"><v>0.5</v></c>'),
        line(scene, 3, J='<c r="J3" s="2"><v>2.505</v></c>'),
        line(scene, 4, J='<c r="J4" t="b"><v>1</v></c>'),
        line(scene, 5, J='<c r="J5" s="3"><v>2</v></c>'),
    )
    _, errors = told(scene, workbook(sheet(TITLES, *wrong), forms=["0%", "0.00", "m/d"]))
    assert errors == [(n, "学分", "shown_rounded" if n == 3 else "invalid") for n in (2, 3, 4, 5)]


@pytest.mark.parametrize("title", ["姓名", "学员姓名"])
def test_a_number_that_belongs_to_another_name_is_told(scene: CreditScene, title: str) -> None:
    named = titles(*COLUMNS, title)
    rows = (
        line(scene, 2, N=text("N2", scene.person.name)),
        line(scene, 3, N=text("N3", "别人")),
        line(scene, 4),
    )
    ident, errors = told(scene, workbook(sheet(named, *rows)))
    assert errors == [(3, "姓名", "name_mismatch")]
    assert scene.authority.post(f"/credit-imports/{ident}/commit").json["code"] == "import_has_errors"


def test_rows_that_are_sent_say_whose_number_it_is_too(scene: CreditScene) -> None:
    wrong = scene.preview({**scene.row(1), "person_name": "别人"}, {**scene.row(2), "person_name": scene.person.name})
    assert [(each["row"], each["field"], each["code"]) for each in wrong.json["errors"]] == [
        (1, "person_name", "name_mismatch")
    ]
    long = scene.preview({**scene.row(3), "person_name": "长" * 101})
    assert [(each["field"], each["code"]) for each in long.json["errors"]] == [("person_name", "too_long")]
