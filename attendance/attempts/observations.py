"""What machines observed, and what follows for check-ins.

Each observation is kept, so that the result never depends on the order of rows, portions and files. Of all
observations of a person at a session, the earliest in and the latest out count.

- Where a person has no other check-in, the observation makes one with the method `machine`. It goes when the last
  observation of its direction goes.
- A check-in by face or hand is never changed. If it counts and a machine saw the person earlier (in) or later (out),
  `machine_at` and `machine_status` say so beside it, and this status counts.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from attendance.attempts.check_in_rows import COUNTING, is_by_machine
from attendance.attempts.directions import Punch, directions_of, in_order_of_time, status_at
from attendance.attempts.receipts import Receipts
from foundation.transactions import insert_object
from models.attendance import (
    CheckIn,
    CheckInAttempt,
    CheckInMethod,
    CheckInStatus,
    Direction,
    MachineObservation,
    VoidedCheckIn,
)
from models.base import new_id
from models.projects import Session as VenueSession

Key = tuple[uuid.UUID, uuid.UUID]
"""A session and a person."""

COUNTED_STATUS: ColumnElement[CheckInStatus] = func.coalesce(CheckIn.machine_status, CheckIn.status)
"""The status of a check-in that counts: by the machine's observation where that decides."""


def counted_status(check_in: CheckIn) -> CheckInStatus:
    """Return the status of a check-in that counts, as COUNTED_STATUS does in the database."""
    return check_in.machine_status or check_in.status


def follow(
    db: Session, sessions: Mapping[uuid.UUID, VenueSession], keys: Collection[Key], *, receipts: Receipts, now: datetime
) -> None:
    """Make the check-ins of these people agree with their observations, after some were added or deleted.

    sessions: those of the keys, by id; their project is locked.
    """
    db.flush()
    observed = _observed(db, keys)
    existing = _check_ins(db, keys)
    new: list[CheckIn] = []
    for key in sorted(keys):
        session, observations = sessions[key[0]], observed[key]
        own_arrival = _own_arrival(existing.get((*key, Direction.IN)))
        _give_directions(session, observations, own_arrival)
        for direction in Direction:
            best = _deciding(observations, direction)
            check_in = existing.get((*key, direction))
            if check_in is None and best is not None:
                new.append(_make(db, session, best, receipts, now))
            elif check_in is not None and check_in.status is CheckInStatus.VOID:
                if best is not None:
                    _take_over(db, check_in, _make(db, session, best, receipts, now), receipts, now)
            elif check_in is not None and not is_by_machine(check_in):
                _stand_beside(session, check_in, best)
            elif check_in is not None and best is None:
                _take_away(db, check_in, receipts, now)
            elif check_in is not None and best is not None:
                _fill(db, check_in, session, best, receipts, now)
    if beaten := _insert(db, new):  # a face was first meanwhile: its check-ins are there now
        follow(db, sessions, beaten, receipts=receipts, now=now)


def stand_beside(db: Session, session: VenueSession, check_in: CheckIn) -> None:
    """Set what machines observed beside a check-in by face that took the place of another one.

    It locks nothing else, so it is safe without the project's lock.
    """
    db.flush()
    key = check_in.session_id, check_in.person_id
    observations = [each for each in _observed(db, [key])[key] if each.direction is check_in.direction]
    _stand_beside(session, check_in, _deciding(observations, check_in.direction))


def _observed(db: Session, keys: Collection[Key]) -> defaultdict[Key, list[MachineObservation]]:
    table = MachineObservation
    found: defaultdict[Key, list[MachineObservation]] = defaultdict(list)
    for each in db.scalars(select(table).where(tuple_(table.session_id, table.person_id).in_(keys))):
        found[each.session_id, each.person_id].append(each)
    return found


def _check_ins(db: Session, keys: Collection[Key]) -> dict[tuple[uuid.UUID, uuid.UUID, Direction], CheckIn]:
    """Lock and return the check-ins of these people at these sessions."""
    wanted = select(CheckIn).where(tuple_(CheckIn.session_id, CheckIn.person_id).in_(keys))
    found = db.scalars(wanted.order_by(CheckIn.id).with_for_update().execution_options(populate_existing=True))
    return {(each.session_id, each.person_id, each.direction): each for each in found}


def _own_arrival(check_in: CheckIn | None) -> datetime | None:
    """Return when the person checked in by face or hand; None if they didn't, or if it doesn't count."""
    if check_in is None or is_by_machine(check_in) or check_in.status not in COUNTING:
        return None
    return check_in.scanned_at


def _give_directions(
    session: VenueSession, observations: Sequence[MachineObservation], own_arrival: datetime | None
) -> None:
    directions = directions_of(session, map(_punch, observations), arrived_at=own_arrival)
    for each in observations:
        # windows may have moved since the file was read: the observation then keeps the direction that it had
        each.direction = directions[_punch(each)] or each.direction


def _deciding(observations: Sequence[MachineObservation], direction: Direction) -> MachineObservation | None:
    """Return the earliest observation of coming in, or the latest of going out."""
    mine = [each for each in observations if each.direction is direction]
    if direction is Direction.IN:
        return min(mine, key=_order, default=None)
    return max(mine, key=_order, default=None)


def _order(observation: MachineObservation) -> tuple[datetime, str]:
    return in_order_of_time(_punch(observation))


def _punch(observation: MachineObservation) -> Punch:
    return Punch(observation.at, observation.said)


def _stand_beside(session: VenueSession, check_in: CheckIn, best: MachineObservation | None) -> None:
    check_in.machine_at = check_in.machine_status = None
    if best is None or check_in.status not in COUNTING:
        return
    if best.at < check_in.scanned_at if check_in.direction is Direction.IN else best.at > check_in.scanned_at:
        check_in.machine_at, check_in.machine_status = best.at, status_at(session, best.direction, _punch(best))


def _insert(db: Session, new: Sequence[CheckIn]) -> set[Key]:
    """Insert new check-ins, and return the keys of those that another request inserted first.

    They are inserted together. Only if one of them exists already, each is tried alone.
    """
    db.flush()  # attempts first: SQLAlchemy doesn't know that check-ins refer to them
    try:
        with db.begin_nested():
            db.add_all(new)
            db.flush()
    except IntegrityError:
        beaten = [each for each in new if not insert_object(db, each)]
        db.execute(delete(CheckInAttempt).where(CheckInAttempt.id.in_([each.attempt_id for each in beaten])))
        return {(each.session_id, each.person_id) for each in beaten}
    return set()


def _make(db: Session, session: VenueSession, best: MachineObservation, receipts: Receipts, now: datetime) -> CheckIn:
    """Return the check-in of an observation, with its attempt in the session but not yet itself."""
    attempt = CheckInAttempt(
        id=new_id(),
        session_id=best.session_id,
        person_id=best.person_id,
        direction=best.direction,
        device_id=best.device_id,
        attempted_at=best.at,
        result=status_at(session, best.direction, _punch(best)).value,
    )
    made = CheckIn(
        id=new_id(),
        session_id=best.session_id,
        person_id=best.person_id,
        direction=best.direction,
        status=CheckInStatus(attempt.result),
        method=CheckInMethod.MACHINE,
        scanned_at=best.at,
        checked_in_at=best.at,
        attempt_id=attempt.id,
    )
    made.receipt = receipts.sign(made, now)
    db.add(attempt)
    return made


def _fill(
    db: Session, check_in: CheckIn, session: VenueSession, best: MachineObservation, receipts: Receipts, now: datetime
) -> None:
    status = status_at(session, best.direction, _punch(best))
    if (check_in.checked_in_at, check_in.status) == (best.at, status):
        return
    check_in.status, check_in.scanned_at, check_in.checked_in_at = status, best.at, best.at
    check_in.receipt = receipts.sign(check_in, now)
    attempt = db.get_one(CheckInAttempt, check_in.attempt_id)
    attempt.result, attempt.attempted_at, attempt.device_id = status.value, best.at, best.device_id


def _take_over(db: Session, check_in: CheckIn, made: CheckIn, receipts: Receipts, now: datetime) -> None:
    """Write what an observation makes in the place of a void check-in. Its earlier content is in `voided_check_in`."""
    db.flush()  # the attempt first: SQLAlchemy doesn't know that check-ins refer to it
    for name in ("status", "method", "scanned_at", "checked_in_at", "attempt_id"):
        setattr(check_in, name, getattr(made, name))
    check_in.ticket_id = None
    check_in.receipt = receipts.sign(check_in, now)


def _take_away(db: Session, check_in: CheckIn, receipts: Receipts, now: datetime) -> None:
    """Delete a check-in that rested on observations alone, with its attempt: as if the file had never come.

    One that took the place of a void check-in is void again.
    """
    if db.scalar(select(exists().where(VoidedCheckIn.check_in_id == check_in.id))):
        check_in.status = CheckInStatus.VOID
        check_in.receipt = receipts.sign(check_in, now)
        return
    attempt_id = check_in.attempt_id
    db.execute(delete(CheckIn).where(CheckIn.id == check_in.id))
    db.execute(delete(CheckInAttempt).where(CheckInAttempt.id == attempt_id))
