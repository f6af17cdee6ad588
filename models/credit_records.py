"""Credits on their way to the ledger: imports, records that wait for approval; and what lowers a year's standard."""

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.amounts import CreditAmount, HourAmount
from models.base import Base, UtcDateTime, new_id, words
from models.imports import ImportColumns, ImportRowColumns, ImportStatus
from models.ledger import SourceRole


class CreditImport(ImportColumns, Base):
    """Rows of credits from a course provider or another province: previewed, committed once, undone as one."""

    __tablename__ = "credit_import"
    __table_args__ = (Index("ix_credit_import_unit", "unit_id", "id"),)

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    """The authority's unit: people below it, and nobody else, may be in the rows."""
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[ImportStatus] = mapped_column(words(ImportStatus), server_default=ImportStatus.CHECKED.value)
    row_count: Mapped[int]
    error_count: Mapped[int]
    committed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    undone_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    undo_reason: Mapped[str | None] = mapped_column(String(500))

    @property
    def total(self) -> int:
        """How many rows it has."""
        return self.row_count


class RowState(enum.StrEnum):
    """How far a row is. `claimed`: being committed, no other import may bring its activity any more.

    `left_out`: the import was committed without it, for it probably is recorded already and nobody said that it isn't.
    """

    UNCHECKED = "unchecked"
    GOOD = "good"
    BAD = "bad"
    CLAIMED = "claimed"
    LEFT_OUT = "left_out"
    RECORDED = "recorded"
    UNDONE = "undone"


class CreditImportRow(ImportRowColumns, Base):
    """One row of an import as it was sent, and what is wrong with it."""

    __tablename__ = "credit_import_row"
    __table_args__ = (
        Index("ix_credit_import_row_source", "source_id"),
        Index("ix_credit_import_row_person", "person_id", "state"),
    )

    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credit_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1 on; in a file as the spreadsheet counts, the titles being row 1."""
    state: Mapped[RowState] = mapped_column(words(RowState), server_default=RowState.UNCHECKED.value)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    cell_faults: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """Codes of cells that couldn't be read, by field: no content says what they meant."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    source_id: Mapped[uuid.UUID | None]
    """The same for the same activity of the same person in any import; None while the row has errors."""
    errors: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """What it probably is a second record of."""
    accepted_reason: Mapped[str | None] = mapped_column(String(500))
    """Why it is committed in spite of its warnings."""


class RecordStatus(enum.StrEnum):
    """What became of a record. Once approved, what counts is its grant in the ledger.

    `returned`: the record of a claim that its owner may change and submit again.
    """

    PENDING = "pending"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class CreditRecord(Base):
    """A credit record (学分记录) outside the ledger: shown to its owner, and never counted for a year's standard."""

    __tablename__ = "credit_record"
    __table_args__ = (
        Index("ix_credit_record_person", "person_id", "activity_on", "id"),
        Index("ix_credit_record_status", "status", "id"),
        Index(
            "ix_credit_record_once",
            "source_kind",
            "source_id",
            "person_id",
            unique=True,
            postgresql_where=text("status IN ('pending', 'approved')"),
            sqlite_where=text("status IN ('pending', 'approved')"),
        ),
        CheckConstraint("credits >= 0 AND hours >= 0", name="amounts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    status: Mapped[RecordStatus] = mapped_column(words(RecordStatus))
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[uuid.UUID]
    source_role: Mapped[SourceRole] = mapped_column(words(SourceRole))
    rule_code: Mapped[str | None] = mapped_column(String(40))
    """The rule under which it will be granted; None for one that was brought before rules could be named."""
    category: Mapped[str] = mapped_column(String(20))
    credit_class: Mapped[str | None] = mapped_column(String(20))
    credits: Mapped[Decimal] = mapped_column(CreditAmount)
    hours: Mapped[Decimal] = mapped_column(HourAmount)
    activity_on: Mapped[date]
    activity_name: Mapped[str] = mapped_column(String(200))
    activity_number: Mapped[str | None] = mapped_column(String(60))
    activity_type: Mapped[str] = mapped_column(String(20))
    delivery_mode: Mapped[str] = mapped_column(String(40))
    discipline: Mapped[str | None] = mapped_column(String(100))
    recorded_by_unit: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    review_comment: Mapped[str | None] = mapped_column(String(500))


class CreditExemption(Base):
    """An absence that lowers or lifts a year's standard; it never gives credits."""

    __tablename__ = "credit_exemption"
    __table_args__ = (
        Index("ix_credit_exemption_person", "person_id", "year"),
        CheckConstraint("months BETWEEN 1 AND 12", name="months"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    """A code of the rule set's exemptions."""
    months: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
