"""What a cell shows is what is read; what can't be read is told by row and column."""

from collections.abc import Sequence

import pytest

from service.wording.faults import CREDIT_FAULTS, SHEET_FAULTS
from service.wording.question_faults import QUESTION_FAULTS
from sheets.cells import CELL_FAULTS
from tests.sheets.odd_workbooks import row, sheet, text, workbook
from tests.sheets.small_table import COLUMNS, TITLES, read


def cells(*given: str, forms: Sequence[str] = (), texts: str | None = None, properties: str = "") -> list[str]:
    """The values of row 2, from A to E as far as they are given, of a workbook with one row."""
    (found,) = read(workbook(sheet(TITLES, row(2, *given)), forms=forms, texts=texts, properties=properties))
    assert found.faults == {}
    return [found.cells[title] for title in COLUMNS[: len(given)]]


def test_where_text_is_meant_a_number_is_read_as_it_is_shown() -> None:
    for value, form, shown in (("0.5", "0%", "50%"), ("1.1", "0.00", "1.10"), ("7", "000", "007"),
                               ("0.5", "# ?/?", "1/2"), ("46086", 'm"月"d"日"', "3月5日")):  # fmt: skip
        assert cells(f'<c r="A2" s="1"><v>{value}</v></c>', forms=[form]) == [shown]
    assert cells('<c r="A2" t="b"><v>1</v></c>', '<c r="B2" t="b"><v>0</v></c>') == ["TRUE", "FALSE"]
    assert cells('<c r="A2"><v>0.30000000000000004</v></c>') == ["0.3"]


def test_an_identifier_has_the_zeros_that_are_shown_and_all_of_its_digits() -> None:
    for value, form, read_as in (
        ("7", "000000", "000007"), ("3310000101", "General", "3310000101"), ("3310000101", "#,##0", "3310000101"),
        ("13800001999", "000-0000-0000", "13800001999"), ("3310000101", "0.00E+00", "3310000101"),
        ("7.6", "0", "7.6"), ("330100190001010019", "0", "3.3010019000101e+17"),
    ):  # fmt: skip
        found = cells(text("A2", "李"), text("B2", "院"), f'<c r="C2" s="1"><v>{value}</v></c>', forms=[form])
        assert found[2] == read_as


@pytest.mark.parametrize(
    ("value", "form", "read_as"),
    [
        ("2.255", "General", "2.255"),
        ("1500", "#,##0.00", "1500"),
        ("0", "#,##0;-#,##0;-", "0"),
        ("5", '0.00"分"', "5"),
        ("0.5", "0%", "50%"),
        ("5", "yyyy/m/d", "1900/1/5"),
    ],
)
def test_an_amount_is_the_number_itself_unless_it_is_shown_as_something_else(
    value: str, form: str, read_as: str
) -> None:
    found = cells(
        text("A2", "李"), text("B2", "院"), text("C2", "1"), f'<c r="D2" s="1"><v>{value}</v></c>', forms=[form]
    )
    assert found[3] == read_as


@pytest.mark.parametrize(("value", "form"), [("2.5", "0"), ("2.255", "0.00"), ("1500", "0.0,"), ("2.5", '0"分"')])
def test_an_amount_that_its_format_rounds_is_told(value: str, form: str) -> None:
    rounded = row(2, text("A2", "李"), f'<c r="D2" s="1"><v>{value}</v></c>')
    (found,) = read(workbook(sheet(TITLES, rounded), forms=[form]))
    assert (found.faults, found.cells["学分"]) == ({"学分": "shown_rounded"}, "")


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        ('<c r="E2" s="1"><v>46086.354166667</v></c>', "2026-03-05 08:30:00"),
        ('<c r="E2"><v>46086.354166667</v></c>', "2026-03-05 08:30:00"),
        ('<c r="E2" s="1"><v>0.354166667</v></c>', "08:30:00"),
        ('<c r="E2"><v>20260305083000</v></c>', "20260305083000"),
        ('<c r="E2" t="d"><v>2026-03-05T08:30:00</v></c>', "2026-03-05T08:30:00"),
        (text("E2", "2026年3月5日 8:30"), "2026年3月5日 8:30"),
    ],
)
def test_a_time_is_the_one_that_a_day_count_means(cell: str, read_as: str) -> None:
    others = text("A2", "李"), text("B2", "院"), text("C2", "1"), text("D2", "5")
    assert cells(*others, cell, forms=["h:mm"])[4] == read_as


@pytest.mark.parametrize("form", ["yyyy-mm", 'yyyy"年"m"月"', "mmm-yy", "yyyy"])
def test_a_day_of_which_only_the_month_is_shown_is_told(form: str) -> None:
    hidden = row(2, text("A2", "李"), '<c r="E2" s="1"><v>46082</v></c>')
    (found,) = read(workbook(sheet(TITLES, hidden), forms=[form]))
    assert found.faults == {"时间": "shown_rounded"}


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    cell = '<c r="A2" s="1"><v>44624</v></c>'
    assert cells(cell, forms=["yyyy/m/d"], properties='<workbookPr date1904="1"/>') == ["2026/3/5"]


def test_texts_are_read_with_their_escapes_and_without_their_reading_aids() -> None:
    texts = "<si><t>甲</t></si><si><r><t>买买提</t></r><r><rPr/><t xml:space='preserve'>·艾力</t></r>"
    texts += "<rPh sb='0' eb='1'><t>maimaiti</t></rPh></si>"
    shared = '<c r="A2" t="s"><v>1</v></c>'
    assert cells(shared, text("B2", "一院_x000D_\n二部"), texts=texts) == ["买买提·艾力", "一院\n二部"]
    assert cells(text("A2", "写作_x005F_x000D_")) == ["写作_x000D_"]
    assert cells(text("A2", "_xD83D_甲_x0000_")) == ["_xD83D_甲"]


def test_a_text_is_shown_as_the_format_of_texts_says() -> None:
    assert cells(text("A2", "李", ' s="1"'), forms=['0;-0;0;@"医师"']) == ["李医师"]


def test_a_cell_that_cannot_be_read_is_told_by_row_and_column_and_is_no_content() -> None:
    (found,) = read(workbook(
        sheet(TITLES, row(2, '<c r="A2" t="e"><v>#N/A</v></c>', '<c r="B2"><f>A1</f></c>',
                          '<c r="C2"><f>A1</f><v></v></c>', text("D2", "1\ufffd"), '<c r="E2" s="1"><v>5</v></c>')),
        forms=["[DBNum1]0"],
    ))  # fmt: skip
    assert found.faults == {
        "姓名": "cell_error",
        "单位": "formula_without_value",
        "编号": "formula_without_value",
        "学分": "character_lost",
    }  # fmt: skip
    assert (found.cells["姓名"], found.cells["单位"]) == ("", "")
    (found,) = read(workbook(sheet(TITLES, row(2, '<c r="A2" s="1"><v>5</v></c>')), forms=["[DBNum1]0"]))
    assert found.faults == {"姓名": "format_unknown"}


def test_a_formula_has_its_stored_value_and_an_empty_text_is_one() -> None:
    formula = '<c r="A2" t="str"><f>B1&amp;C1</f><v>李四</v></c>'
    nothing = '<c r="B2" t="str"><f>""</f><v></v></c>'
    assert cells(formula, nothing, '<c r="C2"><f>1+1</f><v>2</v></c>') == ["李四", "", "2"]


def test_errors_of_a_spreadsheet_are_told_in_a_text_file_too() -> None:
    found = read("姓名,单位\n#N/A,#REF!\n####,院\n".encode())
    assert [each.faults for each in found] == [{"姓名": "cell_error", "单位": "cell_error"}, {"姓名": "cell_error"}]


def test_digits_that_a_spreadsheet_lost_do_not_look_whole_in_a_text_file() -> None:
    found = read('姓名,编号\n李,330100190001010000\n王,="330100190001010000"\n'.encode())
    assert [each.cells["编号"] for each in found] == ["3.3010019000101e+17", "330100190001010000"]


def test_every_fault_of_a_cell_has_its_words_wherever_it_can_be_told() -> None:
    for words in (SHEET_FAULTS, CREDIT_FAULTS, QUESTION_FAULTS):
        assert set(CELL_FAULTS) <= set(words)
