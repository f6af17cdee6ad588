"""What staff do about attendance in one step, whom it concerns, and that it was undone. Rows are only ever added."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.attendance import CheckInMethod, CheckInStatus, Direction
from models.base import Base, UtcDateTime, new_id, words


class ActKind(enum.StrEnum):
    """What staff did."""

    BY_HAND = "by_hand"
    """One or many people were checked in or out by hand."""
    WALK_IN = "walk_in"
    """Somebody came who was not expected: put on the roster and checked in."""
    CORRECTION = "correction"
    REVIEW = "review"
    """A check-in that waited for review was accepted or rejected."""


class AttendanceAct(Base):
    """One step of staff at one session, with who, when and why."""

    __tablename__ = "attendance_act"
    __table_args__ = (Index("ix_attendance_act_project", "project_id", "made_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    kind: Mapped[ActKind] = mapped_column(words(ActKind))
    direction: Mapped[Direction | None] = mapped_column(words(Direction))
    """None for a correction, which is about the whole session."""
    reason: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ActPerson(Base):
    """One person of an act: what it made of them, and what was there before, so that the act can be undone."""

    __tablename__ = "attendance_act_person"

    act_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attendance_act.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    check_in_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("check_in.id"), index=True)
    """None for a correction."""
    attempt_id: Mapped[uuid.UUID | None]
    """The attempt that the check-in rests on after the act."""
    status: Mapped[CheckInStatus | None] = mapped_column(words(CheckInStatus))
    """The status of the check-in after the act."""
    correction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("attendance_correction.id"))
    entry_id: Mapped[uuid.UUID | None]
    """The entry of the roster that the act added; None where the person was on it."""
    took_place: Mapped[bool] = mapped_column(default=False)
    """Whether the act gave the person a place at the session."""
    prior_status: Mapped[CheckInStatus | None] = mapped_column(words(CheckInStatus))
    """The check-in before the act; None where there was none. The others belong to it."""
    prior_method: Mapped[CheckInMethod | None] = mapped_column(words(CheckInMethod))
    prior_scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prior_checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prior_ticket_id: Mapped[uuid.UUID | None]
    prior_attempt_id: Mapped[uuid.UUID | None]
    prior_captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AttendanceUndo(Base):
    """An act was undone: the primary key makes it once."""

    __tablename__ = "attendance_undo"

    act_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attendance_act.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    undone_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime] = mapped_column(UtcDateTime)
