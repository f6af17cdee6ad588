"""Lists what staff did about attendance at a project, newest first, and what of it the caller can undo."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from attendance.projects.access import ReadableProject
from attendance.projects.states import FROZEN
from attendance.room.undoing import UNDO_WITHIN, find_last
from foundation.callers import Caller
from models.attendance_acts import ActPerson, AttendanceAct, AttendanceUndo
from models.people import Person
from models.projects import Session as VenueSession

_SHOWN = 5
"""How many people of an act are named; the others are counted."""


@dataclass(frozen=True)
class ListedAct:
    """An act with its session. people: ids of the first few, of `count`. undo: None unless it was undone.

    undo_until: until when the caller can undo it; None where they can't.
    """

    act: AttendanceAct
    session: VenueSession
    people: Sequence[uuid.UUID]
    count: int
    undo: AttendanceUndo | None
    undo_until: datetime | None


@dataclass(frozen=True)
class ActKey:
    """The place of an act in the list; a page begins after it."""

    made_at: datetime
    id: uuid.UUID


def list_acts(
    db: Session,
    *,
    project: ReadableProject,
    session_id: uuid.UUID | None = None,
    after: ActKey | None,
    limit: int,
    caller: Caller,
    now: datetime,
) -> list[ListedAct]:
    """Return the acts at a project, newest first, beginning after `after`. session_id: None for all sessions."""
    table = AttendanceAct
    wanted = (
        select(table, VenueSession, AttendanceUndo)
        .join(VenueSession, VenueSession.id == table.session_id)
        .outerjoin(AttendanceUndo, AttendanceUndo.act_id == table.id)
        .where(table.project_id == project.id)
    )
    if session_id is not None:
        wanted = wanted.where(table.session_id == session_id)
    if after is not None:
        same = and_(table.made_at == after.made_at, table.id < after.id)
        wanted = wanted.where(or_(table.made_at < after.made_at, same))
    rows = db.execute(wanted.order_by(table.made_at.desc(), table.id.desc()).limit(limit)).all()
    counts, people = _people(db, [act.id for act, _, _ in rows])
    last = None if project.status in FROZEN else find_last(db, project_id=project.id, made_by=caller.person_id)
    found = []
    for act, session, undo in rows:
        until = act.made_at + UNDO_WITHIN
        can_undo = act.id == last and now < until
        found.append(ListedAct(act, session, people[act.id], counts[act.id], undo, until if can_undo else None))
    return found


def get_act(db: Session, *, act_id: uuid.UUID) -> ListedAct:
    """Return an act that exists, as the list has it once it is undone."""
    act = db.get_one(AttendanceAct, act_id)
    counts, people = _people(db, [act.id])
    session = db.get_one(VenueSession, act.session_id)
    return ListedAct(act, session, people[act.id], counts[act.id], db.get(AttendanceUndo, act.id), None)


def _people(
    db: Session, acts: Sequence[uuid.UUID]
) -> tuple[Mapping[uuid.UUID, int], Mapping[uuid.UUID, list[uuid.UUID]]]:
    """Return how many people each act concerns, and the first of them by name."""
    number = func.row_number().over(partition_by=ActPerson.act_id, order_by=(Person.name, Person.id)).label("number")
    count = func.count().over(partition_by=ActPerson.act_id).label("people")
    named = select(ActPerson.act_id, ActPerson.person_id, number, count).join(Person, Person.id == ActPerson.person_id)
    each = named.where(ActPerson.act_id.in_(acts)).subquery("named")
    counts: dict[uuid.UUID, int] = {}
    people: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    shown = select(each).where(each.c.number <= _SHOWN).order_by(each.c.act_id, each.c.number)
    for row in db.execute(shown):
        counts[row.act_id] = row.people
        people[row.act_id].append(row.person_id)
    return counts, people
