"""Changing a session: editing, moving, extending and closing it, even after people have checked in."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from attendance.errors import PeriodInvalid, ReasonNeeded
from attendance.projects.access import ReadableProject, lock_session
from attendance.projects.audience import tell_session
from attendance.projects.closed import closed
from attendance.projects.revisions import check_revision
from attendance.projects.states import OVER
from attendance.sessions import places
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.lengths import check_length
from attendance.sessions.liveness import check_may_ask
from attendance.sessions.sessions import NewSession, check_day, plan, plan_of
from foundation import audit
from foundation.callers import Caller
from foundation.clock import local_day
from foundation.inbox import News
from models.attendance import CheckIn, CheckInStatus, Direction
from models.notices import NoticeTopic
from models.projects import Session as VenueSession

_LATEST_OUT = timedelta(hours=3)
_LENGTH = ("starts_at", "ends_at", "zone", "counts")
_TIMES = ("starts_at", "ends_at", "zone", "windows")


@dataclass(frozen=True)
class SessionEdit:
    """An edit of a session. change: returns the new plan for the present one; reason: needed once people came.

    on_another_day: called once the session has moved to another day, and may refuse that. revisions: those that the
    caller has seen, None for any. following: how many later sessions the notice is about too; None to tell nobody,
    because the notice of an earlier session tells of this one.
    """

    change: Callable[[NewSession], NewSession]
    on_another_day: Callable[[VenueSession], None]
    reason: str | None = None
    revisions: Collection[str] | None = None
    following: int | None = 0


@dataclass(frozen=True)
class Overlap:
    """Two sessions of a project at the same time. is_same_track: the same learners are meant to attend both."""

    session_id: uuid.UUID
    other_session_id: uuid.UUID
    is_same_track: bool


def edit(db: Session, *, session_id: uuid.UUID, wanted: SessionEdit, caller: Caller, now: datetime) -> VenueSession:
    """Change the plan of a session and return it.

    Existing check-ins keep their status: nobody becomes late afterwards. A closed session opens again if it moves and
    its windows are not over. Nobody loses a place; new places go to those who wait. Once the project has ended, its
    times stay.

    Raises NotFound, Forbidden, ProjectClosed, EditedMeanwhile, ReasonNeeded, ZoneUnknown, PeriodInvalid,
    GeofenceRequired, SessionTooLong, SessionHasCheckIns, LivenessNotCalibrated.
    """
    session, project = lock_session(db, session_id=session_id, caller=caller)
    check_revision(session.revision, wanted.revisions)
    present = plan_of(session)
    new = wanted.change(present)
    if new == present:
        return session
    if new.liveness is not present.liveness:
        check_may_ask(db, new.liveness)
    is_moved = _differ(present, new, _TIMES)
    if is_moved and project.status in OVER:
        raise closed(project)
    _check_reason(db, session, wanted.reason)
    before, old_day = _plan_for_audit(session), local_day(session.starts_at, session.zone)
    plan(session, new)
    if _differ(present, new, _LENGTH):  # sessions of before the rule stay as they are until their times change
        check_length(new.starts_at, new.ends_at, new.zone, counts=new.counts, needs_check_out=project.needs_check_out)
    session.revision += 1
    if is_moved or (new.counts and not present.counts):  # the last day may come before a session that doesn't count
        check_day(project, new)
    if is_moved:
        _reopen(session, now)
    db.flush()  # from here on check-ins under way wait, and then see the new times
    if local_day(session.starts_at, session.zone) != old_day:
        wanted.on_another_day(session)
    if project.status not in OVER:
        places.fill(db, [session], now=now)
    after = _plan_for_audit(session)
    audit.record(db, caller, now, "session.change", session, reason=wanted.reason, before=before, after=after)
    db.flush()
    if (is_moved or new.venue != present.venue) and wanted.following is not None:
        facts: dict[str, Any] = {"reason": wanted.reason} if wanted.reason else {}
        if wanted.following:
            facts["following"] = wanted.following
        news = News(NoticeTopic.SESSION_MOVED, now, project.id, session.id, facts=facts)
        tell_session(db, session, project, news)
    return session


def extend(
    db: Session, *, session_id: uuid.UUID, direction: Direction, minutes: int, caller: Caller, now: datetime
) -> VenueSession:
    """Keep check-in, or check-out, open for some minutes more and return the session.

    The minutes are added to the end of the window, or to `now` where it is over. Who is late stays late.
    Raises NotFound, Forbidden, ProjectClosed, SessionCancelled; PeriodInvalid where check-in would go on after the end
    of the session or after check-out, or check-out for more than three hours after the end.
    """
    session, _ = lock_session(db, session_id=session_id, caller=caller, closed_in=OVER)
    check_not_cancelled(session)
    name, latest = _closing_of(session, direction)
    old: datetime = getattr(session, name)
    new = max(old, now) + timedelta(minutes=minutes)
    if new > latest:
        raise PeriodInvalid(field="minutes", facts={"latest": latest.isoformat()})
    setattr(session, name, new)
    session.revision += 1
    _reopen(session, now)
    before, after = {name: old.isoformat()}, {name: new.isoformat()}
    audit.record(db, caller, now, "session.extend", session, before=before, after=after)
    db.flush()
    return session


def close(db: Session, *, session_id: uuid.UUID, reason: str | None, caller: Caller, now: datetime) -> VenueSession:
    """Close a session early: nobody can check in or out any more. A session that had not begun was never held.

    Nobody owes a check-out where check-out had not opened, until the session opens again.

    Raises NotFound, Forbidden, ProjectClosed, SessionCancelled, ReasonNeeded.
    """
    session, _ = lock_session(db, session_id=session_id, caller=caller, closed_in=OVER)
    check_not_cancelled(session)
    _check_reason(db, session, reason)
    if session.closed_at is None:
        session.closed_at = now
        session.is_check_out_waived = now < session.out_opens_at
        session.revision += 1
        after = _plan_for_audit(session)
        audit.record(db, caller, now, "session.close", session, reason=reason, before={}, after=after)
        db.flush()
    return session


def list_overlaps(db: Session, *, project: ReadableProject) -> Sequence[Overlap]:
    """Return the pairs of sessions at the same time: parallel tracks, or errors of planning.

    Cancelled sessions and sessions that don't count are left out: nobody has to choose because of them.
    """
    one, other = aliased(VenueSession), aliased(VenueSession)
    found = db.execute(
        select(one.id, other.id, one.track, other.track)
        .join(other, (other.project_id == one.project_id) & (one.id < other.id))
        .where(one.project_id == project.id)
        .where(one.starts_at < other.ends_at, other.starts_at < one.ends_at)
        .where(*(condition for each in (one, other) for condition in (each.cancelled_at.is_(None), each.counts)))
        .order_by(one.starts_at, one.id, other.id)
    )
    return [Overlap(first, second, track == other_track) for first, second, track, other_track in found]


def _check_reason(db: Session, session: VenueSession, reason: str | None) -> None:
    if reason:
        return
    came = select(CheckIn.id).where(CheckIn.session_id == session.id, CheckIn.status != CheckInStatus.VOID).limit(1)
    if db.scalar(came) is not None:
        raise ReasonNeeded(field="reason")


def _closing_of(session: VenueSession, direction: Direction) -> tuple[str, datetime]:
    """Return the field of a window's end, and the latest that it may be."""
    if direction is Direction.IN:
        return "in_closes_at", max(session.in_closes_at, min(session.ends_at, session.out_closes_at))
    return "out_closes_at", max(session.out_closes_at, session.ends_at + _LATEST_OUT)


def _reopen(session: VenueSession, now: datetime) -> None:
    if session.closed_at is not None and max(session.in_closes_at, session.out_closes_at) > now:
        session.closed_at, session.is_check_out_waived = None, False


def _differ(one: NewSession, other: NewSession, names: Sequence[str]) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)


def _plan_for_audit(session: VenueSession) -> dict[str, Any]:
    planned = plan_of(session)
    instants = ("starts_at", "ends_at", "in_opens_at", "late_from", "in_closes_at", "out_opens_at", "out_closes_at")
    return {
        **{name: getattr(session, name) for name in ("title", "venue", "track", "capacity", "zone", "counts")},
        "qr_mode": planned.qr_mode.value,
        "liveness": planned.liveness.value,
        "radius_m": session.radius_m,
        "is_location_required": session.is_location_required,
        "shared_devices": planned.shared_devices.value,
        **{name: getattr(session, name).isoformat() for name in instants},
    }
