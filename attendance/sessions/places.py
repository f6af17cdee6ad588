"""Places at sessions with a limited number of places, such as parallel tracks, and their waiting lists.

A learner can't hold two places at the same time, except at sessions that don't count. A learner who gets a place gives
back the places at other sessions of the project at that time, and leaves their waiting lists. A learner who waits keeps
the place they hold. A free place goes at once to the first on the waiting list, until the session begins; nothing moves
while it is cancelled. All functions here need the project locked, so that the numbers are right.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Exists, delete, exists, func, select, update
from sqlalchemy.orm import Session

from attendance.errors import HasAttended
from attendance.staff_errors import SessionFull
from foundation import inbox
from foundation.errors import NotFound
from foundation.inbox import News
from models.attendance import CheckIn, CheckInStatus
from models.base import new_id
from models.notices import NoticeTopic
from models.projects import Session as VenueSession
from models.projects import SessionPlace


@dataclass(frozen=True)
class PlacesGiven:
    """The people who now hold a place, those who now wait, and those who held one or waited before."""

    held: tuple[uuid.UUID, ...]
    waiting: tuple[uuid.UUID, ...]
    already: tuple[uuid.UUID, ...]


def take(db: Session, *, session: VenueSession, people: Collection[uuid.UUID], now: datetime) -> PlacesGiven:
    """Give the free places to people in their order; the others wait. session: one with a capacity."""
    wanted = list(dict.fromkeys(people))
    mine = SessionPlace.session_id == session.id
    already = set(db.scalars(select(SessionPlace.person_id).where(mine, SessionPlace.person_id.in_(wanted))))
    fresh = [each for each in wanted if each not in already]
    room = _room(db, session)
    held, waiting = fresh[:room], fresh[room:]
    db.add_all(
        SessionPlace(id=new_id(), session_id=session.id, person_id=each, is_waiting=place >= room, asked_at=now)
        for place, each in enumerate(fresh)
    )
    db.flush()
    fill(db, _leave_others(db, session, held), now=now)
    return PlacesGiven(tuple(held), tuple(waiting), tuple(each for each in wanted if each in already))


def seat(db: Session, *, session: VenueSession, person_id: uuid.UUID, now: datetime) -> bool:
    """Give a person a place, unless they hold one; return whether it is new. session: one with a capacity.

    Raises SessionFull. While people wait no place is free, until the session begins: then who is there gets it.
    """
    mine = select(SessionPlace).where(SessionPlace.session_id == session.id, SessionPlace.person_id == person_id)
    place = db.scalars(mine).first()
    if place is not None and not place.is_waiting:
        return False
    if _room(db, session) == 0:
        raise SessionFull(facts={"why": "full", "capacity": session.capacity})
    if place is None:
        db.add(SessionPlace(id=new_id(), session_id=session.id, person_id=person_id, is_waiting=False, asked_at=now))
    else:
        place.is_waiting = False
    db.flush()
    fill(db, _leave_others(db, session, [person_id]), now=now)
    return True


def give_back(db: Session, *, session: VenueSession, person_id: uuid.UUID, now: datetime) -> None:
    """Give a place back, or leave the waiting list. Raises NotFound, HasAttended."""
    mine = SessionPlace.session_id == session.id, SessionPlace.person_id == person_id
    if db.scalar(select(SessionPlace.id).where(*mine, _checked_in())) is not None:
        raise HasAttended
    if not db.execute(delete(SessionPlace).where(*mine).returning(SessionPlace.id)).all():
        raise NotFound
    fill(db, [session], now=now)


def leave_project(db: Session, *, project_id: uuid.UUID, people: Collection[uuid.UUID], now: datetime) -> None:
    """Delete all places and waiting entries of people who were removed from the roster."""
    sessions = db.scalars(select(VenueSession).where(VenueSession.project_id == project_id)).all()
    fill(db, _drop(db, sessions, people), now=now)


def fill(db: Session, sessions: Iterable[VenueSession], *, now: datetime) -> None:
    """Give the free places of sessions to those who wait, in their order.

    A person who gets a place may free one at another session, which is filled too. The loop ends, because each step
    leaves fewer people waiting.
    """
    todo = list(sessions)
    while todo:
        session = todo.pop()
        if is_over(session, now):
            continue
        first = (
            select(SessionPlace.id, SessionPlace.person_id)
            .where(SessionPlace.session_id == session.id, SessionPlace.is_waiting)
            .order_by(SessionPlace.id)
            .limit(_room(db, session))
        )
        moved = db.execute(first).all()
        if moved:
            ids = [row.id for row in moved]
            db.execute(update(SessionPlace).where(SessionPlace.id.in_(ids)).values(is_waiting=False))
            people = [row.person_id for row in moved]
            inbox.tell(db, people, News(NoticeTopic.PLACE_GIVEN, now, session.project_id, session.id))
            todo += _leave_others(db, session, people)


def is_over(session: VenueSession, now: datetime) -> bool:
    """Return whether places can no longer be chosen: the session has begun, was closed or is cancelled."""
    is_closed = session.closed_at is not None and session.closed_at <= now
    return now >= session.starts_at or is_closed or session.cancelled_at is not None


def _room(db: Session, session: VenueSession) -> int:
    """Return how many places are free. Without a limit it is 0, so that the waiting list stays for a later limit."""
    if session.capacity is None:
        return 0
    held = select(func.count()).where(SessionPlace.session_id == session.id, ~SessionPlace.is_waiting)
    return max(0, session.capacity - (db.scalar(held) or 0))


def _leave_others(db: Session, session: VenueSession, people: Collection[uuid.UUID]) -> Sequence[VenueSession]:
    """Delete people's places at overlapping sessions and return the sessions that have free places now.

    A session that doesn't count, such as posters beside the halls, is no choice: a place there takes none elsewhere.
    """
    if not people or not session.counts:
        return []
    overlapping = (
        select(VenueSession)
        .where(VenueSession.project_id == session.project_id, VenueSession.id != session.id)
        .where(VenueSession.starts_at < session.ends_at, VenueSession.ends_at > session.starts_at, VenueSession.counts)
    )
    return _drop(db, db.scalars(overlapping).all(), people)


def _drop(db: Session, sessions: Sequence[VenueSession], people: Collection[uuid.UUID]) -> Sequence[VenueSession]:
    """Delete people's places at sessions where they have not checked in, and return the sessions affected."""
    deletion = delete(SessionPlace).where(
        SessionPlace.session_id.in_([each.id for each in sessions]), SessionPlace.person_id.in_(people), ~_checked_in()
    )
    freed = {row.session_id for row in db.execute(deletion.returning(SessionPlace.session_id))}
    return [each for each in sessions if each.id in freed]


def _checked_in() -> Exists:
    return exists().where(
        CheckIn.session_id == SessionPlace.session_id,
        CheckIn.person_id == SessionPlace.person_id,
        CheckIn.status != CheckInStatus.VOID,
    )
