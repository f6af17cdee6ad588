"""Files of questions: read into a preview, committed to a bank once, undone as one."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, words
from models.imports import ImportColumns, ImportRowColumns, ImportStatus, RowOutcome


class QuestionImport(ImportColumns, Base):
    """One file for the bank of a unit. The file itself isn't kept."""

    __tablename__ = "question_import"

    status: Mapped[ImportStatus] = mapped_column(words(ImportStatus), server_default=ImportStatus.COMMITTED)
    """Those of earlier versions were committed at once, and have no rows."""
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    discipline: Mapped[str | None] = mapped_column(String(100))
    form: Mapped[str] = mapped_column(String(10))
    questions: Mapped[int]
    """How many of the file's questions can be taken."""
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many have an error."""
    imported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the file was uploaded."""
    committed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    undo_reason: Mapped[str | None] = mapped_column(String(500))

    @property
    def total(self) -> int:
        """How many rows it has."""
        return self.questions + self.refused


class QuestionImportRow(ImportRowColumns, Base):
    """One question of a file, or why it is refused."""

    __tablename__ = "question_import_row"

    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """The line, or the row of a sheet, in which it begins or has its error."""
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The question; None where it can't be read."""
    errors: Mapped[list[dict[str, str | None]]] = mapped_column(JSON)
    """Each with its column (of a sheet) and code."""
    has_errors: Mapped[bool]
    findings: Mapped[list[dict[str, str | None]]] = mapped_column(JSON)
    """What was noticed, each with its code; it doesn't keep the question out."""
    is_checked: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[RowOutcome | None] = mapped_column(words(RowOutcome))
    question_id: Mapped[uuid.UUID | None]
    """The question of the bank that came of it."""
