"""What a cell shows is what is read; what can't be read is told by row and column, or the file is refused."""

import time
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.wording.faults import CREDIT_FAULTS, QUESTION_FAULTS, SHEET_FAULTS
from sheets.cells import CELL_FAULTS, Meaning
from sheets.errors import (
    CellTooLong,
    ColumnMissing,
    ColumnRepeated,
    SheetBroken,
    SheetError,
    SheetTooLarge,
    SheetUnsupported,
    TablesSeveral,
)
from sheets.tables import Row, read_table
from tests.sheets.odd_workbooks import MAIN, OFFICE, SHEETS, links, merged, row, sheet, text, titles, workbook

COLUMNS = ("姓名", "单位", "编号", "学分", "时间")
MEANINGS = {"编号": Meaning.IDENTIFIER, "学分": Meaning.AMOUNT, "时间": Meaning.TIME}
TITLES = titles(*COLUMNS)
NOBODY: Mapping[str, str] = {}


def read(data: bytes, max_rows: int = 20_000) -> list[Row]:
    return read_table(data, columns=COLUMNS, required=("姓名",), max_rows=max_rows, meanings=MEANINGS)


def cells(*given: str, forms: Sequence[str] = (), texts: str | None = None, properties: str = "") -> list[str]:
    """The values of row 2, from A to E as far as they are given, of a workbook with one row."""
    (found,) = read(workbook(sheet(TITLES, row(2, *given)), forms=forms, texts=texts, properties=properties))
    assert found.faults == NOBODY
    return [found.cells[title] for title in COLUMNS[: len(given)]]


def faults(*rows: str, after: str = "", before: str = "") -> dict[int, Mapping[str, str]]:
    found = read(workbook(sheet(TITLES, *rows, before=before, after=after)))
    return {each.number: each.faults for each in found if each.faults}


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


def people(first: int, count: int) -> list[str]:
    return [row(n, text(f"A{n}", f"人{n}")) for n in range(first, first + count)]


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


OUT_OF_ORDER = {
    "a row after a later one": [*people(3, 1), *people(2, 1)],
    "a row twice": [*people(2, 1), *people(2, 1)],
    "a cell after one further right": [row(2, text("B2", "院"), text("A2", "李"))],
    "a cell twice": [row(2, text("A2", "李"), text("A2", "王"))],
    "a row in a row": [f'<row r="2"><row r="3">{text("A3", "李")}</row></row>'],
    "a cell in a cell": [f'<row r="2"><c r="A2">{text("B2", "李")}</c></row>'],
    "a cell in no row": [text("A2", "李")],
    "two contents of a cell": ['<row r="2"><c r="A2"><v>1</v><v>2</v></c></row>'],
    "a cell of another row": [row(2, text("A3", "李"))],
    "a row beyond the last": [*people(1_048_577, 1)],
    "a row of no number": ['<row r="zwei"/>'],
    "a column beyond the last": [row(2, text("XFE2", "李"))],
    "a cell of no place": [row(2, text("$A$2", "李"))],
    "a number that is none": [row(2, '<c r="A2"><v>abc</v></c>')],
    "a number without an end": [row(2, '<c r="A2"><v>1E999</v></c>')],
    "a shared text that there is not": [row(2, '<c r="A2" t="s"><v>9</v></c>')],
    "a kind that there is not": [row(2, '<c r="A2" t="x"><v>9</v></c>')],
}


@pytest.mark.parametrize("rows", OUT_OF_ORDER.values(), ids=OUT_OF_ORDER)
def test_what_no_program_shows_in_one_way_is_refused(rows: list[str]) -> None:
    with pytest.raises(SheetBroken) as refused:
        read(workbook(sheet(TITLES, *rows)))
    assert refused.value.row is not None


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
    with pytest.raises(TablesSeveral):
        read(workbook(one, sheet(titles("说明")), other))
    assert len(read(workbook(one, sheet(titles("说明")), sheet(TITLES)))) == 1  # titles alone are no table
    assert len(read(workbook(sheet(titles("说明")), one))) == 1


def test_a_row_of_a_text_file_with_more_cells_than_titles_is_told() -> None:
    found = read("姓名,单位,备注\n李,院,,,\n王,外省,示例医院,x\n".encode())
    assert [(each.number, each.faults) for each in found] == [(2, {}), (3, {"姓名": "row_too_wide"})]
    beside = row(2, text("A2", "李"), text("H2", "在旁边写的话"))
    assert faults(beside) == {}


def test_a_heading_with_other_marks_does_not_hide_what_separates_the_cells() -> None:
    heading = "学员名单；含组织者；;;;;;;;\n"
    assert read((heading + "姓名,单位\n李,院\n王,院\n").encode())[0].cells["单位"] == "院"


def test_a_strict_workbook_and_one_with_other_slashes_and_cases_are_read() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    assert len(read(workbook(sheet(TITLES, *people(2, 1), namespace=strict)))) == 1
    one = sheet(TITLES, *people(2, 1))
    odd = {"xl/worksheets/sheet1.xml": None, "xl\\Worksheets\\Sheet1.xml": one}
    assert len(read(workbook(one, changed=odd))) == 1


def test_elements_of_other_namespaces_are_no_cells() -> None:
    foreign = '<extLst><x:row xmlns:x="urn:x" r="9"><x:c r="A9"><x:v>1</x:v></x:c></x:row></extLst>'
    assert len(read(workbook(sheet(TITLES, *people(2, 1), after=foreign)))) == 1


def test_other_packages_are_told_as_such() -> None:
    one = sheet(TITLES)
    binary = {"_rels/.rels": links(officeDocument="xl/workbook.bin"), "xl/workbook.bin": "x"}
    document = {"_rels/.rels": links(officeDocument="word/document.xml"), "word/document.xml": "<document/>"}
    for changed in (binary, document, {"[Content_Types].xml": None}):
        with pytest.raises(SheetUnsupported):
            read(workbook(one, changed=changed))
    for missing in ("xl/worksheets/sheet1.xml", "xl/styles.xml", SHEETS):
        with pytest.raises(SheetBroken):
            read(workbook(one, changed={missing: None}))


def test_sheets_that_are_hidden_or_charts_are_no_tables() -> None:
    ids = "worksheet1", "chartsheet1", "worksheet2"
    each = [f'<sheet name="{n}" sheetId="{n}" state="visible" r:id="{name}"/>' for n, name in enumerate(ids, start=1)]
    each[0] = each[0].replace("visible", "veryHidden")
    listed = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{"".join(each)}</sheets></workbook>'
    targets = links(worksheet1="worksheets/sheet1.xml", chartsheet1="x.xml", worksheet2="worksheets/sheet2.xml")
    changed = {SHEETS: listed, "xl/_rels/workbook.xml.rels": targets}
    data = workbook(sheet(TITLES, *people(2, 1)), sheet(TITLES, *people(2, 3)), changed=changed)
    assert len(read(data)) == 3


def test_a_document_type_is_refused_wherever_it_stands() -> None:
    late = f"<?xml version='1.0'?>{' ' * 5000}<!--{'x' * 9000}--><!DOCTYPE worksheet [<!ENTITY a 'b'>]>{sheet(TITLES)}"
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", SHEETS, "_rels/.rels"):
        with pytest.raises(SheetBroken):
            read(workbook(sheet(TITLES), texts="<si><t>x</t></si>", changed={part: late}))


def test_two_parts_of_one_name_are_refused() -> None:
    with pytest.raises(SheetBroken):
        read(workbook(sheet(TITLES), changed={"XL/worksheets/Sheet1.xml": sheet(TITLES, *people(2, 1))}))


def test_a_cell_longer_than_any_is_too_long() -> None:
    with pytest.raises(CellTooLong):
        read(workbook(sheet(TITLES, row(2, text("A2", "长" * 200_000)))))


@pytest.mark.parametrize(
    "rows",
    ["<row>" + "<c/>" * 2_000_001 + "</row>", "<row/>" * 1_048_577, '<row r="2">' + "<c/>" * 16_385 + "</row>"],
    ids=["cells", "rows", "columns"],
)
def test_too_much_of_nothing_is_refused_in_bearable_time(rows: str) -> None:
    began = time.process_time()
    with pytest.raises((SheetTooLarge, SheetBroken)):
        read(workbook(sheet(rows), packing=zipfile.ZIP_STORED))
    assert time.process_time() - began < 20


def test_many_merged_areas_take_bearable_time() -> None:
    areas = merged(*(f"A{n}:XFD1048576" for n in range(3, 20_000)))
    began = time.process_time()
    found = read(workbook(sheet(TITLES, *people(2, 2_000), after=areas)))
    assert sum(bool(each.faults) for each in found) == 1_999
    assert time.process_time() - began < 10


def test_a_text_file_with_more_columns_than_any_sheet_is_refused() -> None:
    for wide in (b"," * 20_000, b'"\n",' * 200_000):
        with pytest.raises(SheetTooLarge):
            read(wide)


def test_every_fault_of_a_cell_has_its_words_wherever_it_can_be_told() -> None:
    for words in (SHEET_FAULTS, CREDIT_FAULTS, QUESTION_FAULTS):
        assert set(CELL_FAULTS) <= set(words)


FRAGMENT = st.one_of(
    st.sampled_from([
        "<row>", "</row>", '<row r="3">', '<row r="2" hidden="1">', "<c>", "</c>", '<c r="A2">', '<c r="B1" t="s">',
        '<c t="b">', '<c t="e">', '<c t="str">', "<v>", "</v>", "<f>", "</f>", "<is><t>", "</t></is>", "1", "-1E400",
        "&#13;", "_x0000_", "<!--", "-->", "<![CDATA[", "]]>", "</sheetData>", "&lol;",
        '<mergeCell ref="A1:B9"/>',
    ]),
    st.text(max_size=4).map(lambda found: found.replace("\x00", "")),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(fragments=st.lists(FRAGMENT, max_size=25))
def test_any_xml_is_read_or_refused_and_nothing_else(fragments: list[str]) -> None:
    content = "".join(fragments).encode("utf-8", "surrogatepass").decode("utf-8", "ignore")
    data = workbook(sheet(TITLES, content, *people(5, 1)), texts="<si><t>甲</t></si>")
    with suppress(SheetError):
        for each in read(data):
            assert set(each.faults.values()) <= set(CELL_FAULTS)


@settings(max_examples=60, deadline=None)
@given(part=st.sampled_from(["xl/styles.xml", SHEETS, "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"]),
       content=st.one_of(st.binary(max_size=60).map(lambda each: each.decode("latin-1")), st.just("<a/>")))  # fmt: skip
def test_any_other_part_is_read_or_refused_and_nothing_else(part: str, content: str) -> None:
    with suppress(SheetError):
        read(workbook(sheet(TITLES, *people(2, 1)), texts="<si><t>甲</t></si>", changed={part: content}))


def test_a_sheet_without_the_titles_says_which_is_missing() -> None:
    with pytest.raises(ColumnMissing) as refused:
        read(workbook(sheet(titles("名字", "单位"))))
    assert (refused.value.row, refused.value.column) == (1, "姓名")
