"""How many tries a ticket has: the refused attempts with it are counted."""

import uuid

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from attendance.attempts.check_in_rows import COUNTING, NOT_REFUSED
from attendance.attempts.tickets import MOST_REFUSALS, TRIES
from models.attendance import CheckInAttempt


def tried() -> ColumnElement[int]:
    """Return the SQL number of faces that were compared and refused. Without a usable face it was no try."""
    return _count_where(CheckInAttempt.distance.is_not(None) & CheckInAttempt.result.not_in(COUNTING))


def refused() -> ColumnElement[int]:
    """Return the SQL number of refusals of any kind."""
    return _count_where(CheckInAttempt.result.not_in(NOT_REFUSED))


def count_left(db: Session, *, ticket_id: uuid.UUID, person_id: uuid.UUID) -> int:
    """Return how many more photos the ticket takes. person_id: its owner; those of others use nothing up."""
    counted = select(tried(), refused()).where(
        CheckInAttempt.ticket_id == ticket_id, CheckInAttempt.person_id == person_id
    )
    compared, all_refused = db.execute(counted).one()
    return max(0, min(TRIES - compared, MOST_REFUSALS - all_refused))


def _count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)
