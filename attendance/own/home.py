"""The first screen of a person: today's sessions with what can be done now, and what waits for them by their roles."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from accounts.face_decisions.waiting_decisions import count_waiting
from attendance.own.own_projects import OwnPlace, OwnProject, OwnSession
from attendance.projects.access import ORGANIZERS, REVIEWERS
from attendance.roster.application_lists import count_pending
from foundation.callers import Caller
from foundation.clock import local_day
from models.attendance import CheckIn, CheckInStatus, Direction
from models.base import Base
from models.notices import CorrectionRequest, RequestStatus
from models.people import Unit
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from models.settlements import Settlement, SettlementStatus

_CHECKED = (CheckInStatus.PRESENT, CheckInStatus.LATE, CheckInStatus.NEEDS_REVIEW)


class WhyNot(enum.StrEnum):
    """Why nothing can be done at a session now."""

    CANCELLED = "cancelled"
    NOT_RUNNING = "not_running"
    NO_PLACE = "no_place"
    TOO_EARLY = "too_early"
    CLOSED = "closed"
    DONE = "done"


@dataclass(frozen=True)
class Today:
    """A session of today. can: the direction that is open now for the person; else why not, and from when on."""

    project: Project
    own: OwnSession
    can: Direction | None
    why_not: WhyNot | None
    opens_at: datetime | None


@dataclass(frozen=True)
class WaitingWork:
    """How many things wait for a decision of the caller, by kind; 0 for what is none of their roles'."""

    correction_requests: int
    applications: int
    check_ins: int
    filed_projects: int
    settlements: int
    face_cases: int
    face_resets: int


def sessions_of_today(projects: Sequence[OwnProject], *, now: datetime) -> list[Today]:
    """Return the sessions whose day it is by the clock of their venue, in order of their start."""
    found = [
        _judge(each.project, own, now)
        for each in projects
        for own in each.sessions
        if _is_today(own.attended.session, now)
    ]
    return sorted(found, key=lambda each: (each.own.attended.session.starts_at, each.own.attended.session.id))


def count_waiting_work(db: Session, caller: Caller) -> WaitingWork:
    """Return what waits for the caller."""
    organized, reviewed = caller.scopes(ORGANIZERS), caller.scopes(REVIEWERS)
    requests = applications = check_ins = projects = settlements = 0
    if organized:
        own = select(Project.id).join(Unit, Unit.id == Project.unit_id).where(_within(organized))
        asked = CorrectionRequest.status == RequestStatus.OPEN, CorrectionRequest.project_id.in_(own)
        requests = _count(db, CorrectionRequest, *asked)
        applications = count_pending(db, _within(organized))
        held = select(VenueSession.id).where(VenueSession.project_id.in_(own))
        check_ins = _count(db, CheckIn, CheckIn.status == CheckInStatus.NEEDS_REVIEW, CheckIn.session_id.in_(held))
    if reviewed:
        theirs = select(Project.id).join(Unit, Unit.id == Project.reviewing_unit_id).where(_within(reviewed))
        filed = (ProjectStatus.FILED, ProjectStatus.CHANGED)
        projects = _count(db, Project, Project.status.in_(filed), Project.id.in_(theirs))
        in_review = Settlement.status == SettlementStatus.IN_REVIEW, Settlement.project_id.in_(theirs)
        settlements = _count(db, Settlement, *in_review)
    faces = count_waiting(db, caller)
    return WaitingWork(requests, applications, check_ins, projects, settlements, faces.cases, faces.resets)


def _within(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(Unit.path.startswith(path) for path in paths))


def _count(db: Session, table: type[Base], *wanted: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).select_from(table).where(*wanted)) or 0


def _is_today(session: VenueSession, now: datetime) -> bool:
    first, last = (local_day(at, session.zone) for at in (session.starts_at, session.ends_at))
    return first <= local_day(now, session.zone) <= last


def _judge(project: Project, own: OwnSession, now: datetime) -> Today:
    """Return what the person can do at the session now. Check-in comes first, then check-out where it is asked for."""
    session = own.attended.session
    done = {row.direction for row in own.attended.check_ins if row.status in _CHECKED}
    if session.cancelled_at is not None or project.status is ProjectStatus.CANCELLED:
        return Today(project, own, None, WhyNot.CANCELLED, None)
    if project.status is not ProjectStatus.RUNNING and project.status is not ProjectStatus.ANNOUNCED:
        return Today(project, own, None, WhyNot.NOT_RUNNING, None)
    if own.place in (OwnPlace.NONE, OwnPlace.WAITING):
        return Today(project, own, None, WhyNot.NO_PLACE, None)
    if Direction.IN not in done:
        return _in_window(project, own, Direction.IN, session.in_opens_at, session.in_closes_at, now)
    if project.needs_check_out and Direction.OUT not in done:
        return _in_window(project, own, Direction.OUT, session.out_opens_at, session.out_closes_at, now)
    return Today(project, own, None, WhyNot.DONE, None)


def _in_window(
    project: Project, own: OwnSession, direction: Direction, opens_at: datetime, closes_at: datetime, now: datetime
) -> Today:
    closed_at = own.attended.session.closed_at
    if now >= closes_at or (closed_at is not None and now >= closed_at):
        return Today(project, own, None, WhyNot.CLOSED, None)
    if now < opens_at:
        return Today(project, own, None, WhyNot.TOO_EARLY, opens_at)
    return Today(project, own, direction, None, None)
