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
from attendance.sessions.held import is_over
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
class Shown:
    """Of which project a grid is, and of which of its sessions. now: what counts then may yet become more."""

    project: Project
    sessions: Sequence[VenueSession]
    now: datetime


def read_rows(db: Session, shown: Shown, *, after: uuid.UUID | None, limit: int) -> list[GridRow]:
    """Return rows in the order in which people came onto the roster, from the entry after `after` on."""
    project = shown.project
    people = _people(db, project, after, limit)
    ids = [each.id for each in people]
    facts = facts_of(db, [each.id for each in shown.sessions], ids)
    conflicts = conflicts_of(db, project=project, people=ids)
    groups = parallel_groups(shown.sessions)
    rows = []
    for person in people:
        known = facts.get(person.id, {})
        share = share_of(groups, attended_of(known, project))
        rows.append(
            GridRow(
                person=person,
                outcomes={
                    each.id: outcome_of(known.get(each.id, _NO_FACTS), project, is_over=is_over(each, shown.now))
                    for each in shown.sessions
                },
                share=share,
                is_met=share.meets(project.min_attendance),
                conflicts=conflicts[person.id],
            )
        )
    return rows


def all_rows(db: Session, shown: Shown) -> Iterator[GridRow]:
    """Yield every row, read page by page, so that memory doesn't grow with the roster."""
    after = None
    while True:
        rows = read_rows(db, shown, after=after, limit=_PAGE)
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].person.entry_id


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
