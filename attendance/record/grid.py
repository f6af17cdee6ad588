"""The attendance of a project as a grid: a row a person, a column a session. Each page takes a few statements."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.projects.staff import is_staff
from attendance.record.conflicts import Conflict, conflicts_of
from attendance.record.facts import Facts, facts_of
from attendance.record.outcomes import SessionOutcome, before_it_begins
from attendance.record.shares import Share, outcome_of
from attendance.record.sums import Sums
from attendance.sessions.held import is_over
from foundation.listing import Count, count_rows
from models.attendance import CheckIn, CheckInMethod, Direction
from models.people import Person, Unit
from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession

_PAGE = 500
_NO_FACTS = Facts()


@dataclass(frozen=True)
class GridPerson:
    """A person of the roster. unit: the name of their unit; is_staff: they organize the project."""

    entry_id: uuid.UUID
    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    is_staff: bool


@dataclass(frozen=True)
class GridRow:
    """The row of a person: outcomes by session id, share, conflicts. is_met: whether the share is high enough.

    by_machine: the sessions at which an attendance machine's observation decides whether they came in time.
    """

    person: GridPerson
    outcomes: Mapping[uuid.UUID, SessionOutcome]
    share: Share
    is_met: bool
    conflicts: Sequence[Conflict]
    by_machine: Sequence[uuid.UUID]


@dataclass(frozen=True)
class GridScope:
    """Of which project a grid is, and of which of its sessions. now: what counts then may yet become more."""

    project: Project
    sessions: Sequence[VenueSession]
    now: datetime


@dataclass(frozen=True)
class RowsSought:
    """Which rows of a grid. text: a part of the name or 继教编号; None for all."""

    role: RosterRole | None = None
    text: str | None = None


_ALL = RowsSought()


def read_rows(
    db: Session, shown: GridScope, *, sought: RowsSought = _ALL, after: uuid.UUID | None, limit: int
) -> list[GridRow]:
    """Return rows in the order in which people came onto the roster, from the entry after `after` on."""
    project = shown.project
    wanted = _people(project, sought).order_by(RosterEntry.id).limit(limit)
    people = [GridPerson(*row) for row in db.execute(wanted if after is None else wanted.where(RosterEntry.id > after))]
    ids = [each.id for each in people]
    facts = facts_of(db, [each.id for each in shown.sessions], ids)
    conflicts = conflicts_of(db, project=project, people=ids)
    by_machine = _seen_by_machines(db, shown, ids)
    sums = Sums(project, shown.sessions)
    rows = []
    for person in people:
        known = facts.get(person.id, {})
        share = sums.share(known)
        rows.append(
            GridRow(
                person=person,
                outcomes={each.id: _outcome(known.get(each.id, _NO_FACTS), each, shown) for each in shown.sessions},
                share=share,
                is_met=share.meets(project.min_attendance),
                conflicts=conflicts[person.id],
                by_machine=by_machine[person.id],
            )
        )
    return rows


def count_people(db: Session, project: Project, *, sought: RowsSought) -> Count:
    """Return how many rows `read_rows` has."""
    return count_rows(db, _people(project, sought).with_only_columns(RosterEntry.id))


def all_rows(db: Session, shown: GridScope) -> Iterator[GridRow]:
    """Yield every row, read page by page, so that memory doesn't grow with the roster."""
    after = None
    while True:
        rows = read_rows(db, shown, after=after, limit=_PAGE)
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].person.entry_id


def _outcome(facts: Facts, session: VenueSession, shown: GridScope) -> SessionOutcome:
    outcome = outcome_of(facts, shown.project, is_over=is_over(session, shown.now))
    return before_it_begins(outcome, facts.mark) if shown.now < session.starts_at else outcome


def _seen_by_machines(
    db: Session, shown: GridScope, people: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[uuid.UUID]]:
    """Return the sessions at which a machine's observation decides, by person."""
    wanted = select(CheckIn.person_id, CheckIn.session_id).where(
        CheckIn.session_id.in_([each.id for each in shown.sessions]),
        CheckIn.person_id.in_(people),
        CheckIn.direction == Direction.IN,
        or_(CheckIn.method == CheckInMethod.MACHINE, CheckIn.machine_at.is_not(None)),
    )
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for person_id, session_id in db.execute(wanted.order_by(CheckIn.person_id, CheckIn.session_id)):
        found[person_id].append(session_id)
    return found


def _people(project: Project, sought: RowsSought) -> Select[*tuple[Any, ...]]:
    staff = is_staff(Person.id, project.id)
    wanted = (
        select(RosterEntry.id, Person.id, Person.name, Person.cme_number, Unit.name, RosterEntry.role, staff)
        .join(Person, Person.id == RosterEntry.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(RosterEntry.project_id == project.id, holds_name(sought.text))
    )
    return wanted if sought.role is None else wanted.where(RosterEntry.role == sought.role)
