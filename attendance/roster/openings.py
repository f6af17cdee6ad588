"""How people get into projects by themselves: how many places are left, until when they may apply, what they did."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from attendance.projects.application_rows import STANDS
from attendance.projects.entry import WhyClosed, why_closed
from attendance.projects.planned_sessions import NOT_CANCELLED
from attendance.projects.visibility import was_announced
from attendance.roster.waiting_list import places_of
from foundation.clock import HOME, day_at_home
from foundation.errors import NotFound
from foundation.listing import Count, Order, count_rows, holds
from models.applications import ProjectApplication
from models.people import Person, Unit
from models.projects import ApplicationMode, OpenTo, Project, ProjectStatus, RosterEntry, RosterRole, WaitingEntry
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Entry:
    """How a person gets into a project.

    places_left: None without a capacity; applies_until: when the project begins; closed: why nobody can apply now;
    application: their newest one; waiting_place: their number on the waiting list; is_expected: they are on the roster.
    """

    places_left: int | None
    applies_until: datetime
    closed: WhyClosed | None
    application: ProjectApplication | None
    waiting_place: int | None
    is_expected: bool

    @property
    def can_apply(self) -> bool:
        """Return whether the person may apply now: it is open, and they neither have a place nor wait for one."""
        stands = self.application is not None and self.application.status in STANDS
        return self.closed is None and not (self.is_expected or stands or self.waiting_place is not None)


@dataclass(frozen=True)
class OpenProject:
    """A project that people may get into, as one person sees it. unit: name of its unit."""

    project: Project
    unit: str
    entry: Entry


@dataclass(frozen=True)
class OpeningsSought:
    """Which projects: those that a person can get into at `now`. text: a part of the name or number; None for all."""

    person_id: uuid.UUID
    text: str | None
    now: datetime


_BY_START = Order((Project.starts_on, Project.id))


def list_open(db: Session, sought: OpeningsSought, *, after: Sequence[Any] | None, limit: int) -> list[OpenProject]:
    """Return the projects that the person may apply for or join on the spot, the first to begin first.

    Projects with the person on the roster are among them.
    """
    wanted = _BY_START.page(_open_to(sought), after=after, limit=limit)
    return _with_entries(db, db.execute(wanted).all(), sought.person_id, sought.now)


def count_open(db: Session, sought: OpeningsSought) -> Count:
    """Return how many projects `list_open` has."""
    return count_rows(db, _open_to(sought).with_only_columns(Project.id))


def get_open(db: Session, *, person_id: uuid.UUID, project_id: uuid.UUID, now: datetime) -> OpenProject:
    """Return a project that was announced and that people may get into, or for which the person has applied.

    Raises NotFound for any other, and for one that isn't meant for the person.
    """
    applied = exists().where(ProjectApplication.project_id == Project.id, ProjectApplication.person_id == person_id)
    takes = and_(or_(Project.applications != ApplicationMode.NONE, Project.is_open), _is_meant_for(person_id))
    wanted = select(Project, Unit.name).join(Unit, Unit.id == Project.unit_id)
    found = db.execute(wanted.where(Project.id == project_id, was_announced(), or_(applied, takes))).all()
    if not found:
        raise NotFound
    return _with_entries(db, found, person_id, now)[0]


def entries_of(
    db: Session, projects: Sequence[Project], *, person_id: uuid.UUID, now: datetime
) -> Mapping[uuid.UUID, Entry]:
    """Return how a person gets into projects, by project, in a few statements however many they are."""
    ids = [each.id for each in projects]
    learners, waiting = _counted(db, RosterEntry, ids), _counted(db, WaitingEntry, ids)
    begins, own_places = _begins(db, projects), places_of(db, person_id=person_id, project_ids=ids)
    mine = ProjectApplication.person_id == person_id, ProjectApplication.project_id.in_(ids)
    last = {
        each.project_id: each
        for each in db.scalars(select(ProjectApplication).where(*mine).order_by(ProjectApplication.id))
    }
    own = RosterEntry.person_id == person_id, RosterEntry.project_id.in_(ids)
    expected = set(db.scalars(select(RosterEntry.project_id).where(*own)))
    found = {}
    for each in projects:
        taken = learners.get(each.id, 0) + waiting.get(each.id, 0)
        found[each.id] = Entry(
            places_left=None if each.capacity is None else max(0, each.capacity - taken),
            applies_until=begins[each.id],
            closed=why_closed(each, begins[each.id], now),
            application=last.get(each.id),
            waiting_place=own_places.get(each.id),
            is_expected=each.id in expected,
        )
    return found


def begins_at(db: Session, project: Project) -> datetime:
    """Return when a project begins: with its first session, or on its first day if it has none."""
    return _begins(db, [project])[project.id]


def _begins(db: Session, projects: Sequence[Project]) -> Mapping[uuid.UUID, datetime]:
    wanted = select(VenueSession.project_id, func.min(VenueSession.starts_at))
    wanted = wanted.where(VenueSession.project_id.in_([each.id for each in projects]), NOT_CANCELLED)
    first = {row[0]: row[1] for row in db.execute(wanted.group_by(VenueSession.project_id))}
    return {each.id: first.get(each.id) or datetime.combine(each.starts_on, time(), HOME) for each in projects}


def _counted(db: Session, table: Any, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    wanted = select(table.project_id, func.count()).where(table.project_id.in_(ids)).group_by(table.project_id)
    if table is RosterEntry:
        wanted = wanted.where(RosterEntry.role == RosterRole.LEARNER)
    return {row[0]: row[1] for row in db.execute(wanted)}


def _open_to(sought: OpeningsSought) -> Select[Project, str]:
    now, today = sought.now, day_at_home(sought.now)
    sessions = select(VenueSession.id).where(VenueSession.project_id == Project.id, NOT_CANCELLED)
    has_begun = or_(
        sessions.where(VenueSession.starts_at <= now).exists(), and_(~sessions.exists(), Project.starts_on <= today)
    )
    applies = and_(Project.applications != ApplicationMode.NONE, Project.status == ProjectStatus.ANNOUNCED, ~has_begun)
    joins = and_(Project.is_open, Project.status.in_((ProjectStatus.ANNOUNCED, ProjectStatus.RUNNING)))
    return (
        select(Project, Unit.name)
        .join(Unit, Unit.id == Project.unit_id)
        .where(or_(applies, joins), Project.ends_on >= today, _is_meant_for(sought.person_id))
        .where(holds(sought.text, Project.name, Project.number))
    )


def _is_meant_for(person_id: uuid.UUID) -> ColumnElement[bool]:
    """Return the SQL condition that the Project of the enclosing statement, joined with Unit, is for the person."""
    own = aliased(Unit)
    path = select(own.path).join(Person, Person.unit_id == own.id).where(Person.id == person_id).scalar_subquery()
    return or_(Project.open_to == OpenTo.ANYONE, path.startswith(Unit.path))


def _with_entries(db: Session, rows: Sequence[Any], person_id: uuid.UUID, now: datetime) -> list[OpenProject]:
    entries = entries_of(db, [project for project, _ in rows], person_id=person_id, now=now)
    return [OpenProject(project, unit, entries[project.id]) for project, unit in rows]
