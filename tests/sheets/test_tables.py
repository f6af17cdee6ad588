"""Reading tables from strangers, and writing ones that spreadsheet programs open without harm."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets.cells import clean, date_of_serial, plain_title
from sheets.errors import (
    CellTooLong,
    ColumnMissing,
    SheetBroken,
    SheetError,
    SheetTooLarge,
    SheetTooLong,
    SheetUnsupported,
)
from sheets.tables import read_table
from sheets.writing import csv_lines, xlsx_bytes

COLUMNS = ("继教编号", "姓名")
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), max_size=30)
FORMULAS = ('=HYPERLINK("http://x","y")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "\u3000=1", "\r\n=1")


def read(data: bytes, max_rows: int = 100) -> list[tuple[int, dict[str, str]]]:
    found = read_table(data, columns=COLUMNS, required=("姓名",), max_rows=max_rows)
    return [(row.number, dict(row.cells)) for row in found]


SHEET = "xl/worksheets/sheet1.xml"


def repacked(sheet: bytes) -> bytes:
    """The workbook with another sheet in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in old.infolist():
            made.writestr(part.filename, sheet if part.filename == SHEET else old.read(part))
    return out.getvalue()


def blank_sheet(size: int) -> bytes:
    return b"<worksheet>" + b" " * size + b"</worksheet>"


BOOK = xlsx_bytes(COLUMNS, [("3300000001", "李"), ("", ""), ("3300000002", "王")])


def test_rows_have_the_numbers_that_people_see_and_empty_ones_are_left_out() -> None:
    assert read(BOOK) == [
        (2, {"继教编号": "3300000001", "姓名": "李"}),
        (4, {"继教编号": "3300000002", "姓名": "王"}),
    ]


def test_columns_are_found_by_their_titles_in_any_order_and_numbers_lose_their_point() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["备注", " 姓名 ", "继教编号"])
    sheet.append(["x", "李", 3300000001.0])
    data = io.BytesIO()
    book.save(data)
    assert read(data.getvalue()) == [(2, {"继教编号": "3300000001", "姓名": "李"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_of_the_country(encoding: str) -> None:
    assert read("姓名,继教编号\n李,1\n".encode(encoding)) == [(2, {"继教编号": "1", "姓名": "李"})]


def book_of(fill: Callable[[openpyxl.Workbook, Any], None]) -> bytes:
    """A workbook as somebody else's program writes it."""
    book = openpyxl.Workbook()
    fill(book, book.active)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_heading_above_the_titles_and_blank_rows_between_do_no_harm() -> None:
    def fill(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet["A1"] = "学员名单（共 2 人）"
        sheet.merge_cells("A1:C1")
        for line in ([], ["序号", "继教\n编号", "姓　名*"], [1, 3300000001, " 李 "], [], [2, None, "王\u200b"], [3]):
            sheet.append(line)

    found = [cells for _, cells in read(book_of(fill))]
    assert found == [{"继教编号": "3300000001", "姓名": "李"}, {"继教编号": "", "姓名": "王"}]


def test_the_first_visible_sheet_with_the_titles_is_the_table() -> None:
    def fill(book: openpyxl.Workbook, sheet: Any) -> None:
        for line in (COLUMNS, ("1", "去年的名单")):
            sheet.append(line)
        sheet.sheet_state = "hidden"
        book.create_sheet("说明").append(["填写说明"])
        for line in (COLUMNS, ("2", "今年的名单")):
            book.create_sheet("名单") if "名单" not in book.sheetnames else None
            book["名单"].append(line)

    assert [cells["姓名"] for _, cells in read(book_of(fill))] == ["今年的名单"]


def test_a_number_with_more_digits_than_a_cell_keeps_never_looks_whole() -> None:
    data = book_of(lambda book, sheet: [sheet.append(line) for line in (COLUMNS, (330100190001010019, "李"))])
    ((_, cells),) = read(data)
    assert cells["继教编号"] == "3.3010019000101e+17"


def test_times_in_cells_are_told_to_the_nearest_second() -> None:
    late = datetime(2026, 11, 24, 8, 29, 59, 999_900)  # noqa: DTZ001 - a cell has no zone
    data = book_of(lambda book, sheet: [sheet.append(line) for line in (COLUMNS, (late, "李"))])
    assert read(data)[0][1]["继教编号"] == "2026-11-24 8:30:00"
    assert date_of_serial("46350.354166667") == "2026-11-24 08:30:00"
    assert [date_of_serial(each) for each in ("0.35", "8:30", "nan", "inf", "20261124", "")] == [None] * 6


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_numbers_kept_as_text_are_read(separator: str) -> None:
    text = f'继教编号{separator}姓名\n="0012"{separator}李\n'
    for data in (text.encode(), text.encode("utf-16")):
        assert read(data) == [(2, {"继教编号": "0012", "姓名": "李"})]


def test_other_titles_of_a_column_are_known_and_its_own_wins() -> None:
    also = {"继教编号": ("人员编号",)}
    for titles, wanted in (("人员编号,姓名", "1"), ("姓名,人员编号", "李")):
        (row,) = read_table(f"{titles}\n1,李\n".encode(), columns=COLUMNS, required=("姓名",), max_rows=9, also=also)
        assert row.cells["继教编号"] == wanted


@given(text=st.text(max_size=40))
def test_any_title_and_any_cell_is_read_as_something(text: str) -> None:
    assert not set(plain_title(f" {text}＊（必填）")) & set(" *＊")
    assert clean(clean(text)) == clean(text)


def test_a_missing_title_is_named() -> None:
    with pytest.raises(ColumnMissing) as refused:
        read(xlsx_bytes(["名字"], [("李",)]))
    assert (refused.value.row, refused.value.column) == (1, "姓名")
    with pytest.raises(ColumnMissing):
        read(b"")


def test_more_rows_than_allowed_are_refused_with_the_row() -> None:
    with pytest.raises(SheetTooLong) as refused:
        read(xlsx_bytes(COLUMNS, [("1", "李")] * 11), max_rows=10)
    assert refused.value.row == 12
    assert len(read(xlsx_bytes(COLUMNS, [("1", "李")] * 10), max_rows=10)) == 10


def test_a_cell_too_long_is_refused_with_row_and_column() -> None:
    with pytest.raises(CellTooLong) as refused:
        read(xlsx_bytes(COLUMNS, [("1", "李"), ("2", "x" * 501)]))
    assert (refused.value.row, refused.value.column) == (3, "姓名")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(blank_sheet(80 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    tracemalloc.start()
    with pytest.raises(SheetTooLarge):
        read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def test_what_would_unpack_well_but_too_well_is_refused_too() -> None:
    with pytest.raises(SheetTooLarge):
        read(repacked(blank_sheet(30 * 1024 * 1024)))


def test_a_zip_that_lies_about_its_sizes_is_broken() -> None:
    honest = repacked(blank_sheet(500_000))
    lying = honest.replace(len(blank_sheet(500_000)).to_bytes(4, "little"), (900).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(SheetBroken):
        read(lying)


def test_entities_are_never_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    with zipfile.ZipFile(io.BytesIO(BOOK)) as parts:
        sheet = parts.read(SHEET).decode().replace("李", "&l9;")
    with pytest.raises(SheetBroken):
        read(repacked(sheet.replace("?>", f'?><!DOCTYPE worksheet [<!ENTITY l0 "ha">{laughs}]>', 1).encode()))


def test_a_cell_at_the_far_end_costs_nothing() -> None:
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far += b'<row r="1"><c r="A1" t="inlineStr"><is><t>\xe5\xa7\x93\xe5\x90\x8d</t></is></c></row>'
    far += b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert read(repacked(far)) == []


def test_a_workbook_that_breaks_off_says_where() -> None:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as parts:
        sheet = parts.read(SHEET)
    with pytest.raises(SheetBroken) as refused:
        read(repacked(sheet[: sheet.index(b'<row r="4"') + 12]))
    assert refused.value.row is not None


@pytest.mark.parametrize(
    "data",
    [b"\xd0\xcf\x11\xe0" + b"x" * 600, b"%PDF-1.7\x00", b"\xff\xfe\x00\x00", b"\n<html><table><tr><td>1"],
)
def test_what_is_no_table_is_told_so(data: bytes) -> None:
    with pytest.raises(SheetUnsupported):
        read(data)


def test_another_zip_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "x")
    with pytest.raises(SheetUnsupported):
        read(out.getvalue())


def test_a_workbook_whose_packing_is_damaged_is_broken() -> None:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as parts:
        part = next(each for each in parts.infolist() if each.filename == SHEET)
    data = bytearray(BOOK)
    name_and_extra = sum(struct.unpack_from("<HH", data, part.header_offset + 26))
    data[part.header_offset + 30 + name_and_extra] = 0b111  # a kind of block that there is none of
    with pytest.raises(SheetBroken):
        read(bytes(data))


@given(cut=st.integers(0, len(BOOK)), flips=st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255))))
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(cut: int, flips: list[tuple[int, int]]) -> None:
    data = bytearray(BOOK)
    for place, value in flips:
        data[place] = value
    with suppress(SheetError):
        read(bytes(data[:cut]))


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    with suppress(SheetError):
        read(data)


@settings(max_examples=25, deadline=None)
@given(lines=st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_text_comes_back_from_a_workbook_as_it_went_in(lines: list[tuple[str, str]]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(COLUMNS, lines))).active
    assert sheet is not None
    found = [tuple(cell or "" for cell in line) for line in sheet.iter_rows(min_row=2, max_col=2, values_only=True)]
    assert found == lines[: len(found)]  # trailing empty lines are no lines of a sheet
    assert not any(any(line) for line in lines[len(found) :])


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_begins_like_a_formula_is_text_in_both_formats(formula: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(COLUMNS, [(formula, formula)]))).active
    assert sheet is not None
    assert sheet["A2"].data_type in ("s", "inlineStr")
    written = "".join(csv_lines(COLUMNS, [(formula, "x")]))
    assert written.splitlines()[1].lstrip('"').startswith("'")


def test_numbers_stay_numbers() -> None:
    lines = [(Decimal("5.00"), -3), (None, 0)]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(COLUMNS, lines))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == [5, -3]
    assert "".join(csv_lines(COLUMNS, lines)).splitlines()[1:] == ["5.00,-3", ",0"]
