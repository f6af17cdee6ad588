"""Settlements (结算): the list of who gets what from a project, as it was confirmed, approved and granted."""

import enum
import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.amounts import CreditAmount, HourAmount
from models.base import Base, UtcDateTime, new_id, words
from models.ledger import SourceRole


class SettlementStatus(enum.StrEnum):
    """`approved` while the grants are being posted; `settled` and `returned` are for good."""

    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SETTLED = "settled"
    RETURNED = "returned"


class ReviewVerdict(enum.StrEnum):
    """What the final reviewing unit says of a settlement."""

    APPROVE = "approve"
    RETURN = "return"


OPEN_SETTLEMENTS = (SettlementStatus.IN_REVIEW, SettlementStatus.APPROVED)
"""The statuses of a list that is neither settled nor returned yet."""
_OPEN = text("status IN ('in_review', 'approved')")


class Settlement(Base):
    """One round of settling a project; another one follows a return, or a reopening after grants were taken back."""

    __tablename__ = "settlement"
    __table_args__ = (
        UniqueConstraint("project_id", "round"),
        Index("uq_settlement_open", "project_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("granted >= 0 AND granted <= to_grant", name="granted"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    round: Mapped[int]
    status: Mapped[SettlementStatus] = mapped_column(words(SettlementStatus))
    rule_set: Mapped[str] = mapped_column(String(40))
    rule_set_version: Mapped[int]
    """The rules in force on the project's last day, when it was confirmed."""
    to_grant: Mapped[int]
    skipped: Mapped[int]
    granted: Mapped[int] = mapped_column(default=0)
    granted_up_to: Mapped[uuid.UUID | None]
    """The last person, in order of their ids, whose grant is posted: where the job goes on."""
    confirmed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    comment: Mapped[str | None] = mapped_column(String(500))
    """The reviewing unit's."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cut_off_reason: Mapped[str | None] = mapped_column(String(500))
    """Why people who could still evaluate or sit the exam were cut off; None where nobody was."""


class SettlementLine(Base):
    """What one person gets by a settlement, or why nothing. Written with it, and never changed: this was approved."""

    __tablename__ = "settlement_line"
    __table_args__ = (
        CheckConstraint("(rule_code IS NULL) = (credits IS NULL)", name="grant"),
        Index("ix_settlement_line_person", "person_id"),
    )

    settlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("settlement.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(default=new_id)
    """What the grant's id in the ledger will be, where there is one."""
    role: Mapped[SourceRole] = mapped_column(words(SourceRole))
    rule_code: Mapped[str | None] = mapped_column(String(40))
    credits: Mapped[Decimal | None] = mapped_column(CreditAmount)
    """Raw; None for who gets nothing."""
    counted: Mapped[Decimal | None] = mapped_column(CreditAmount)
    hours: Mapped[Decimal | None] = mapped_column(HourAmount)
    generation: Mapped[int]
    """Of the grant; more than 1 where one before was taken back."""
    reasons: Mapped[list[str]] = mapped_column(JSON)
    """Codes: why nothing, or why less counts than the raw credits."""
    attended: Mapped[int]
    required: Mapped[int]
    """Whole sessions attended, of how many, as it stood."""
    attended_hundredths: Mapped[int] = mapped_column(default=0, server_default="0")
    """The hundredths of a session attended beyond the whole ones, rounded down."""


class ProjectReport(Base):
    """What became of the report of a project, which is due two weeks after its end. No row: nothing yet."""

    __tablename__ = "project_report"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    told_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its organizers were told that it is due soon."""
    told_overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_in_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class TaughtHours(Base):
    """How many hours a speaker taught at a project, as the organizer says before confirming."""

    __tablename__ = "taught_hours"
    __table_args__ = (CheckConstraint("hours > 0", name="some"),)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hours: Mapped[Decimal] = mapped_column(HourAmount)
    said_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
