"""Files that organizers bring, checked row by row before anything comes of them: rosters, and attendance machines."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words
from models.projects import RosterRole


class ImportKind(enum.StrEnum):
    """What a file holds: people to expect, or what an attendance machine (考勤机) wrote down."""

    ROSTER = "roster"
    PUNCHES = "punches"


class ImportStatus(enum.StrEnum):
    """`checked` waits for a decision; what is `undone` stays so.

    Nobody is shown an import while its rows are still being stored (`receiving`), or are being deleted (`abandoned`).
    """

    RECEIVING = "receiving"
    CHECKING = "checking"
    CHECKED = "checked"
    COMMITTING = "committing"
    COMMITTED = "committed"
    UNDOING = "undoing"
    UNDONE = "undone"
    ABANDONED = "abandoned"


class ImportColumns:
    """What the engine in `foundation/imports` needs of a table of imports."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    status: Mapped[ImportStatus] = mapped_column(words(ImportStatus))
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def total(self) -> int:
        """How many rows it has."""
        raise NotImplementedError


class ImportRowColumns:
    """What the engine needs of a table of rows: whose they are, and their number in the file."""

    import_id: Mapped[uuid.UUID]
    number: Mapped[int]


class RowOutcome(enum.StrEnum):
    """What came of a row.

    `kept` ones were not undone, since something had been built upon them. `left_out` ones have no effect, and their
    findings say why.
    """

    ADDED = "added"
    ALREADY = "already"
    WAITING = "waiting"
    UNDONE = "undone"
    KEPT = "kept"
    LEFT_OUT = "left_out"


class AttendanceImport(ImportColumns, Base):
    """One file for one project. The file itself isn't kept."""

    __tablename__ = "attendance_import"
    __table_args__ = (Index("ix_attendance_import_project", "project_id", "id"),)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[ImportKind] = mapped_column(words(ImportKind))
    rows: Mapped[int]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def total(self) -> int:
        """How many rows it has."""
        return self.rows


class ImportRow(ImportRowColumns, Base):
    """One row of a file: what it says, what is wrong with it, what came of it.

    Phone and ID number are sealed, and only kept until the import is committed or undone.
    """

    __tablename__ = "attendance_import_row"

    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attendance_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """As the spreadsheet counts."""
    cme_number: Mapped[str | None] = mapped_column(String(20))
    person_ref: Mapped[uuid.UUID | None]
    """The person's id, as a roster that this service wrote has it for people without 继教编号; it may be nobody's."""
    name: Mapped[str | None] = mapped_column(String(100))
    employer: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[RosterRole | None] = mapped_column(words(RosterRole))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    punch: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Of an attendance machine: the local time, the direction and the session's title as they stand there."""
    errors: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    """Each with its column and code."""
    has_errors: Mapped[bool]
    findings: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    """Why the row is left out, or what of it was not needed and can't be read; each with its column and code.

    They don't block the file.
    """
    is_checked: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who it is; None for somebody who isn't on file yet."""
    is_newcomer: Mapped[bool] = mapped_column(default=False)
    """The person was made by this row's commit."""
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("session.id"))
    outcome: Mapped[RowOutcome | None] = mapped_column(words(RowOutcome))
    made_id: Mapped[uuid.UUID | None]
    """The roster entry, waiting entry or machine observation that it made."""
