"""The people whom staff at the door may tick: those who are expected at a session, each with what they have done."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from accounts.people.name_search import holds_name
from attendance.projects.access import ReadableSession
from attendance.projects.audience import select_expected
from foundation.listing import Count, Order, count_rows
from models.attendance import CheckIn, CheckInStatus, Direction
from models.people import Person, Unit

_IN, _OUT = aliased(CheckIn), aliased(CheckIn)
_ORDER = Order((Person.name, Person.id))


@dataclass(frozen=True)
class DoorPerson:
    """Somebody who is expected. unit: the name of theirs; the others are None for what they have not done."""

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    checked_in_at: datetime | None
    in_status: CheckInStatus | None
    checked_out_at: datetime | None
    out_status: CheckInStatus | None


def list_at_door(
    db: Session, *, session: ReadableSession, text: str | None, after: Sequence[Any] | None, limit: int
) -> list[DoorPerson]:
    """Return the people expected at a session whose name, pinyin or number holds a text, by name; all for None."""
    return [DoorPerson(*row) for row in db.execute(_ORDER.page(_expected(session, text), after=after, limit=limit))]


def count_at_door(db: Session, *, session: ReadableSession, text: str | None) -> Count:
    """Return how many people `list_at_door` has."""
    return count_rows(db, _expected(session, text).with_only_columns(Person.id))


def _expected(session: ReadableSession, text: str | None) -> Select[*tuple[Any, ...]]:
    facts = (Person.id, Person.name, Person.cme_number, Unit.name)
    done = (_IN.checked_in_at, _IN.status, _OUT.checked_in_at, _OUT.status)
    wanted: Select[*tuple[Any, ...]] = select(*facts, *done).join(Unit, Unit.id == Person.unit_id)
    for way, direction in ((_IN, Direction.IN), (_OUT, Direction.OUT)):
        theirs = and_(way.session_id == session.id, way.person_id == Person.id, way.direction == direction)
        wanted = wanted.outerjoin(way, theirs)
    return wanted.where(Person.id.in_(select_expected(session.project_id, session)), holds_name(text))
