"""Reading the files of organizers: which columns each kind has, and its rows, sealed where they are personal."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from attendance.imports import rows
from foundation.sealing import FieldSeal
from models.base import new_id
from models.imports import ImportKind, ImportRow
from sheets.tables import Row, read_table

MAX_ROWS = 20_000


@dataclass(frozen=True)
class _Form:
    """How files of a kind look. unique: what no two rows may share, each with the column to blame."""

    columns: Sequence[str]
    required: Sequence[str]
    read: Callable[[uuid.UUID, Row, FieldSeal], ImportRow]
    unique: Sequence[tuple[Callable[[ImportRow], object], str]]
    dates: Sequence[str] = ()


_FORMS: Mapping[ImportKind, _Form] = {
    ImportKind.ROSTER: _Form(
        rows.ROSTER_COLUMNS,
        (rows.NAME,),
        rows.roster_row,
        (
            (lambda row: row.cme_number and (row.cme_number, row.role), rows.NUMBER),
            (lambda row: row.id_number_hash and (row.id_number_hash, row.role), rows.ID_NUMBER),
        ),
    ),
    ImportKind.PUNCHES: _Form(rows.PUNCH_COLUMNS, (rows.NUMBER, rows.TIME), rows.punch_row, (), (rows.TIME, rows.DATE)),
}


@dataclass(frozen=True)
class ReadFile:
    """A file that was read: the rows of an import that isn't begun yet, sealed where they are personal."""

    id: uuid.UUID
    kind: ImportKind
    rows: Sequence[ImportRow]


def read_file(kind: ImportKind, data: bytes, seal: FieldSeal) -> ReadFile:
    """What a file says; it takes seconds for a long one, so that no transaction may be open meanwhile.

    Raises SheetError for what is no usable table.
    """
    form, import_id = _FORMS[kind], new_id()
    table = read_table(
        data,
        columns=form.columns,
        required=form.required,
        max_rows=MAX_ROWS,
        also=rows.OTHER_TITLES,
        dates=form.dates,
    )
    read = [form.read(import_id, row, seal) for row in table]
    for key, column in form.unique:
        rows.mark_repeated(read, key, column)
    rows.mark_shared_phones(read)
    return ReadFile(import_id, kind, read)
