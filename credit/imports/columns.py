"""Credits in a spreadsheet: its columns, named as in the manual's figure 7, and what they are in a row of an import."""

import re
from collections.abc import Mapping

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
}
"""Fields by their titles."""
TITLES = {field: title for title, field in COLUMNS.items()}
_REQUIRED = [title for title in COLUMNS if title not in ("项目编号", "学科")]
_STATUSES = {"审核通过": "approved", "未审核": "pending"}
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?( 00:00:00)?")


def read_file(data: bytes) -> dict[int, dict[str, str]]:
    """The rows of an XLSX or CSV file by their number, as an import takes them. Raises SheetError."""
    table = read_table(data, columns=list(COLUMNS), required=_REQUIRED, max_rows=MAX_ROWS)
    return {row.number: _content(row) for row in table}


def _content(row: Row) -> dict[str, str]:
    content = {field: row.cells[title] for title, field in COLUMNS.items() if row.cells[title]}
    return content | _as_read(content)


def _as_read(content: Mapping[str, str]) -> dict[str, str]:
    """What people and spreadsheet programs write in their own ways: days, and how far a row is."""
    found = {}
    day = _DAY.fullmatch(content.get("date", ""))
    if day:
        year, month, of_month = day.groups()[:3]
        found["date"] = f"{year}-{month:>02}-{of_month:>02}"
    if content.get("status") in _STATUSES:
        found["status"] = _STATUSES[content["status"]]
    return found
