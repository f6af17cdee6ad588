"""The one row for each session, person and direction: found, inserted once, or replaced after a better attempt."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from attendance.attempts.receipts import Receipts
from attendance.attempts.tickets import Ticket
from foundation import audit
from foundation.transactions import insert_object
from models.attendance import CheckIn, CheckInMethod, CheckInStatus, Direction
from models.base import new_id

COUNTING = (CheckInStatus.PRESENT, CheckInStatus.LATE)
"""The statuses of a check-in that counts."""
NOT_REFUSED = (*COUNTING, CheckInStatus.NEEDS_REVIEW, "again")
"""The results of an attempt that are no refusal."""


def is_by_machine(check_in: CheckIn) -> bool:
    """Return whether nothing but a machine's observations made the check-in."""
    return check_in.method is CheckInMethod.MACHINE


def stays(check_in: CheckIn) -> bool:
    """Return whether the check-in counts and nothing takes its place.

    A face or staff take the place of a machine's check-in, so that theirs counts if the machine's file is undone.
    """
    return check_in.status in COUNTING and not is_by_machine(check_in)


@dataclass(frozen=True)
class CheckInKey:
    """The key of a check-in: session, person and direction."""

    session_id: uuid.UUID
    person_id: uuid.UUID
    direction: Direction

    @classmethod
    def of(cls, ticket: Ticket) -> "CheckInKey":
        """Return the key of the check-in that a ticket is for."""
        return cls(ticket.session_id, ticket.person_id, ticket.direction)


@dataclass(frozen=True)
class AcceptedAttempt:
    """An accepted attempt, or one for review. scanned_at: decides whether it is late; ticket_id: None by hand.

    captured_at: when the photo was taken, if it was sent after the ticket's end.
    made_at: when it was written down, where that is later than `at`; None for at once.
    """

    key: CheckInKey
    status: CheckInStatus
    attempt_id: uuid.UUID
    at: datetime
    scanned_at: datetime
    method: CheckInMethod = CheckInMethod.FACE
    ticket_id: uuid.UUID | None = None
    actor_id: uuid.UUID | None = None
    reason: str | None = None
    captured_at: datetime | None = None
    made_at: datetime | None = None


# Built once: building the statement takes longer than running it.
_LOCKED = (
    select(CheckIn)
    .where(CheckIn.session_id == bindparam("session_id"))
    .where(CheckIn.person_id == bindparam("person_id"))
    .where(CheckIn.direction == bindparam("direction"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def find_locked(db: Session, key: CheckInKey) -> CheckIn | None:
    """Return the current row of this key, locked until this transaction ends; None if there is none."""
    wanted = {"session_id": key.session_id, "person_id": key.person_id, "direction": key.direction}
    return db.scalars(_LOCKED, wanted).first()


def insert(db: Session, accepted: AcceptedAttempt, receipts: Receipts) -> CheckIn | None:
    """Insert and return the row; None if another request was first, by the unique constraint."""
    made = draft(accepted, receipts)
    return made if insert_object(db, made) else None


def draft(accepted: AcceptedAttempt, receipts: Receipts) -> CheckIn:
    """Return the row of a check-in, which is not stored yet."""
    made = CheckIn(
        id=new_id(),
        session_id=accepted.key.session_id,
        person_id=accepted.key.person_id,
        direction=accepted.key.direction,
        machine_at=None,  # told, so that the answer needs no statement to read them
        machine_status=None,
    )
    _fill(made, accepted, receipts)
    return made


def replace(db: Session, first: CheckIn, accepted: AcceptedAttempt, receipts: Receipts) -> None:
    """Replace a check-in that waits for review, was rejected or is void. The attempts keep the history."""
    before = {"status": first.status.value, "attempt": str(first.attempt_id)}
    _fill(first, accepted, receipts)
    after = {"status": accepted.status.value, "attempt": str(accepted.attempt_id)}
    actor, reason, at = accepted.actor_id or first.person_id, accepted.reason, accepted.made_at or accepted.at
    audit.record(db, actor, at, "check_in.replace", first, reason=reason, before=before, after=after)
    db.flush()


def _fill(row: CheckIn, accepted: AcceptedAttempt, receipts: Receipts) -> None:
    row.status = accepted.status
    row.method = accepted.method
    row.scanned_at = accepted.scanned_at
    row.checked_in_at = accepted.at
    row.captured_at = accepted.captured_at
    row.ticket_id = accepted.ticket_id
    row.attempt_id = accepted.attempt_id
    row.receipt = receipts.sign(row, accepted.made_at or accepted.at)
