"""Acts on a session of a series and on those that follow it. All of them succeed, or none does."""

import enum
import uuid
import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.planning import cancellations, changes
from attendance.planning.changes import SessionEdit
from attendance.planning.recurrence import on_day
from attendance.projects.access import lock_session
from attendance.sessions.sessions import NewSession, plan_of
from foundation.callers import Caller
from foundation.clock import local_day
from foundation.errors import Refusal
from models.projects import Session as VenueSession

_TIMES = frozenset({"starts_at", "ends_at", "zone", "windows"})


class Scope(enum.StrEnum):
    """Which sessions of a series an act is about: one, or also those that come after it."""

    THIS = "this"
    FOLLOWING = "following"


def edit_following(
    db: Session, *, session_id: uuid.UUID, wanted: SessionEdit, caller: Caller, now: datetime
) -> VenueSession:
    """Change a session and those of its series that follow it; return the session.

    What changes of the first one changes of all: new times are those of the wall clock, so that a move by two hours, or
    by a day, moves each of them so; fields that keep their value here keep theirs there. Cancelled ones stay as they
    are. Raises as `changes.edit`, with the day of the session that stands in the way.
    """
    session, _ = lock_session(db, session_id=session_id, caller=caller)
    present = plan_of(session)
    new = wanted.change(present)
    rest = [each for each in _following(db, session) if each.cancelled_at is None]
    is_told_once = _expect_the_same_people([session, *rest])
    first = replace(wanted, change=lambda _: new, following=len(rest) if is_told_once else 0)
    changed = changes.edit(db, session_id=session_id, wanted=first, caller=caller, now=now)
    own = replace(wanted, change=_same_change(present, new), revisions=None, following=None if is_told_once else 0)
    for each in rest:
        with _naming(each):
            changes.edit(db, session_id=each.id, wanted=own, caller=caller, now=now)
    return changed


def cancel_following(db: Session, *, session_id: uuid.UUID, reason: str, caller: Caller, now: datetime) -> VenueSession:
    """Cancel a session and those of its series that follow it; return the session. Raises as `cancellations.cancel`."""
    session, _ = lock_session(db, session_id=session_id, caller=caller)
    rest = [each for each in [session, *_following(db, session)] if each.cancelled_at is None]
    is_told_once = _expect_the_same_people(rest)
    following: int | None = len(rest) - 1 if is_told_once else 0
    if session not in rest:  # cancelled before: only its reason changes, and nobody is told of it again
        cancellations.cancel(db, session_id=session_id, reason=reason, caller=caller, now=now)
    for each in rest:
        cancellations.cancel(db, session_id=each.id, reason=reason, caller=caller, now=now, following=following)
        following = None if is_told_once else 0
    return session


def _following(db: Session, session: VenueSession) -> Sequence[VenueSession]:
    """Return the sessions of the series that begin later. A session on its own has none."""
    if session.series_id is None:
        return []
    wanted = select(VenueSession).where(
        VenueSession.project_id == session.project_id,
        VenueSession.series_id == session.series_id,
        VenueSession.starts_at > session.starts_at,
    )
    return db.scalars(wanted.order_by(VenueSession.starts_at, VenueSession.id)).all()


def _same_change(present: NewSession, new: NewSession) -> Callable[[NewSession], NewSession]:
    """Return the change from `present` to `new`, for another session of the series."""
    kept = {each.name for each in fields(NewSession) if getattr(new, each.name) == getattr(present, each.name)}
    facts = {each.name: getattr(new, each.name) for each in fields(NewSession) if each.name not in kept | _TIMES}
    start, end = _wall_move(present, new, "starts_at"), _wall_move(present, new, "ends_at")
    has_own_windows = new.windows != present.moved_to(new.starts_at, new.ends_at).windows

    def change(other: NewSession) -> NewSession:
        moved = other.moved_to(
            _moved(other.starts_at, start, other.zone, new.zone), _moved(other.ends_at, end, other.zone, new.zone)
        )
        moved = replace(moved, zone=new.zone, **facts)
        if has_own_windows:
            moved = replace(moved, windows=on_day(new, local_day(moved.starts_at, new.zone)).windows)
        return moved

    return change


def _wall_move(present: NewSession, new: NewSession, name: str) -> timedelta:
    """Return by how much a time moved on the wall: of the old venue's clock before, of the new one's after."""
    before, after = (_wall(getattr(each, name), each.zone) for each in (present, new))
    return after - before


def _moved(at: datetime, by: timedelta, zone: str, new_zone: str) -> datetime:
    return (_wall(at, zone) + by).replace(tzinfo=zoneinfo.ZoneInfo(new_zone)).astimezone(UTC)


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)


def _expect_the_same_people(sessions: Sequence[VenueSession]) -> bool:
    """Return whether the whole roster is expected at all sessions, so that one notice tells of all of them."""
    return all(each.capacity is None for each in sessions)


@contextmanager
def _naming(session: VenueSession) -> Iterator[None]:
    """Add to a refusal which session of the series it is about, and its day as it was before."""
    facts = {"session": str(session.id), "on": local_day(session.starts_at, session.zone).isoformat()}
    try:
        yield
    except Refusal as refusal:
        refusal.facts = {**refusal.facts, **facts}
        raise
