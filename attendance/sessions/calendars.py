"""The feed of a person's sessions for a calendar program.

The feed's address holds a random token: it doesn't name the person, and the person can revoke it.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from attendance.projects.visibility import was_announced
from attendance.sessions.held import was_held
from foundation.errors import NotFound
from models.accounts import Account
from models.projects import CalendarFeed, Project, ProjectStatus, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession

_PAST = timedelta(days=60)
_MOST = 1000


@dataclass(frozen=True)
class Event:
    """A session in a calendar. is_off: it is cancelled, and calendars strike it out, with the reason."""

    session: VenueSession
    project_name: str
    is_off: bool


def make_feed(db: Session, *, person_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Return a new token of 122 random bits for the person's feed. The earlier token stops working."""
    stop_feed(db, person_id=person_id)
    token = uuid.uuid4()
    db.add(CalendarFeed(person_id=person_id, token_hash=_hash(token), made_at=now))
    db.flush()
    return token


def stop_feed(db: Session, *, person_id: uuid.UUID) -> None:
    """Delete the person's feed, so that its token stops working."""
    db.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))


def read_feed(db: Session, *, token: uuid.UUID, now: datetime) -> list[Event]:
    """Return the events of the feed with this token. Raises NotFound, also for a suspended person."""
    person_id = db.scalar(
        select(CalendarFeed.person_id)
        .join(Account, Account.person_id == CalendarFeed.person_id)
        .where(CalendarFeed.token_hash == _hash(token), Account.suspended_at.is_(None))
    )
    if person_id is None:
        raise NotFound
    return [
        Event(session, project.name, _is_off(session, project)) for session, project in _sessions(db, person_id, now)
    ]


def _is_off(session: VenueSession, project: Project) -> bool:
    """Return whether the session is cancelled, alone or with its project. A session that was over before is not."""
    is_cancelled = project.status is ProjectStatus.CANCELLED and session.closed_at is not None
    return is_cancelled or not was_held(session)


def _sessions(db: Session, person_id: uuid.UUID, now: datetime) -> Sequence[tuple[VenueSession, Project]]:
    expected = select(RosterEntry.project_id).where(RosterEntry.person_id == person_id)
    speaks = expected.where(RosterEntry.role == RosterRole.SPEAKER)
    has_place = exists().where(
        SessionPlace.session_id == VenueSession.id, SessionPlace.person_id == person_id, ~SessionPlace.is_waiting
    )
    attends = or_(VenueSession.capacity.is_(None), has_place, Project.id.in_(speaks))
    wanted = (
        select(VenueSession, Project)
        .join(Project, Project.id == VenueSession.project_id)
        .where(
            Project.id.in_(expected),
            was_announced(),
            VenueSession.ends_at > now - _PAST,
            attends,
        )
        .order_by(VenueSession.starts_at, VenueSession.id)
        .limit(_MOST)
    )
    return [(session, project) for session, project in db.execute(wanted)]


def _hash(token: uuid.UUID) -> bytes:
    return hashlib.sha256(token.bytes).digest()
