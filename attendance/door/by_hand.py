"""Checks people in and out by hand: now, or for a time that has passed, one or many. Rules and rows."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.attempts import check_in_rows, observations
from attendance.attempts.attempts import Attempt, keep
from attendance.attempts.check_in_rows import COUNTING, AcceptedAttempt, CheckInKey, stays
from attendance.attempts.receipts import Receipts
from attendance.door.acts import Effect, Prior
from attendance.sessions.windows import status_of
from attendance.staff_errors import TimeOutsideSession
from foundation.callers import Caller
from models.attendance import CheckIn, CheckInMethod, Direction
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class StaffStatement:
    """What staff saw, and why they say so. at: when the person came or left; None for now."""

    direction: Direction
    reason: str
    at: datetime | None = None


@dataclass(frozen=True)
class ByHand:
    """A check-in by hand. effect: None where an earlier check-in stays."""

    check_in: CheckIn
    effect: Effect | None


def check_time(session: VenueSession, statement: StaffStatement, now: datetime) -> None:
    """Raise TimeOutsideSession for a time that is still to come, or at which nobody could come or leave.

    People come from the opening of check-in to the end of the session; they check out within its check-out window,
    because who leaves earlier has left early. A session that was closed ends then.
    """
    if statement.at is None:
        return
    if statement.at > now:
        raise TimeOutsideSession(field="at", facts={"why": "to_come"})
    if not is_within(session, statement.direction, statement.at):
        earliest, latest = _span(session, statement.direction)
        times = {"earliest_at": earliest.isoformat(), "latest_at": latest.isoformat(), "zone": session.zone}
        raise TimeOutsideSession(field="at", facts={"why": "outside", **times})


def is_within(session: VenueSession, direction: Direction, at: datetime) -> bool:
    """Return whether people could come, or leave, at an instant."""
    earliest, latest = _span(session, direction)
    return earliest <= at <= latest


def make(
    db: Session,
    session: VenueSession,
    person_id: uuid.UUID,
    statement: StaffStatement,
    *,
    receipts: Receipts,
    caller: Caller,
    now: datetime,
) -> ByHand:
    """Check a person in or out by hand, unless an earlier check-in stays. Raises TimeOutsideSession.

    One that waits for review, was rejected, is void or rests on a machine alone is replaced. session: its project is
    locked.
    """
    key = CheckInKey(session.id, person_id, statement.direction)
    first = check_in_rows.find_locked(db, key)
    if first is not None and stays(first):
        return ByHand(first, None)
    if statement.at is not None:
        _check_order(db, session, key, statement.at)
    at = statement.at or now
    status = status_of(session, statement.direction, at)
    attempt = keep(
        db, attempt=Attempt(person_id, session.id, statement.direction, None, None), result=status.value, now=now
    )
    accepted = AcceptedAttempt(
        key, status, attempt.id, at=at, scanned_at=at, method=CheckInMethod.STAFF, actor_id=caller.person_id,
        reason=statement.reason, made_at=now,
    )  # fmt: skip
    if first is not None:
        prior = Prior.of(first)
        check_in_rows.replace(db, first, accepted, receipts)
        key_of_person = session.id, person_id
        observations.follow(db, {session.id: session}, [key_of_person], receipts=receipts, now=now)
        return ByHand(first, Effect(person_id, first, prior))
    made = check_in_rows.insert(db, accepted, receipts)
    if made is not None:
        return ByHand(made, Effect(person_id, made))
    found = check_in_rows.find_locked(db, key)  # checked in by another request meanwhile
    assert found is not None  # noqa: S101 - the constraint that refused the insert says it is there
    attempt.result = "again"
    db.flush()
    return ByHand(found, None)


def _span(session: VenueSession, direction: Direction) -> tuple[datetime, datetime]:
    earliest, latest = session.in_opens_at, session.ends_at
    if direction is Direction.OUT:
        earliest, latest = session.out_opens_at, session.out_closes_at
    return earliest, latest if session.closed_at is None else min(latest, session.closed_at)


def _check_order(db: Session, session: VenueSession, key: CheckInKey, at: datetime) -> None:
    """Raise TimeOutsideSession if the person would leave before they came."""
    is_in = key.direction is Direction.IN
    other = select(CheckIn.scanned_at).where(
        CheckIn.session_id == key.session_id,
        CheckIn.person_id == key.person_id,
        CheckIn.direction == (Direction.OUT if is_in else Direction.IN),
        CheckIn.status.in_(COUNTING),
    )
    other_at = db.scalar(other)
    if other_at is not None and (at > other_at if is_in else at < other_at):
        why = "after_check_out" if is_in else "before_check_in"
        facts = {"why": why, "other_at": other_at.isoformat(), "zone": session.zone}
        raise TimeOutsideSession(field="at", facts=facts)
