"""Learners choose among sessions with a limited number of places: free places, asking for one, giving it back."""

import enum
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from attendance.errors import ChoiceOver, NotOnRoster, PlaceNotNeeded
from attendance.projects.closed import closed, not_announced
from attendance.projects.states import NOT_ANNOUNCED, OVER
from attendance.sessions import places
from attendance.sessions.held import check_not_cancelled
from foundation.callers import Caller
from foundation.errors import NotFound
from models.projects import Project, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession


class PlaceState(enum.StrEnum):
    """Whether a learner holds a place at a session or waits for one."""

    HELD = "held"
    WAITING = "waiting"


@dataclass(frozen=True)
class Choice:
    """A session with a limited number of places, as a learner sees it.

    free: free places; waiting: people on the waiting list; ahead: those before this learner, None unless they wait.
    """

    session: VenueSession
    free: int
    waiting: int
    mine: PlaceState | None
    ahead: int | None


def choose(db: Session, *, session_id: uuid.UUID, caller: Caller, now: datetime) -> Choice:
    """Ask for a place for the caller, who gets one or waits. A second call changes nothing.

    Raises NotFound, NotOnRoster, ProjectNotAnnounced, ProjectClosed, PlaceNotNeeded, SessionCancelled, ChoiceOver.
    """
    session = _choosable(db, session_id, caller.person_id, now)
    places.take(db, session=session, people=[caller.person_id], now=now)
    return _choices(db, [session], caller.person_id)[0]


def decline(db: Session, *, session_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Give back the caller's place, or leave the waiting list. Raises as `choose` does, and HasAttended."""
    session = _choosable(db, session_id, caller.person_id, now)
    places.give_back(db, session=session, person_id=caller.person_id, now=now)


def list_choices(db: Session, *, project_id: uuid.UUID, person_id: uuid.UUID) -> list[Choice]:
    """Return the sessions of a project with limited places, in order of time, in a few statements."""
    wanted = select(VenueSession).where(VenueSession.project_id == project_id, VenueSession.capacity.is_not(None))
    sessions = db.scalars(wanted.order_by(VenueSession.starts_at, VenueSession.id)).all()
    return _choices(db, sessions, person_id)


def _choosable(db: Session, session_id: uuid.UUID, person_id: uuid.UUID, now: datetime) -> VenueSession:
    """Return the session with its project locked, for a learner who may still choose."""
    project_id = db.scalar(select(VenueSession.project_id).where(VenueSession.id == session_id))
    if project_id is None:
        raise NotFound
    locked = select(Project).where(Project.id == project_id).with_for_update()
    project = db.scalars(locked.execution_options(populate_existing=True)).one()
    learner = select(RosterEntry.id).where(
        RosterEntry.project_id == project_id,
        RosterEntry.person_id == person_id,
        RosterEntry.role == RosterRole.LEARNER,
    )
    if db.scalar(learner) is None:
        raise NotOnRoster
    if project.status in NOT_ANNOUNCED:
        raise not_announced(project.status)
    if project.status in OVER:
        raise closed(project)
    session = with_capacity(db, session_id)
    check_not_cancelled(session)
    if places.is_over(session, now):
        facts = {"session_title": session.title, "starts_at": session.starts_at.isoformat(), "zone": session.zone}
        raise ChoiceOver(facts=facts)
    return session


def with_capacity(db: Session, session_id: uuid.UUID) -> VenueSession:
    """Read the session again after its project was locked. Raises PlaceNotNeeded where it has no limit."""
    wanted = select(VenueSession).where(VenueSession.id == session_id)
    session = db.scalars(wanted.execution_options(populate_existing=True)).one()
    if session.capacity is None:
        raise PlaceNotNeeded
    return session


def _choices(db: Session, sessions: Sequence[VenueSession], person_id: uuid.UUID) -> list[Choice]:
    ids = [each.id for each in sessions]
    counted: Counter[tuple[uuid.UUID, bool]] = Counter()
    by_state = select(SessionPlace.session_id, SessionPlace.is_waiting, func.count())
    by_state = by_state.where(SessionPlace.session_id.in_(ids)).group_by(
        SessionPlace.session_id, SessionPlace.is_waiting
    )
    for session_id, is_waiting, number in db.execute(by_state):
        counted[session_id, is_waiting] = number
    other = aliased(SessionPlace)
    ahead = (
        select(func.count())
        .where(other.session_id == SessionPlace.session_id, other.is_waiting, other.id < SessionPlace.id)
        .scalar_subquery()
    )
    mine = select(SessionPlace.session_id, SessionPlace.is_waiting, ahead)
    mine = mine.where(SessionPlace.person_id == person_id, SessionPlace.session_id.in_(ids))
    states = {session_id: (is_waiting, number) for session_id, is_waiting, number in db.execute(mine)}
    return [_choice(each, counted, states.get(each.id)) for each in sessions]


def _choice(session: VenueSession, counted: Counter[tuple[uuid.UUID, bool]], mine: tuple[bool, int] | None) -> Choice:
    state = None if mine is None else PlaceState.WAITING if mine[0] else PlaceState.HELD
    return Choice(
        session=session,
        free=max(0, (session.capacity or 0) - counted[session.id, False]),
        waiting=counted[session.id, True],
        mine=state,
        ahead=mine[1] if mine is not None and mine[0] else None,
    )
