"""Why a file can't be read as a table."""

from collections.abc import Mapping
from typing import Any, ClassVar


class SheetError(Exception):
    """A file said no. Each leaf has a stable code; `service/edge/answers/problems.py` maps it to HTTP.

    row: from 1, as spreadsheets count; column: its title, where one is at fault; facts: what else the reader must know.
    """

    code: ClassVar[str]

    def __init__(
        self, *, row: int | None = None, column: str | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(self.code)
        self.row = row
        self.column = column
        self.facts = facts or {}


class SheetTooLarge(SheetError):
    """The file is too large, or would be once it is unpacked (a zip bomb)."""

    code = "sheet_too_large"


class SheetUnsupported(SheetError):
    """The file is neither XLSX nor CSV: an old .xls, say, or one with a password."""

    code = "sheet_unsupported"


class SheetBroken(SheetError):
    """The file begins like a table and can't be read to its end."""

    code = "sheet_broken"


class SheetTooLong(SheetError):
    """The table has more rows than are taken at once."""

    code = "sheet_too_long"


class TablesSeveral(SheetError):
    """Two visible sheets have the titles and rows below them: the second would be lost."""

    code = "several_tables"


class ColumnMissing(SheetError):
    """The first row has no column of this title."""

    code = "column_missing"


class ColumnRepeated(SheetError):
    """Two columns have this title: which of them is meant is not known."""

    code = "column_repeated"


class CellTooLong(SheetError):
    """A cell holds more than a cell of such a table can mean."""

    code = "cell_too_long"


SHEET_CODES = tuple(
    each.code
    for each in (
        SheetTooLarge, SheetUnsupported, SheetBroken, SheetTooLong, TablesSeveral, ColumnMissing, ColumnRepeated,
        CellTooLong,
    )
)  # fmt: skip
"""All of them, for whoever takes a file."""
