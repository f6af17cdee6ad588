"""The one row a (session, person, direction): found, made once, or replaced by a clearer attempt."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts import audit
from attendance.receipts import Receipts
from attendance.tickets import Ticket
from models.attendance import CheckIn, CheckInAttempt, CheckInMethod, CheckInStatus
from models.base import new_id

COUNTING = (CheckInStatus.PRESENT, CheckInStatus.LATE)
"""The statuses of a check-in that counts."""


@dataclass(frozen=True)
class Passed:
    """A face that passed, or passed for review, with a ticket."""

    ticket: Ticket
    status: CheckInStatus
    attempt: CheckInAttempt
    at: datetime


# made once: making a statement costs more than asking it
_LOCKED = (
    select(CheckIn)
    .where(CheckIn.session_id == bindparam("session_id"))
    .where(CheckIn.person_id == bindparam("person_id"))
    .where(CheckIn.direction == bindparam("direction"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def find_locked(db: Session, ticket: Ticket) -> CheckIn | None:
    """The row that a ticket is for, as it is now; nobody else changes it until this transaction ends."""
    wanted = {"session_id": ticket.session_id, "person_id": ticket.person_id, "direction": ticket.direction}
    return db.scalars(_LOCKED, wanted).first()


def insert(db: Session, passed: Passed, receipts: Receipts) -> CheckIn | None:
    """Make the row in one INSERT, guarded by the unique constraint; None if another request was first."""
    made = CheckIn(
        id=new_id(),
        session_id=passed.ticket.session_id,
        person_id=passed.ticket.person_id,
        direction=passed.ticket.direction,
        method=CheckInMethod.FACE,
    )
    _fill(made, passed, receipts)
    try:
        with db.begin_nested():
            db.add(made)
    except IntegrityError:
        return None
    return made


def replace(db: Session, first: CheckIn, passed: Passed, receipts: Receipts) -> None:
    """A clear attempt takes the place of one that waited for review or was rejected; the attempts keep the history."""
    before = {"status": first.status.value, "attempt": str(first.attempt_id)}
    _fill(first, passed, receipts)
    audit.record(
        db,
        now=passed.at,
        actor_id=first.person_id,
        action="check_in.replace",
        subject_kind="check_in",
        subject_id=first.id,
        before=before,
        after={"status": passed.status.value, "attempt": str(passed.attempt.id)},
    )
    db.flush()


def _fill(row: CheckIn, passed: Passed, receipts: Receipts) -> None:
    row.status = passed.status
    row.scanned_at = passed.ticket.scanned_at
    row.checked_in_at = passed.at
    row.ticket_id = passed.ticket.id
    row.attempt_id = passed.attempt.id
    row.receipt = receipts.sign(row, passed.at)
