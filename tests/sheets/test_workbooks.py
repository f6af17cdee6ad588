"""Workbooks as other programs write them, odd ones and hostile ones: read, or refused in bearable time."""

import time
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets.cells import CELL_FAULTS
from sheets.errors import CellTooLong, SheetBroken, SheetError, SheetTooLarge, SheetUnsupported
from tests.sheets.odd_workbooks import MAIN, OFFICE, SHEETS, links, merged, row, sheet, text, workbook
from tests.sheets.small_table import TITLES, people, read

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
