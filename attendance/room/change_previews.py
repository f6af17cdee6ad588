"""What a change of a session would do: it is made in a savepoint, looked at, and taken back."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.planning import changes
from attendance.planning.changes import SessionEdit
from attendance.projects.access import get_project
from attendance.room.session_moves import list_last_marks, lock_check_ins
from attendance.sessions.windows import Windows, windows_of
from foundation.callers import Caller
from models.attendance import CheckIn, CheckInStatus
from models.notices import Notice, NoticeTopic
from models.projects import Session as VenueSession

_ANY_REASON = "-"  # the preview asks for none, and says whether the change will


@dataclass(frozen=True)
class AtTheSameTime:
    """A session of the project that would be at the same time as a changed one.

    is_same_track: the same learners are meant to attend both.
    """

    id: uuid.UUID
    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    is_same_track: bool


@dataclass(frozen=True)
class ChangeEffect:
    """What a change of a session would do. title to windows: as they would be.

    sessions: how many would change, with those that follow; 0 if nothing would. told: how many people get a notice.
    needs_reason: people have checked in already. check_ins, corrections: those of sessions that move to another day,
    for which the organizer chooses whether they are kept.
    """

    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    windows: Windows
    sessions: int
    told: int
    needs_reason: bool
    is_another_day: bool
    check_ins: int
    corrections: int
    at_the_same_time: tuple[AtTheSameTime, ...]


@dataclass
class _Moves:
    """Counts what is on record of the sessions that move to another day."""

    sessions: int = 0
    check_ins: int = 0
    corrections: int = 0

    def note(self, db: Session, session: VenueSession) -> None:
        self.sessions += 1
        self.check_ins += len(lock_check_ins(db, session.id))
        self.corrections += len(list_last_marks(db, session.id))


def preview(
    db: Session,
    *,
    session_id: uuid.UUID,
    wanted: SessionEdit,
    act: Callable[..., VenueSession],
    caller: Caller,
    now: datetime,
) -> ChangeEffect:
    """Return what a change would do, and leave everything as it is. act: `changes.edit` or `following.edit_following`.

    Raises as `act` does, but for ReasonNeeded and SessionHasCheckIns, of which the effect tells.
    """
    moves = _Moves()
    trial = replace(wanted, reason=wanted.reason or _ANY_REASON, on_another_day=lambda each: moves.note(db, each))
    with db.begin_nested() as step:
        before = _revisions(db, session_id)
        changed = act(db, session_id=session_id, wanted=trial, caller=caller, now=now)
        after = _revisions(db, session_id)
        ids = {each for each in after if after[each] != before[each]}
        effect = ChangeEffect(
            title=changed.title,
            venue=changed.venue,
            zone=changed.zone,
            starts_at=changed.starts_at,
            ends_at=changed.ends_at,
            windows=windows_of(changed),
            sessions=len(ids),
            told=_count_told(db, ids, now),
            needs_reason=_has_check_ins(db, ids),
            is_another_day=moves.sessions > 0,
            check_ins=moves.check_ins,
            corrections=moves.corrections,
            at_the_same_time=_at_the_same_time(db, changed, ids, caller),
        )
        step.rollback()
    return effect


def _revisions(db: Session, session_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return the revisions of all sessions of the project of a session; none where there is no such session."""
    project = select(VenueSession.project_id).where(VenueSession.id == session_id).scalar_subquery()
    wanted = select(VenueSession.id, VenueSession.revision).where(VenueSession.project_id == project)
    return {row[0]: row[1] for row in db.execute(wanted)}


def _count_told(db: Session, ids: set[uuid.UUID], now: datetime) -> int:
    told = select(func.count(Notice.person_id.distinct())).where(
        Notice.topic == NoticeTopic.SESSION_MOVED, Notice.session_id.in_(ids), Notice.at == now
    )
    return db.scalar(told) or 0


def _has_check_ins(db: Session, ids: set[uuid.UUID]) -> bool:
    came = select(CheckIn.id).where(CheckIn.session_id.in_(ids), CheckIn.status != CheckInStatus.VOID).limit(1)
    return db.scalar(came) is not None


def _at_the_same_time(
    db: Session, changed: VenueSession, ids: set[uuid.UUID], caller: Caller
) -> tuple[AtTheSameTime, ...]:
    project = get_project(db, project_id=changed.project_id, caller=caller)
    found: dict[uuid.UUID, bool] = {}
    for pair in changes.list_overlaps(db, project=project):
        for one, other in ((pair.session_id, pair.other_session_id), (pair.other_session_id, pair.session_id)):
            if one in ids:
                found[other] = found.get(other, False) or pair.is_same_track
    rows = db.scalars(select(VenueSession).where(VenueSession.id.in_(found)).order_by(VenueSession.starts_at))
    return tuple(AtTheSameTime(row.id, row.title, row.venue, row.starts_at, row.ends_at, found[row.id]) for row in rows)
