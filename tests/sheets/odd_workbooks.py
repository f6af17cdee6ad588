"""Workbooks as XML by hand: what programs write, and what none should."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET, SHEETS = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def text(reference: str, content: str, more: str = "") -> str:
    """A cell with a text of its own."""
    return f'<c r="{reference}" t="inlineStr"{more}><is><t xml:space="preserve">{escape(content)}</t></is></c>'


def row(number: int, *cells: str, more: str = "") -> str:
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


def titles(*names: str, number: int = 1) -> str:
    return row(number, *(text(f"{chr(65 + place)}{number}", name) for place, name in enumerate(names)))


def sheet(*rows: str, before: str = "", after: str = "", namespace: str = MAIN) -> str:
    return f'<worksheet xmlns="{namespace}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def merged(*areas: str) -> str:
    return f"<mergeCells>{''.join(f'<mergeCell ref={quoteattr(each)}/>' for each in areas)}</mergeCells>"


def links(**targets: str) -> str:
    """The relationships of a part: each target's kind is the name before its number."""
    each = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{name.rstrip("0123456789")}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{_LINKS}">{each}</Relationships>'


def workbook(
    *sheets: str,
    forms: Sequence[str] = (),
    texts: str | None = None,
    properties: str = "",
    changed: Mapping[str, str | None] | None = None,
    packing: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A workbook of these sheets.

    forms: formats of numbers, which cells name from 1 on; texts: the content of the shared texts; changed: other parts,
    or None for parts that are left out.
    """
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="worksheet{n}"/>' for n, _ in enumerate(sheets, start=1))
    own = "".join(f'<numFmt numFmtId="{200 + n}" formatCode={quoteattr(form)}/>' for n, form in enumerate(forms))
    styles = "".join(f'<xf numFmtId="{200 + n}"/>' for n, _ in enumerate(forms))
    targets = {f"worksheet{n}": f"worksheets/sheet{n}.xml" for n, _ in enumerate(sheets, start=1)}
    if texts is not None:
        targets["sharedStrings"] = "sharedStrings.xml"
    parts: dict[str, str | None] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": links(officeDocument=SHEETS),
        SHEETS: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": links(**targets, styles="/xl/styles.xml"),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><cellStyleXfs><xf numFmtId="9"/>'
        f'</cellStyleXfs><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        **{f"xl/worksheets/sheet{n}.xml": each for n, each in enumerate(sheets, start=1)},
        "xl/sharedStrings.xml": texts and f'<sst xmlns="{MAIN}">{texts}</sst>',
    }
    parts |= changed or {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        for name, content in parts.items():
            if content is not None:
                made.writestr(name, content)
    return out.getvalue()
