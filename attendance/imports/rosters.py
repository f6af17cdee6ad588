"""Rows of a roster: who they are, put on the roster, and taken off it again."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from attendance.imports.rows import ID_NUMBER, NAME, NUMBER, PHONE, blame
from attendance.roster import rosters
from attendance.sessions import places
from models.accounts import Account
from models.attendance import CheckInAttempt
from models.base import new_id
from models.imports import ImportRow, RowOutcome
from models.people import Person, Unit
from models.projects import Project, RosterEntry, RosterRole, WaitingEntry
from sheets.cells import plain

_T = TypeVar("_T")
_DOTS = dict.fromkeys(map(ord, "·•・‧.．"), "·")


def check(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Look up who the rows name. Who is on file under another name is refused: a slip would give a stranger credits."""
    by_number = _by(db, Person.cme_number, [row.cme_number for row in rows])
    by_document = _by(db, Person.id_number_hash, [row.id_number_hash for row in rows])
    by_phone = _by(db, Person.phone_hash, [row.phone_hash for row in rows])
    for row in rows:
        if row.cme_number is not None:
            person = by_number.get(row.cme_number)
            if person is None:
                blame(row, NUMBER, "unknown_number")
        else:
            person = by_document.get(row.id_number_hash) or by_phone.get(row.phone_hash)
        if person is None:
            continue
        if row.name is not None and _comparable(row.name) != _comparable(person.name):
            blame(row, NAME, "name_mismatch")
        elif row.id_number_hash and person.id_number_hash and row.id_number_hash != person.id_number_hash:
            blame(row, PHONE, "phone_of_another")
        elif row.phone_hash and person.phone_hash and row.phone_hash != person.phone_hash:
            blame(row, ID_NUMBER, "phone_changed")
        else:
            row.person_id = person.id


def commit(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Expect the people; those who aren't on file become people without a 继教编号. project: locked."""
    _take_in(db, project, rows, now)
    for role in RosterRole:
        mine = [row for row in rows if row.role is role]
        people = [row.person_id for row in mine if row.person_id is not None]
        entries = rosters.add_or_queue(db, project=project, people=people, role=role, now=now)
        for row in mine:
            assert row.person_id is not None  # noqa: S101 - for the type checker: taken in above
            row.outcome = RowOutcome.ALREADY
            for outcome, made in ((RowOutcome.ADDED, entries.added), (RowOutcome.WAITING, entries.waiting)):
                if row.person_id in made:
                    row.outcome, row.made_id = outcome, made[row.person_id]
    for row in rows:
        row.phone_sealed = row.phone_hash = row.id_number_sealed = row.id_number_hash = None


def undo(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Take off the roster whom these rows put on it; who has checked in since stays. project: locked."""
    made = [row for row in rows if row.outcome in (RowOutcome.ADDED, RowOutcome.WAITING)]
    # who waited may have a place by now
    people = {row.person_id for row in made if row.person_id is not None}
    stay = rosters.has_check_ins(db, project_id=project.id, people=people)
    gone = [row for row in made if row.person_id not in stay]
    for row in made:
        row.outcome = RowOutcome.KEPT if row.person_id in stay else RowOutcome.UNDONE
    for role in RosterRole:
        ids = [row.person_id for row in gone if row.role is role]
        entries = RosterEntry.project_id == project.id, RosterEntry.role == role, RosterEntry.person_id.in_(ids)
        db.execute(delete(RosterEntry).where(*entries))
    learners = [row.person_id for row in gone if row.role is RosterRole.LEARNER]
    waiting = WaitingEntry.project_id == project.id, WaitingEntry.person_id.in_(learners)
    db.execute(delete(WaitingEntry).where(*waiting))
    places.leave_project(db, project_id=project.id, people=[each for each in learners if each is not None], now=now)
    _forget(db, [row for row in gone if row.is_newcomer])


def _take_in(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Make people of newcomers; one who was taken in since the preview is found instead."""
    new = [row for row in rows if row.person_id is None]
    by_document = _by(db, Person.id_number_hash, [row.id_number_hash for row in new])
    taken = _by(db, Person.phone_hash, [row.phone_hash for row in new])  # by somebody, since the preview
    home = _province(db, project)
    for row in new:
        person = by_document.get(row.id_number_hash)
        if person is None:
            person = Person(
                id=new_id(),
                name=row.name,
                unit_id=home,
                employer=row.employer,
                phone_sealed=None if row.phone_hash in taken else row.phone_sealed,
                phone_hash=None if row.phone_hash in taken else row.phone_hash,
                id_number_sealed=row.id_number_sealed,
                id_number_hash=row.id_number_hash,
                created_at=now,
            )
            db.add(person)
            by_document[row.id_number_hash] = person  # as learner and as speaker
            row.is_newcomer = True
    db.flush()  # people first: nothing tells the unit of work that the rows point to them
    for row in new:
        row.person_id = by_document[row.id_number_hash].id


def _comparable(name: str) -> str:
    """A name without what differs by keyboard: blanks, full-width letters, the dot within 买买提·艾力."""
    return plain(name).translate(_DOTS).casefold()


def _forget(db: Session, rows: Sequence[ImportRow]) -> None:
    """Delete people whom these rows made and nothing else knows of."""
    ids = [row.person_id for row in rows]
    for row in rows:
        row.person_id = None
    db.flush()
    known = [
        exists().where(table.person_id == Person.id)
        for table in (RosterEntry, WaitingEntry, CheckInAttempt, Account, ImportRow)
    ]
    db.execute(delete(Person).where(Person.id.in_(ids), *(~each for each in known)))


def _province(db: Session, project: Project) -> uuid.UUID:
    """Where people of elsewhere are kept: the root, which no hospital's admin reaches."""
    path = db.scalars(select(Unit.path).where(Unit.id == project.unit_id)).one()
    return uuid.UUID(hex=path.split("/", 1)[0])


def _by(db: Session, column: InstrumentedAttribute[_T | None], values: Sequence[_T | None]) -> dict[_T | None, Person]:
    wanted = {value for value in values if value is not None}
    return {getattr(each, column.key): each for each in db.scalars(select(Person).where(column.in_(wanted)))}
