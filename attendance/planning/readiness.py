"""Checks before a session: what an organizer should correct before people arrive."""

import enum
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from attendance.projects.planned_sessions import COUNTED
from attendance.sessions.lengths import Need, find_need
from models.faces import FaceTemplate, TemplateStatus
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession

_READY = (ProjectStatus.ANNOUNCED, ProjectStatus.RUNNING)


class Check(enum.StrEnum):
    """A readiness check. Each counts problems: 0 means that all is well.

    `too_long`: the sessions of the project that count although they are too long for it, made before that rule.
    """

    NOT_ANNOUNCED = "not_announced"
    NOBODY_EXPECTED = "nobody_expected"
    WITHOUT_FACE = "without_face"
    WITHOUT_PLACE = "without_place"
    EXPECTED_ELSEWHERE = "expected_elsewhere"
    SAME_TRACK_OVERLAPS = "same_track_overlaps"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Finding:
    """The result of a check. count: people, sessions, or 1 for a fact of the whole project or session."""

    check: Check
    count: int


def check_readiness(db: Session, session: VenueSession) -> list[Finding]:
    """Return the results of all checks, in a few statements."""
    project = db.scalars(select(Project).where(Project.id == session.project_id)).one()
    mine = RosterEntry.project_id == session.project_id
    has_face = exists().where(
        FaceTemplate.person_id == RosterEntry.person_id, FaceTemplate.status == TemplateStatus.ACTIVE
    )
    people = func.count(func.distinct(RosterEntry.person_id))
    expected = db.scalar(select(people).where(mine)) or 0
    counts = {
        Check.NOT_ANNOUNCED: int(project.status not in _READY),
        Check.NOBODY_EXPECTED: int(expected == 0),
        Check.WITHOUT_FACE: db.scalar(select(people).where(mine, ~has_face)) or 0,
        Check.WITHOUT_PLACE: _without_place(db, session),
        Check.EXPECTED_ELSEWHERE: _expected_elsewhere(db, session),
        Check.SAME_TRACK_OVERLAPS: _overlaps(db, session),
        Check.CLOSED: int(session.closed_at is not None),
        Check.CANCELLED: int(session.cancelled_at is not None),
        Check.TOO_LONG: _too_long(db, project),
    }
    return [Finding(check, counts[check]) for check in Check]


def _too_long(db: Session, project: Project) -> int:
    wanted = select(VenueSession).where(VenueSession.project_id == project.id, COUNTED)
    needs = [find_need(each.starts_at, each.ends_at, each.zone) for each in db.scalars(wanted)]
    return sum(need is Need.COUNTS_FALSE or (need is Need.CHECK_OUT and not project.needs_check_out) for need in needs)


def _expected_elsewhere(db: Session, session: VenueSession) -> int:
    """Count the people on the roster of another project with a session at the same time."""
    theirs = aliased(RosterEntry)
    wanted = (
        select(func.count(func.distinct(RosterEntry.person_id)))
        .join(theirs, theirs.person_id == RosterEntry.person_id)
        .join(VenueSession, VenueSession.project_id == theirs.project_id)
        .where(RosterEntry.project_id == session.project_id, theirs.project_id != session.project_id)
        .where(VenueSession.starts_at < session.ends_at, VenueSession.ends_at > session.starts_at, COUNTED)
    )
    return db.scalar(wanted) or 0


def _without_place(db: Session, session: VenueSession) -> int:
    """Count the learners without a place at this session or at another session of the project at the same time."""
    if session.capacity is None:
        return 0
    has_place = (
        exists()
        .where(SessionPlace.person_id == RosterEntry.person_id, ~SessionPlace.is_waiting)
        .where(SessionPlace.session_id == VenueSession.id, VenueSession.project_id == session.project_id)
        .where(VenueSession.starts_at < session.ends_at, VenueSession.ends_at > session.starts_at)
        .where(or_(VenueSession.id == session.id, COUNTED))
    )
    learners = RosterEntry.project_id == session.project_id, RosterEntry.role == RosterRole.LEARNER
    return db.scalar(select(func.count()).select_from(RosterEntry).where(*learners, ~has_place)) or 0


def _overlaps(db: Session, session: VenueSession) -> int:
    wanted = (
        select(func.count())
        .where(VenueSession.project_id == session.project_id, VenueSession.id != session.id)
        .where(VenueSession.starts_at < session.ends_at, VenueSession.ends_at > session.starts_at)
        .where(VenueSession.track.is_not_distinct_from(session.track), COUNTED)
    )
    return db.scalar(wanted) or 0
