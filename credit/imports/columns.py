"""Reads credits from a spreadsheet. Its columns have the names of the manual's figure 7."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sheets.cells import Meaning, plain
from sheets.meanings import amount_of, day_of, identifier_of
from sheets.tables import Row, read_table

MAX_ROWS = 20_000
COLUMNS = {
    "继教编号": "cme_number",
    "日期": "date",
    "活动名称": "name",
    "项目编号": "number",
    "学分级别": "category",
    "活动类型": "activity_type",
    "学科": "discipline",
    "举办方式": "delivery_mode",
    "学时": "hours",
    "学分": "credits",
    "学分录入单位": "recorded_by",
    "审核状态": "status",
    "学分规则代码": "rule",
}
"""Fields by their titles."""
_PERSON_NAME = "姓名"
"""No column of figure 7: where a file has it, the number must be that person's."""
_FIELDS = {**COLUMNS, _PERSON_NAME: "person_name"}
TITLES = {field: title for title, field in _FIELDS.items()}
_REQUIRED = [title for title in COLUMNS if title not in ("项目编号", "学科", "学分规则代码")]
_OTHER_TITLES = {"学分规则代码": ("规则", "学分规则", "规则代码"), _PERSON_NAME: ("学员姓名", "人员姓名")}
_STATUSES = {"审核通过": "approved", "未审核": "pending"}
PLACES = {"hours": 1, "credits": 2}
"""Decimal places of the amounts."""


_MEANINGS = {
    TITLES["cme_number"]: Meaning.IDENTIFIER,
    TITLES["date"]: Meaning.TIME,
    TITLES["hours"]: Meaning.AMOUNT,
    TITLES["credits"]: Meaning.AMOUNT,
}


@dataclass(frozen=True)
class FileRow:
    """A row of a file. content: by field, in the form that an import takes; faults: codes of unreadable cells."""

    content: Mapping[str, Any]
    faults: Mapping[str, str]


def read_file(data: bytes) -> dict[int, FileRow]:
    """Return the rows of an XLSX or CSV file by number. Raises SheetError."""
    table = read_table(
        data,
        columns=[*COLUMNS, _PERSON_NAME],
        required=_REQUIRED,
        max_rows=MAX_ROWS,
        also=_OTHER_TITLES,
        meanings=_MEANINGS,
    )
    return {
        row.number: FileRow(_content(row), {_FIELDS[title]: code for title, code in row.faults.items()})
        for row in table
    }


def _content(row: Row) -> dict[str, str]:
    content = {field: row.cells[title] for title, field in _FIELDS.items() if row.cells[title]}
    return content | _as_read(content)


def _as_read(content: Mapping[str, str]) -> dict[str, str]:
    """Return the content with numbers, days, amounts and fixed words in one form, however they were typed.

    A value that can't be read stays as it is, and the check of the row reports it.
    """
    found = {}
    if "cme_number" in content:
        found["cme_number"] = identifier_of(content["cme_number"])
    day = day_of(content.get("date", ""))
    if day is not None:
        found["date"] = day.isoformat()
    for field, places in PLACES.items():
        amount = amount_of(content.get(field, ""), places)
        if amount is not None:
            found[field] = amount
    for field in ("activity_type", "rule"):
        if field in content:
            found[field] = plain(content[field])
    status = _STATUSES.get(plain(content.get("status", "")))
    if status is not None:
        found["status"] = status
    return found
