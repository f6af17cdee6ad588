"""Rows and columns of a workbook: none is lost, and those that aren't what they seem are told."""

from collections.abc import Mapping

import pytest

from sheets.errors import ColumnMissing, ColumnRepeated, TablesSeveral
from sheets.tables import read_table
from tests.sheets.odd_workbooks import merged, row, sheet, text, titles, workbook
from tests.sheets.small_table import COLUMNS, TITLES, people, read


def faults(*rows: str, after: str = "", before: str = "") -> dict[int, Mapping[str, str]]:
    found = read(workbook(sheet(TITLES, *rows, before=before, after=after)))
    return {each.number: each.faults for each in found if each.faults}


def test_a_merged_cell_is_told_in_each_row_that_it_covers() -> None:
    told = {"单位": "cell_merged"}
    assert faults(*people(2, 4), after=merged("B2:B4")) == {3: told, 4: told}
    assert faults(*people(2, 4), after=merged("B4:B2")) == {3: told, 4: told}
    assert faults(*people(2, 2), after=merged("A3:B3")) == {3: told}
    hidden = row(3, text("A3", "人3"), text("B3", "盖住的单位"))
    found = read(workbook(sheet(TITLES, *people(2, 1), hidden, after=merged("B2:B3"))))
    assert (found[1].faults, found[1].cells["单位"]) == (told, "")


def test_merged_cells_that_cover_nothing_of_a_table_do_no_harm() -> None:
    heading = row(1, text("A1", "2026 年学员名单"))
    rows = heading, titles(*COLUMNS, number=2), *people(3, 2)
    found = read(workbook(sheet(*rows, after=merged("A1:E1", "F3:F4", "A9:E9", "B3:B3"))))
    assert [(each.number, each.faults) for each in found] == [(3, {}), (4, {})]


@pytest.mark.parametrize("more", [' hidden="1"', ' hidden="true"', ' ht="0" customHeight="1"'])
def test_a_hidden_row_is_told(more: str) -> None:
    assert faults(*people(2, 1), row(3, text("A3", "藏"), more=more)) == {3: {"姓名": "row_hidden"}}


def test_rows_that_a_sheet_hides_unless_they_say_otherwise_are_told() -> None:
    shown = row(3, text("A3", "显"), more=' hidden="0"')
    before = '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'
    assert faults(*people(2, 1), shown, before=before) == {2: {"姓名": "row_hidden"}}


def test_a_hidden_row_without_content_is_no_row() -> None:
    assert faults(row(2, '<c r="A2" s="0"/>', more=' hidden="1"'), *people(3, 1)) == {}


def test_a_row_after_a_long_gap_is_read() -> None:
    found = read(workbook(sheet(TITLES, *people(2, 1), *people(25_001, 1), *people(1_048_576, 1))))
    assert [each.number for each in found] == [2, 25_001, 1_048_576]


def test_a_column_far_to_the_right_is_read() -> None:
    far = sheet(row(1, text("A1", "姓名"), text("CZ1", "单位"), text("XFD1", "编号")),
                row(2, text("A2", "李"), text("CZ2", "院"), text("XFD2", "7")))  # fmt: skip
    (found,) = read(workbook(far))
    assert (found.cells["单位"], found.cells["编号"]) == ("院", "7")
    wide = ",".join(["姓名", *["x"] * 200, "单位"]) + "\n" + ",".join(["李", *[""] * 200, "院"])
    assert read(wide.encode())[0].cells["单位"] == "院"


def test_rows_and_cells_without_a_place_follow_the_one_before() -> None:
    inline = "<c t='inlineStr'><is><t>{}</t></is></c>"
    rows = f"<row>{inline.format('姓名')}{inline.format('单位')}</row>", f"<row>{inline.format('李')}<c/></row>"
    found = read(workbook(sheet(*rows, f'<row r="7">{inline.format("王")}{inline.format("院")}</row>')))
    assert [(each.number, each.cells["姓名"], each.cells["单位"]) for each in found] == [(2, "李", ""), (7, "王", "院")]


def test_two_columns_of_one_title_are_refused_and_a_likelier_title_wins() -> None:
    with pytest.raises(ColumnRepeated) as refused:
        read("姓名,编号,姓名\n李,1,王\n".encode())
    assert (refused.value.row, refused.value.column) == (1, "姓名")
    also = {"手机": ("手机号", "电话")}
    (found,) = read_table("电话,姓名,手机号\n88880000,李,138\n".encode(), columns=("姓名", "手机"), required=("姓名",),
                          max_rows=9, also=also)  # fmt: skip
    assert found.cells["手机"] == "138"


def test_a_second_table_is_told_and_not_lost() -> None:
    one, other = sheet(TITLES, *people(2, 1)), sheet(titles("说明"), titles(*COLUMNS, number=2), *people(5, 1))
    with pytest.raises(TablesSeveral) as refused:
        read(workbook(one, sheet(titles("说明")), other))
    assert refused.value.facts == {"sheets": ["S1", "S3"]}
    assert len(read(workbook(one, sheet(titles("说明")), sheet(TITLES)))) == 1  # titles alone are no table
    assert len(read(workbook(sheet(TITLES), one))) == 1
    assert read(workbook(sheet(TITLES), sheet(titles("说明")))) == []
    assert len(read(workbook(sheet(titles("说明")), one))) == 1


def test_a_row_of_a_text_file_with_more_cells_than_titles_is_told() -> None:
    found = read("姓名,单位,备注\n李,院,,,\n王,外省,示例医院,x\n".encode())
    assert [(each.number, each.faults) for each in found] == [(2, {}), (3, {"姓名": "row_too_wide"})]
    beside = row(2, text("A2", "李"), text("H2", "在旁边写的话"))
    assert faults(beside) == {}


def test_a_heading_with_other_marks_does_not_hide_what_separates_the_cells() -> None:
    heading = "学员名单；含组织者；;;;;;;;\n"
    assert read((heading + "姓名,单位\n李,院\n王,院\n").encode())[0].cells["单位"] == "院"


def test_a_sheet_without_the_titles_says_which_is_missing() -> None:
    with pytest.raises(ColumnMissing) as refused:
        read(workbook(sheet(titles("名字", "单位"))))
    assert (refused.value.row, refused.value.column) == (1, "姓名")
