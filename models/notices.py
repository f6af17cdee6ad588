"""Notices: what happened that a person should know, and their requests to organizers."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.attendance import Direction
from models.base import Base, UtcDateTime, new_id, words


class NoticeTopic(enum.StrEnum):
    """What a notice is about."""

    SESSION_CANCELLED = "session_cancelled"
    SESSION_RESTORED = "session_restored"
    SESSION_MOVED = "session_moved"
    SESSION_TOMORROW = "session_tomorrow"
    PROJECT_CANCELLED = "project_cancelled"
    PLACE_GIVEN = "place_given"
    APPLICATION_DECIDED = "application_decided"
    ROSTER_REMOVED = "roster_removed"
    ATTENDANCE_CORRECTED = "attendance_corrected"
    REQUEST_DECIDED = "request_decided"
    PROFILE_REQUESTED = "profile_requested"
    PROFILE_DECIDED = "profile_decided"
    CHECK_OUT_REMINDER = "check_out_reminder"
    EVALUATION_REMINDER = "evaluation_reminder"
    EXAM_REMINDER = "exam_reminder"
    REGRADED = "regraded"
    CUT_OFF = "cut_off"
    CHECKED_IN_BY_HAND = "checked_in_by_hand"
    WALKED_IN = "walked_in"
    CHECK_IN_ACCEPTED = "check_in_accepted"
    CHECK_IN_REJECTED = "check_in_rejected"
    ATTENDANCE_UNDONE = "attendance_undone"
    WALK_IN_UNDONE = "walk_in_undone"
    STAFF_ASSIGNED = "staff_assigned"
    STAFF_ENDED = "staff_ended"
    SETTLED = "settled"
    GRANT_REVERSED = "grant_reversed"
    CLAIMS_WAITING = "claims_waiting"
    CLAIM_DECIDED = "claim_decided"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_REPLACED = "certificate_replaced"
    CERTIFICATE_WAITS = "certificate_waits"
    CERTIFICATE_LETTERS = "certificate_letters"
    REPORT_DUE = "report_due"
    REPORT_OVERDUE = "report_overdue"
    FACE_ENROLLED = "face_enrolled"
    FACE_WITHDRAWN = "face_withdrawn"
    FACE_QUESTION = "face_question"
    FACE_DECIDED = "face_decided"
    NEW_DEVICE = "new_device"
    PASSWORD_SLIP = "password_slip"  # noqa: S105 - a topic, no password
    PHONE_CHANGED = "phone_changed"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"


_ONCE = text("once IS NOT NULL")


class Notice(Base):
    """One notice to one person. Names and times are those of now, so only what else is told is kept here."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person", "person_id", "at", "id"),
        Index("uq_notice_once", "person_id", "once", unique=True, sqlite_where=_ONCE, postgresql_where=_ONCE),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[NoticeTopic] = mapped_column(words(NoticeTopic))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project.id"))
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("session.id"))
    settlement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("settlement.id"))
    """The list that says what the person got, or why nothing."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the words need besides names, such as a reason; the same for everybody who is told."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    once: Mapped[str | None] = mapped_column(String(100))
    """What nobody is told twice, such as a session and its time; None where each telling is a notice of its own."""
    texted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was taken for an SMS; None for one that waits or for which none is sent."""


class RequestStatus(enum.StrEnum):
    """What came of a request."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


_OPEN = text("status = 'open'")


class CorrectionRequest(Base):
    """A learner asks the organizer to correct their attendance at a session."""

    __tablename__ = "correction_request"
    __table_args__ = (
        Index("ix_correction_request_project", "project_id", "status", "id"),
        Index(
            "uq_correction_request_open",
            "person_id",
            "session_id",
            "direction",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    direction: Mapped[Direction] = mapped_column(words(Direction))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the learner says that they came or left."""
    reason: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str | None] = mapped_column(String(500))
    """What could show it, such as a paper list: words, no file."""
    status: Mapped[RequestStatus] = mapped_column(words(RequestStatus))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_reason: Mapped[str | None] = mapped_column(String(500))
