"""Reading the files of organizers into rows. Personal values are sealed at once."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from attendance.imports import rows
from foundation.sealing import FieldSeal
from models.base import new_id
from models.imports import ImportKind, ImportRow
from sheets.cells import Meaning
from sheets.tables import Row, read_table

MAX_ROWS = 20_000


@dataclass(frozen=True)
class _FileFormat:
    """The columns of a kind of file. unique: values that no two rows may share, each with the column of the error."""

    columns: Sequence[str]
    required: Sequence[str]
    read: Callable[[uuid.UUID, Row, FieldSeal], ImportRow]
    unique: Sequence[tuple[Callable[[ImportRow], object], str]]
    meanings: Mapping[str, Meaning]


_FORMATS: Mapping[ImportKind, _FileFormat] = {
    ImportKind.ROSTER: _FileFormat(
        (*rows.ROSTER_COLUMNS, rows.PERSON),
        (rows.NAME,),
        rows.roster_row,
        (
            (lambda row: row.cme_number and (row.cme_number, row.role), rows.NUMBER),
            (lambda row: row.person_ref and (row.person_ref, row.role), rows.PERSON),
            (lambda row: row.id_number_hash and (row.id_number_hash, row.role), rows.ID_NUMBER),
        ),
        dict.fromkeys((rows.NUMBER, rows.ID_NUMBER, rows.PHONE), Meaning.IDENTIFIER),
    ),
    ImportKind.PUNCHES: _FileFormat(
        rows.PUNCH_COLUMNS,
        (rows.NUMBER, rows.TIME),
        rows.punch_row,
        (),
        {rows.NUMBER: Meaning.IDENTIFIER, rows.TIME: Meaning.TIME, rows.DATE: Meaning.TIME},
    ),
}


@dataclass(frozen=True)
class ReadFile:
    """The rows of a file, before its import is started. id: the id of the import to be."""

    id: uuid.UUID
    kind: ImportKind
    rows: Sequence[ImportRow]


def read_file(kind: ImportKind, data: bytes, seal: FieldSeal) -> ReadFile:
    """Return the rows of a file. A long file takes seconds, so no transaction may be open meanwhile.

    Raises SheetError for a file that is not a usable table.
    """
    file_format, import_id = _FORMATS[kind], new_id()
    table = read_table(
        data,
        columns=file_format.columns,
        required=file_format.required,
        max_rows=MAX_ROWS,
        also=rows.OTHER_TITLES,
        meanings=file_format.meanings,
    )
    read = [file_format.read(import_id, row, seal) for row in table]
    for key, column in file_format.unique:
        rows.mark_repeated(read, key, column)
    rows.mark_shared_phones(read)
    return ReadFile(import_id, kind, read)
