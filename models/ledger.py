"""The ledger of credits: rows are only ever added, which triggers in both databases enforce."""

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.amounts import CreditAmount, HourAmount
from models.base import Base, UtcDateTime, new_id, words


class EntryKind(enum.StrEnum):
    """A grant gives, a reversal takes one grant back, whole."""

    GRANT = "grant"
    REVERSAL = "reversal"


class SourceRole(enum.StrEnum):
    """In what part the credits were earned."""

    LEARNER = "learner"
    SPEAKER = "speaker"


class SourceKind(enum.StrEnum):
    """What kind of source a grant or a record of credits comes from."""

    PROJECT = "project"
    """The settlement of a project."""
    IMPORT = "import"
    """A row that the authority imported."""
    CLAIM = "claim"
    """A claim that a person entered and the reviewers approved."""


class ReversalCause(enum.StrEnum):
    """Why a grant was taken back."""

    MISTAKE = "mistake"
    MISCONDUCT = "misconduct"
    """The person cheated, such as by having somebody else sign for them (代签)."""


class LedgerEntry(Base):
    """One grant, or its reversal with the same amounts below zero, so that sums over all rows are what is live.

    What an activity was called then is kept here: no later change elsewhere changes what was granted.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        # exactly once: a second grant of a generation fails, and a generation begins only when the one before was
        # taken back (trigger)
        UniqueConstraint("source_kind", "source_id", "person_id", "generation", "kind", name="uq_ledger_entry_once"),
        Index("ix_ledger_entry_person", "person_id", "activity_on", "position"),
        Index(
            "ix_ledger_entry_reverses",
            "reverses",
            unique=True,
            postgresql_where=text("reverses IS NOT NULL"),
            sqlite_where=text("reverses IS NOT NULL"),
        ),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("generation >= 1", name="generation"),
        CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name="reverses"),
        CheckConstraint(
            "(kind = 'grant' AND hours >= 0 AND counted >= 0 AND counted <= credits)"
            " OR (kind = 'reversal' AND hours <= 0 AND counted <= 0 AND counted >= credits)",
            name="amounts",
        ),
    )

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    """From 0 on without a gap, in the order of commits: the place of its leaf in the Merkle tree."""
    id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_id)
    kind: Mapped[EntryKind] = mapped_column(words(EntryKind))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[uuid.UUID]
    source_role: Mapped[SourceRole] = mapped_column(words(SourceRole))
    generation: Mapped[int]
    """1 for the first grant of a source to a person, one more for each correction after a reversal."""
    category: Mapped[str] = mapped_column(String(20))
    credit_class: Mapped[str | None] = mapped_column(String(20))
    """The class of the category in the rule set of the grant; None where that set has no classes."""
    rule_code: Mapped[str] = mapped_column(String(40))
    rule_set: Mapped[str] = mapped_column(String(40))
    rule_set_version: Mapped[int]
    credits: Mapped[Decimal] = mapped_column(CreditAmount)
    """Raw: as the project or the certificate says, or as the rule gives."""
    counted: Mapped[Decimal] = mapped_column(CreditAmount)
    """After the cap of one project. Caps of a year and of a group are compliance's, and leave no trace here."""
    hours: Mapped[Decimal] = mapped_column(HourAmount)
    activity_on: Mapped[date]
    """The last day of a project: it belongs to that year (O-16)."""
    activity_name: Mapped[str] = mapped_column(String(200))
    activity_number: Mapped[str | None] = mapped_column(String(60))
    activity_type: Mapped[str] = mapped_column(String(20))
    delivery_mode: Mapped[str] = mapped_column(String(40))
    discipline: Mapped[str | None] = mapped_column(String(100))
    recorded_by_unit: Mapped[str] = mapped_column(String(200))
    reverses: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    """Why a grant was taken back."""
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who let it be posted; None for the system itself."""


class GrantReversal(Base):
    """The cause of a reversal, beside its entry: a misconduct bars the person from another grant until it is lifted."""

    __tablename__ = "grant_reversal"

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
    """The reversal's entry."""
    cause: Mapped[ReversalCause] = mapped_column(words(ReversalCause))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    lift_reason: Mapped[str | None] = mapped_column(String(500))
