"""A table that the tests of workbooks read, and its rows."""

from sheets.cells import Meaning
from sheets.tables import Row, read_table
from tests.sheets.odd_workbooks import row, text, titles

COLUMNS = ("姓名", "单位", "编号", "学分", "时间")
MEANINGS = {"编号": Meaning.IDENTIFIER, "学分": Meaning.AMOUNT, "时间": Meaning.TIME}
TITLES = titles(*COLUMNS)


def read(data: bytes, max_rows: int = 20_000) -> list[Row]:
    return read_table(data, columns=COLUMNS, required=("姓名",), max_rows=max_rows, meanings=MEANINGS)


def people(first: int, count: int) -> list[str]:
    return [row(n, text(f"A{n}", f"人{n}")) for n in range(first, first + count)]
