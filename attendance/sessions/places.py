"""Places at sessions that have not room for all, such as parallel tracks: held, waited for, moved up, given back.

A learner of the roster holds one place at a time: getting one gives back those of the same project's sessions held at
the same time, and ends waiting there. Waiting costs nobody the place they have. What falls free goes to who waits
first, at once, until the session begins. Everything here works with the project locked, so that all count right.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Exists, delete, exists, func, select, update
from sqlalchemy.orm import Session

from attendance.errors import HasAttended
from foundation.errors import NotFound
from models.attendance import CheckIn
from models.base import new_id
from models.projects import Session as VenueSession
from models.projects import SessionPlace


@dataclass(frozen=True)
class Taken:
    """Who holds a place now, who waits, and who did either before."""

    held: tuple[uuid.UUID, ...]
    waiting: tuple[uuid.UUID, ...]
    already: tuple[uuid.UUID, ...]


def take(db: Session, *, session: VenueSession, people: Collection[uuid.UUID], now: datetime) -> Taken:
    """Give places to people, in their order, as long as there are any; the others wait. session: with a capacity."""
    wanted = list(dict.fromkeys(people))
    mine = SessionPlace.session_id == session.id
    there = set(db.scalars(select(SessionPlace.person_id).where(mine, SessionPlace.person_id.in_(wanted))))
    fresh = [each for each in wanted if each not in there]
    room = _room(db, session)
    held, waiting = fresh[:room], fresh[room:]
    db.add_all(
        SessionPlace(id=new_id(), session_id=session.id, person_id=each, is_waiting=place >= room, asked_at=now)
        for place, each in enumerate(fresh)
    )
    db.flush()
    fill(db, _leave_others(db, session, held), now=now)
    return Taken(tuple(held), tuple(waiting), tuple(each for each in wanted if each in there))


def give_back(db: Session, *, session: VenueSession, person_id: uuid.UUID, now: datetime) -> None:
    """Give a place back, or stop waiting. Raises NotFound, HasAttended."""
    mine = SessionPlace.session_id == session.id, SessionPlace.person_id == person_id
    if db.scalar(select(SessionPlace.id).where(*mine, _checked_in())) is not None:
        raise HasAttended
    if not db.execute(delete(SessionPlace).where(*mine).returning(SessionPlace.id)).all():
        raise NotFound
    fill(db, [session], now=now)


def leave_project(db: Session, *, project_id: uuid.UUID, people: Collection[uuid.UUID], now: datetime) -> None:
    """Give back all that people hold or wait for, who are off the roster."""
    sessions = db.scalars(select(VenueSession).where(VenueSession.project_id == project_id)).all()
    fill(db, _drop(db, sessions, people), now=now)


def fill(db: Session, sessions: Iterable[VenueSession], *, now: datetime) -> None:
    """Move up who waits, in order, and whoever that makes room for in turn, until there is no more to move.

    It comes to an end, since each move leaves one fewer waiting.
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
            todo += _leave_others(db, session, [row.person_id for row in moved])


def is_over(session: VenueSession, now: datetime) -> bool:
    """Return whether places are no longer chosen: the session has begun, or was closed."""
    return now >= session.starts_at or (session.closed_at is not None and session.closed_at <= now)


def _room(db: Session, session: VenueSession) -> int:
    """Return how many places are free; none where none are needed: who waits would wait on if the limit came back."""
    if session.capacity is None:
        return 0
    held = select(func.count()).where(SessionPlace.session_id == session.id, ~SessionPlace.is_waiting)
    return max(0, session.capacity - (db.scalar(held) or 0))


def _leave_others(db: Session, session: VenueSession, people: Collection[uuid.UUID]) -> Sequence[VenueSession]:
    """Nobody holds two places at the same time; says where places fell free."""
    if not people:
        return []
    at_once = (
        select(VenueSession)
        .where(VenueSession.project_id == session.project_id, VenueSession.id != session.id)
        .where(VenueSession.starts_at < session.ends_at, VenueSession.ends_at > session.starts_at)
    )
    return _drop(db, db.scalars(at_once).all(), people)


def _drop(db: Session, sessions: Sequence[VenueSession], people: Collection[uuid.UUID]) -> Sequence[VenueSession]:
    """Delete what people have at sessions, but for where they have come; says where places fell free."""
    gone = delete(SessionPlace).where(
        SessionPlace.session_id.in_([each.id for each in sessions]), SessionPlace.person_id.in_(people), ~_checked_in()
    )
    freed = {row.session_id for row in db.execute(gone.returning(SessionPlace.session_id))}
    return [each for each in sessions if each.id in freed]


def _checked_in() -> Exists:
    return exists().where(CheckIn.session_id == SessionPlace.session_id, CheckIn.person_id == SessionPlace.person_id)
