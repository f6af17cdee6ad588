"""The attendance of a project as a grid: a row a person, a column a session. Each page takes a few statements."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.record.conflicts import Conflict, conflicts_of
from attendance.record.facts import Facts, facts_of
from attendance.record.outcomes import SessionOutcome
from attendance.record.shares import Share, attended_of, outcome_of, parallel_groups, share_of
from attendance.sessions.held import held_sessions, is_over
from models.people import Person, Unit
from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession

_PAGE = 500
_NO_FACTS = Facts()


@dataclass(frozen=True)
class GridPerson:
    """A person of the roster. unit: the name of their unit."""

    entry_id: uuid.UUID
    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole


@dataclass(frozen=True)
class GridRow:
    """The row of a person: outcomes by session id, share, conflicts. is_met: whether the share is high enough."""

    person: GridPerson
    outcomes: Mapping[uuid.UUID, SessionOutcome]
    share: Share
    is_met: bool
    conflicts: Sequence[Conflict]


@dataclass(frozen=True)
class Grid:
    """A page of the grid, in the order in which people were added to the roster."""

    sessions: Sequence[VenueSession]
    rows: list[GridRow]


def read_grid(db: Session, *, project: Project, now: datetime, after: uuid.UUID | None, limit: int) -> Grid:
    """Return a page of the grid, beginning after the roster entry `after`. The shares count what is attended so far."""
    sessions = held_sessions(db, project)
    people = _people(db, project, after, limit)
    ids = [each.id for each in people]
    facts = facts_of(db, [each.id for each in sessions], ids)
    conflicts = conflicts_of(db, project=project, people=ids)
    groups = parallel_groups(sessions)
    rows = []
    for person in people:
        known = facts.get(person.id, {})
        share = share_of(groups, attended_of(known, project))
        rows.append(
            GridRow(
                person=person,
                outcomes={
                    each.id: outcome_of(known.get(each.id, _NO_FACTS), project, is_over=is_over(each, now))
                    for each in sessions
                },
                share=share,
                is_met=share.meets(project.min_attendance),
                conflicts=conflicts[person.id],
            )
        )
    return Grid(sessions, rows)


def whole_grid(db: Session, *, project: Project, now: datetime) -> Iterator[GridRow]:
    """Yield all rows. They are read page by page, so that memory doesn't grow with the roster."""
    after = None
    while True:
        page = read_grid(db, project=project, now=now, after=after, limit=_PAGE)
        yield from page.rows
        if len(page.rows) < _PAGE:
            return
        after = page.rows[-1].person.entry_id


def _people(db: Session, project: Project, after: uuid.UUID | None, limit: int) -> list[GridPerson]:
    wanted = (
        select(RosterEntry.id, Person.id, Person.name, Person.cme_number, Unit.name, RosterEntry.role)
        .join(Person, Person.id == RosterEntry.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(RosterEntry.project_id == project.id)
    )
    if after is not None:
        wanted = wanted.where(RosterEntry.id > after)
    return [GridPerson(*row) for row in db.execute(wanted.order_by(RosterEntry.id).limit(limit))]
