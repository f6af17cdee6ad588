"""The attendance history of a person (考勤记录查询) and the check-ins of a session, each in a few statements."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, union
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.attempts.attempts import decision_of
from attendance.attempts.observations import COUNTED_STATUS
from attendance.projects.access import ReadableSession
from attendance.projects.visibility import was_announced
from faces.matching.policy import Decision
from foundation.errors import NotFound
from foundation.listing import Count, count_rows
from models.amounts import CreditAmount
from models.attendance import (
    CheckIn,
    CheckInAttempt,
    CheckInMethod,
    CheckInStatus,
    Direction,
    ReviewReason,
    VoidedCheckIn,
)
from models.ledger import LedgerEntry, SourceKind
from models.people import Person, Unit
from models.projects import Project, ProjectStatus, RosterEntry, WaitingEntry
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class AttendedSession:
    """A session with the person's check-ins. voided: those that were declared void when the session moved."""

    session: VenueSession
    check_ins: list[CheckIn]
    voided: list[VoidedCheckIn]


@dataclass(frozen=True)
class AttendedProject:
    """A project with its sessions in order of their start."""

    project: Project
    sessions: list[AttendedSession]


@dataclass(frozen=True)
class ProjectKey:
    """The place of a project in a history; a page begins after it."""

    starts_on: date
    id: uuid.UUID


_CURRENT = 100

# built once: building these statements costs more than running them
_ON_ROSTER = (
    select(RosterEntry.project_id)
    .join(Project, Project.id == RosterEntry.project_id)
    .where(RosterEntry.person_id == bindparam("person_id"), was_announced())
)
_CHECKED_IN = (
    select(VenueSession.project_id)
    .join(CheckIn, CheckIn.session_id == VenueSession.id)
    .where(CheckIn.person_id == bindparam("person_id"))
)
_PROJECTS = (
    select(Project)
    .where(Project.id.in_(union(_ON_ROSTER, _CHECKED_IN)))
    .order_by(Project.starts_on.desc(), Project.id.desc())
    .limit(bindparam("most"))
)
_SESSIONS = (
    select(VenueSession)
    .where(VenueSession.project_id.in_(bindparam("project_ids", expanding=True)))
    .order_by(VenueSession.starts_at, VenueSession.id)
)
_CHECK_INS = (
    select(CheckIn)
    .where(CheckIn.person_id == bindparam("person_id"))
    .where(CheckIn.session_id.in_(bindparam("session_ids", expanding=True)))
    .where(CheckIn.status != CheckInStatus.VOID)
    .order_by(CheckIn.checked_in_at, CheckIn.id)
)
_VOIDED = (
    select(VoidedCheckIn)
    .where(VoidedCheckIn.person_id == bindparam("person_id"))
    .where(VoidedCheckIn.session_id.in_(bindparam("session_ids", expanding=True)))
    .order_by(VoidedCheckIn.voided_at, VoidedCheckIn.checked_in_at, VoidedCheckIn.id)
)


@dataclass(frozen=True)
class HistoryFilter:
    """Which projects of a history are asked for; None for all. year: of a day between their first and last."""

    year: int | None = None
    status: ProjectStatus | None = None


def list_attended(
    db: Session, *, person_id: uuid.UUID, asked: HistoryFilter, after: ProjectKey | None, limit: int
) -> list[AttendedProject]:
    """Return the projects where the person is on the roster or has checked in, newest first.

    Projects that were never announced are left out, unless the person has checked in there.
    """
    wanted = _PROJECTS
    if asked.year is not None:
        wanted = wanted.where(Project.starts_on <= date(asked.year, 12, 31), Project.ends_on >= date(asked.year, 1, 1))
    if asked.status is not None:
        wanted = wanted.where(Project.status == asked.status)
    if after is not None:
        earlier = Project.starts_on < after.starts_on
        wanted = wanted.where(or_(earlier, and_(Project.starts_on == after.starts_on, Project.id < after.id)))
    return _with_sessions(db, db.scalars(wanted, {"person_id": person_id, "most": limit}).all(), person_id)


def list_current(db: Session, *, person_id: uuid.UUID, now: datetime) -> list[AttendedProject]:
    """Return the projects in which the person can still do something, newest first, a hundred at most."""
    going_on = (ProjectStatus.ANNOUNCED, ProjectStatus.RUNNING, ProjectStatus.ENDED)
    wanted = _PROJECTS.where(or_(Project.status.in_(going_on), Project.open_until > now))
    return _with_sessions(db, db.scalars(wanted, {"person_id": person_id, "most": _CURRENT}).all(), person_id)


def get_attended(db: Session, *, person_id: uuid.UUID, project_id: uuid.UUID) -> AttendedProject:
    """Return one project of the person's history, or one that they wait for. Raises NotFound."""
    mine = _PROJECTS.where(Project.id == project_id)
    projects = db.scalars(mine, {"person_id": person_id, "most": 1}).all()
    if not projects:
        waits = select(WaitingEntry.project_id).where(WaitingEntry.person_id == person_id)
        projects = db.scalars(
            select(Project).where(Project.id == project_id, Project.id.in_(waits), was_announced())
        ).all()
    if not projects:
        raise NotFound
    return _with_sessions(db, projects, person_id)[0]


def _with_sessions(db: Session, projects: Sequence[Project], person_id: uuid.UUID) -> list[AttendedProject]:
    """Return the projects with their sessions and the person's check-ins there."""
    sessions = db.scalars(_SESSIONS, {"project_ids": [project.id for project in projects]}).all()
    mine = {"person_id": person_id, "session_ids": [session.id for session in sessions]}
    check_ins = defaultdict(list)
    for row in db.scalars(_CHECK_INS, mine):
        check_ins[row.session_id].append(row)
    voided = defaultdict(list)
    for kept in db.scalars(_VOIDED, mine):
        voided[kept.session_id].append(kept)
    by_project = defaultdict(list)
    for session in sessions:
        attended = AttendedSession(session, check_ins[session.id], voided[session.id])
        by_project[session.project_id].append(attended)
    return [AttendedProject(project, by_project[project.id]) for project in projects]


def list_earned(db: Session, *, person_id: uuid.UUID, project_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Decimal]:
    """Return the credits that projects gave a person, by project, without projects that gave none or were reversed."""
    wanted = (
        select(LedgerEntry.source_id, func.sum(LedgerEntry.counted, type_=CreditAmount()))
        .where(LedgerEntry.person_id == person_id, LedgerEntry.source_kind == SourceKind.PROJECT)
        .where(LedgerEntry.source_id.in_(project_ids))
        .group_by(LedgerEntry.source_id)
    )
    return {project_id: credits for project_id, credits in db.execute(wanted) if credits}


@dataclass(frozen=True)
class Attendee:
    """A check-in as the organizer sees it. unit: the name of the person's unit."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    direction: Direction
    checked_in_at: datetime
    method: CheckInMethod
    status: CheckInStatus
    """What counts: by the machine's observation where that decides."""
    machine_at: datetime | None
    machine_status: CheckInStatus | None
    decision: Decision | None
    """The decision on the face, None where no face was compared."""
    review_reason: ReviewReason | None
    """Another reason than the distance for which staff must look."""
    captured_at: datetime | None
    """When the photo was taken, if it was sent after the ticket's end."""


@dataclass(frozen=True)
class AttendeeKey:
    """The place of a check-in in the list of a session; a page begins after it."""

    checked_in_at: datetime
    id: uuid.UUID


@dataclass(frozen=True)
class AttendeesSought:
    """Which check-ins of a session; None for all. text: a part of the name or 继教编号."""

    status: CheckInStatus | None = None
    direction: Direction | None = None
    text: str | None = None


def list_attendees(
    db: Session, *, session: ReadableSession, sought: AttendeesSought, after: AttendeeKey | None, limit: int
) -> list[Attendee]:
    """Return the check-ins of a session in order of their time, beginning after `after`."""
    wanted = _attendees(session, sought)
    if after is not None:
        later = CheckIn.checked_in_at > after.checked_in_at
        wanted = wanted.where(or_(later, and_(CheckIn.checked_in_at == after.checked_in_at, CheckIn.id > after.id)))
    found = db.execute(wanted.order_by(CheckIn.checked_in_at, CheckIn.id).limit(limit))
    attendees = []
    for row in found:
        *facts, attempt, captured_at = row
        attendees.append(Attendee(*facts, decision_of(attempt), attempt.review_reason, captured_at))  # type: ignore[call-arg] # the columns are in the order of the fields
    return attendees


def count_attendees(db: Session, *, session: ReadableSession, sought: AttendeesSought) -> Count:
    """Return how many check-ins `list_attendees` has."""
    return count_rows(db, _attendees(session, sought).with_only_columns(CheckIn.id))


def _attendees(session: ReadableSession, sought: AttendeesSought) -> Any:
    wanted = (
        select(
            CheckIn.id,
            Person.id,
            Person.name,
            Person.cme_number,
            Unit.name,
            CheckIn.direction,
            CheckIn.checked_in_at,
            CheckIn.method,
            COUNTED_STATUS,
            CheckIn.machine_at,
            CheckIn.machine_status,
            CheckInAttempt,
            CheckIn.captured_at,
        )
        .join(Person, Person.id == CheckIn.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .join(CheckInAttempt, CheckInAttempt.id == CheckIn.attempt_id)
        .where(CheckIn.session_id == session.id)
    )
    if sought.status is not None:
        wanted = wanted.where(COUNTED_STATUS.in_([sought.status]))
    if sought.direction is not None:
        wanted = wanted.where(CheckIn.direction == sought.direction)
    return wanted.where(holds_name(sought.text))
