"""Check-ins, every attempt at one, and what organizers decided."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class Direction(enum.StrEnum):
    """Into the session, or out of it."""

    IN = "in"
    OUT = "out"


class CheckInStatus(enum.StrEnum):
    """`needs_review` counts only once accepted; `rejected` and `void` never count.

    A later attempt may replace both. `void`: the session was moved to another day after this check-in, or staff undid
    it.
    """

    PRESENT = "present"
    LATE = "late"
    NEEDS_REVIEW = "needs_review"
    REJECTED = "rejected"
    VOID = "void"


class CheckInMethod(enum.StrEnum):
    """How the person showed who they are."""

    FACE = "face"
    STAFF = "staff"
    MACHINE = "machine"
    KIOSK = "kiosk"


class CheckResult(enum.StrEnum):
    """The result of one of the checks of an attempt. `unverified`: nothing speaks against it, and nothing proves it."""

    PASSED = "passed"
    FAILED = "failed"
    UNVERIFIED = "unverified"
    NOT_ASKED = "not_asked"


class CheckIn(Base):
    """Exactly one a (session, person, direction): the unique constraint is what makes it so."""

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("session_id", "person_id", "direction"),
        Index("ix_check_in_session_time", "session_id", "checked_in_at", "id"),
        Index("ix_check_in_person", "person_id", "session_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    direction: Mapped[Direction] = mapped_column(words(Direction))
    status: Mapped[CheckInStatus] = mapped_column(words(CheckInStatus))
    method: Mapped[CheckInMethod] = mapped_column(words(CheckInMethod))
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the venue code was scanned: present or late is judged by this, whatever the rest took."""
    checked_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the photo was taken, by the phone, where it was sent after the ticket's end; None for the others."""
    ticket_id: Mapped[uuid.UUID | None]
    """None where staff checked the person in."""
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("check_in_attempt.id"))
    receipt: Mapped[str] = mapped_column(Text)
    machine_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a machine saw the person earlier (in) or later (out); None where no observation decides."""
    machine_status: Mapped[CheckInStatus | None] = mapped_column(words(CheckInStatus))
    """The status by that observation. It counts in place of `status`, which stays as it is."""


class MachineObservation(Base):
    """A row of an attendance machine's file: a person was seen at a session. The undo of the import deletes it."""

    __tablename__ = "machine_observation"
    __table_args__ = (
        UniqueConstraint("import_id", "row"),
        Index("ix_machine_observation_person", "session_id", "person_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    said: Mapped[Direction | None] = mapped_column(words(Direction))
    """The direction in the file; None where the windows decide."""
    direction: Mapped[Direction] = mapped_column(words(Direction))
    """The direction by the one rule of `attendance/attempts/directions.py`; it may change with other observations."""
    device_id: Mapped[str | None] = mapped_column(String(64))
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attendance_import.id"))
    row: Mapped[int]


class VoidedCheckIn(Base):
    """A check-in as it was when it was declared void. Rows are only ever added.

    The row in `check_in` is `void` until the person checks in again, so this table keeps what was there. A check-in by
    hand that staff undid is kept here too, where it had replaced another one.
    """

    __tablename__ = "voided_check_in"
    __table_args__ = (Index("ix_voided_check_in_place", "person_id", "session_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    check_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("check_in.id"), index=True)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    direction: Mapped[Direction] = mapped_column(words(Direction))
    status: Mapped[CheckInStatus] = mapped_column(words(CheckInStatus))
    """What it was before."""
    method: Mapped[CheckInMethod] = mapped_column(words(CheckInMethod))
    checked_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500))
    voided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    voided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReviewReason(enum.StrEnum):
    """Another reason than the distance for which staff must look at a check-in."""

    FACE_IN_QUESTION = "face_in_question"
    LIKE_A_USED_PICTURE = "like_a_used_picture"
    SENT_LATE = "sent_late"
    """The photo was taken in time, says the phone, and sent after the ticket's end: the network failed."""
    UNATTENDED = "unattended"
    """A kiosk without staff beside it read the person's code."""


class CheckInAttempt(Base):
    """One attempt at a check-in, whatever came of it. No photo, no embedding, no place: result and numbers only.

    A scan that was refused is one too; it has no ticket, and no direction unless the learner asked for one.
    """

    __tablename__ = "check_in_attempt"
    __table_args__ = (
        Index("ix_check_in_attempt_ticket", "ticket_id"),
        Index("ix_check_in_attempt_session", "session_id", "id"),
        Index("ix_check_in_attempt_person", "person_id", "id"),
        Index("ix_check_in_attempt_device", "session_id", "device_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    direction: Mapped[Direction | None] = mapped_column(words(Direction))
    ticket_id: Mapped[uuid.UUID | None]
    device_id: Mapped[str | None] = mapped_column(String(64))
    attempted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    result: Mapped[str] = mapped_column(String(40))
    """`present`, `late`, `needs_review`, `again` (checked in by then), or the code of the refusal."""
    review_reason: Mapped[ReviewReason | None] = mapped_column(words(ReviewReason))
    distance: Mapped[float | None]
    accept_at: Mapped[float | None]
    review_to: Mapped[float | None]
    guard_distance: Mapped[float | None]
    """The plain distance by the engine's own network, and its thresholds; None for a policy without a guard."""
    guard_accept_at: Mapped[float | None]
    guard_review_to: Mapped[float | None]
    policy_version: Mapped[str | None] = mapped_column(String(40))
    engine: Mapped[str | None] = mapped_column(String(250))
    place: Mapped[str | None] = mapped_column(String(20))
    """Inside or outside and how far, coarsely, where the session has a geofence (PRIVACY L-22: never a coordinate)."""
    device_check: Mapped[CheckResult | None] = mapped_column(words(CheckResult))
    """Whether the phone was the one of the ticket and of one person alone; None where no phone was compared."""


class AttemptOverride(Base):
    """Staff checked somebody in against a refused attempt, once. Rows are only ever added."""

    __tablename__ = "attempt_override"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("check_in_attempt.id"), primary_key=True)
    check_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("check_in.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReviewDecision(enum.StrEnum):
    """What staff made of a check-in that needed a look."""

    ACCEPT = "accept"
    REJECT = "reject"


class CheckInReview(Base):
    """A decision on a check-in that waited for review. Rows are only ever added."""

    __tablename__ = "check_in_review"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    check_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("check_in.id"), index=True)
    decision: Mapped[ReviewDecision] = mapped_column(words(ReviewDecision))
    reason: Mapped[str] = mapped_column(String(500))
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AttendanceMark(enum.StrEnum):
    """What the organizer says of one person at one session; `as_recorded` takes back what was said before."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"
    AS_RECORDED = "as_recorded"


class AttendanceCorrection(Base):
    """A correction by the organizer's hand. Rows are only ever added; the last one of a person and session holds.

    The check-ins it corrects stay as they are.
    """

    __tablename__ = "attendance_correction"
    __table_args__ = (Index("ix_attendance_correction_place", "session_id", "person_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    mark: Mapped[AttendanceMark] = mapped_column(words(AttendanceMark))
    reason: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
