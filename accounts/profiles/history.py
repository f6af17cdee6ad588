"""状态/职称变动情况 (M-5.4): one row for each change of a person's unit, title or status.

As long as nothing changed, no row is stored: the only one is the present state, since the year of the account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.people import Person, Unit
from models.person_facts import PersonStatus, Title
from models.profiles import PersonProfile, ProfileChange

_MOST = 200
"""Rows that are shown: more than anybody has titles and units in a working life."""


@dataclass(frozen=True)
class State:
    """What a row of the history is about."""

    unit_name: str
    title: Title | None
    person_status: PersonStatus


@dataclass(frozen=True)
class HistoryRow:
    """A row of the history. year: from which on."""

    unit_name: str
    title: Title | None
    person_status: PersonStatus
    year: int


def state_of(db: Session, person: Person, profile: PersonProfile | None) -> State:
    """Return the present unit, title and status of a person."""
    unit = db.get_one(Unit, person.unit_id)
    title = profile.title if profile is not None else None
    status = profile.person_status if profile is not None else PersonStatus.NORMAL
    return State(person.employer or unit.name, title, status)


def list_history(db: Session, person: Person, profile: PersonProfile | None) -> Sequence[HistoryRow]:
    """Return the history of a person, the latest year first."""
    rows = db.scalars(
        select(ProfileChange)
        .where(ProfileChange.person_id == person.id)
        .order_by(ProfileChange.year.desc(), ProfileChange.id.desc())
        .limit(_MOST)
    ).all()
    if rows:
        return [HistoryRow(row.unit_name, row.title, row.person_status, row.year) for row in rows]
    now = state_of(db, person, profile)
    return [HistoryRow(now.unit_name, now.title, now.person_status, _begun_in(person))]


def note_change(
    db: Session, *, person: Person, before: State, after: State, since_year: int | None, now: datetime
) -> None:
    """Add a row if the state changed; before the first one also the state until now, unless it lacked its title.

    since_year: from when on it holds; None for the year of `now`.
    """
    if before == after:
        return
    is_first = db.scalar(select(ProfileChange.id).where(ProfileChange.person_id == person.id).limit(1)) is None
    was_incomplete = before.title is None and (before.unit_name, before.person_status) == (
        after.unit_name,
        after.person_status,
    )
    year = since_year if since_year is not None else day_at_home(now).year
    if is_first and not was_incomplete:
        _add(db, person, before, min(_begun_in(person), year), now)
    if is_first and was_incomplete and since_year is None:
        year = _begun_in(person)
    _add(db, person, after, year, now)


def _add(db: Session, person: Person, state: State, year: int, now: datetime) -> None:
    db.add(
        ProfileChange(
            person_id=person.id,
            unit_name=state.unit_name,
            title=state.title,
            person_status=state.person_status,
            year=year,
            changed_at=now,
        )
    )
    db.flush()


def _begun_in(person: Person) -> int:
    return day_at_home(person.created_at).year
