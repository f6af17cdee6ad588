"""Rows of credits come back from a file as they went in; our own list of credits does once it names its person."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from credit.imports.columns import COLUMNS, read_file
from service.api.credit.credit_sheets import CREDIT_TITLES
from sheets.cells import clean
from sheets.writing import Line, csv_lines, xlsx_bytes

ODD = ["=学习班", "心电图班（第１期）", "50%", "1/2", "3月1日", "TRUE", "007", "a,b", "_x000D_", "2026-03-01-901(国)"]
TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\ufffd"), max_size=60),
).filter(clean)
ROW = st.fixed_dictionaries(
    {
        "cme_number": st.from_regex(r"[0-9]{4,15}", fullmatch=True),
        "date": st.dates().filter(lambda day: 2000 <= day.year < 2100).map(str),
        "name": TEXT,
        "category": TEXT,
        "activity_type": st.sampled_from(["个人活动", "集体活动"]),
        "delivery_mode": TEXT,
        "hours": st.decimals(0, 999, places=1).map(str),
        "credits": st.decimals(0, 999, places=2).map(str),
        "recorded_by": TEXT,
        "status": st.sampled_from(["approved", "pending"]),
    },
    optional={"number": TEXT, "discipline": TEXT},
)
_WORDS = {"approved": "审核通过", "pending": "未审核"}


def line(row: dict[str, str], titles: list[str]) -> Line:
    """The row as our own sheets write it: amounts as numbers."""
    cells = {**row, "status": _WORDS[row["status"]]}
    return [
        Decimal(row[field]) if field in ("hours", "credits") else cells.get(field)
        for field in (COLUMNS.get(title, "") for title in titles)
    ]


@settings(deadline=None)
@given(rows=st.lists(ROW, max_size=6), form=st.sampled_from(["xlsx", "utf-8", "gb18030", "utf-16"]), own=st.booleans())
def test_any_rows_of_credits_are_read_as_they_were(rows: list[dict[str, str]], form: str, own: bool) -> None:
    titles = ["继教编号", *CREDIT_TITLES] if own else list(COLUMNS)
    lines = [line(row, titles) for row in rows]
    data = xlsx_bytes(titles, lines) if form == "xlsx" else "".join(csv_lines(titles, lines)).encode(form)
    found = read_file(data)
    assert [each.faults for each in found.values()] == [{}] * len(rows)
    assert [dict(each.content) for each in found.values()] == [
        {field: clean(value) for field, value in row.items()} for row in rows
    ]
