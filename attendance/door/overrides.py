"""Staff check somebody in against a refused attempt, once and with a reason: the machine refuses, people decide."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.attempts.check_in_rows import COUNTING, NOT_REFUSED
from attendance.attempts.directions import choose_direction, open_directions
from attendance.attempts.errors import AttemptNotRefused
from attendance.check_in.check_in import CheckedIn
from attendance.door import by_hand
from attendance.door.by_hand import StaffStatement
from attendance.door.staff_desk import StaffDesk
from attendance.projects.access import DOOR, get_session
from attendance.roster.person_refs import PersonRef
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.transactions import insert_object
from models.attendance import AttemptOverride, CheckIn, CheckInAttempt, Direction
from models.projects import Session as VenueSession


def override(
    db: Session, *, desk: StaffDesk, attempt_id: uuid.UUID, reason: str, caller: Caller, now: datetime
) -> CheckedIn:
    """Check the person of a refused attempt in by hand, for the time of the attempt, and return the check-in.

    An override that was made before stays. Raises NotFound, Forbidden, AttemptNotRefused, and the errors of
    `StaffDesk.check_in_by_hand`.
    """
    attempt = db.get(CheckInAttempt, attempt_id)
    if attempt is None:
        raise NotFound
    session = get_session(db, session_id=attempt.session_id, caller=caller, tasks=DOOR)
    if attempt.result in NOT_REFUSED:
        raise AttemptNotRefused
    earlier = _find_earlier(db, attempt_id)
    if earlier is not None:
        return CheckedIn(earlier, session, is_new=False)
    done = desk.check_in_by_hand(
        db,
        session_id=session.id,
        person=PersonRef(person_id=attempt.person_id),
        statement=_statement(session, attempt, reason),
        caller=caller,
        now=now,
    )
    made = AttemptOverride(
        attempt_id=attempt_id, check_in_id=done.check_in.id, reason=reason, made_by=caller.person_id, made_at=now
    )
    if insert_object(db, made):
        after = {"check_in": str(done.check_in.id), "refusal": attempt.result}
        audit.record(db, caller, now, "check_in_attempt.override", attempt, reason=reason, after=after)
    return done


def _find_earlier(db: Session, attempt_id: uuid.UUID) -> CheckIn | None:
    of_override = select(CheckIn).join(AttemptOverride, AttemptOverride.check_in_id == CheckIn.id)
    stands = AttemptOverride.attempt_id == attempt_id, CheckIn.status.in_(COUNTING)  # else staff undid it
    return db.scalars(of_override.where(*stands)).first()


def _statement(session: VenueSession, attempt: CheckInAttempt, reason: str) -> StaffStatement:
    """Return what staff say: that the person was there at the attempt; now, where nobody could come or leave then."""
    direction = _direction(session, attempt)
    is_within = by_hand.is_within(session, direction, attempt.attempted_at)
    return StaffStatement(direction, reason, attempt.attempted_at if is_within else None)


def _direction(session: VenueSession, attempt: CheckInAttempt) -> Direction:
    """Return the direction that the person wanted, or the one that was open; in where none was."""
    at = attempt.attempted_at
    chosen = choose_direction(open_directions(session, at), wanted=attempt.direction, is_in=False)
    return attempt.direction or chosen or Direction.IN
