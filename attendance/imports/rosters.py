"""Rows of a roster file: finding their people, adding them to the roster, and removing them again."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.people.readings import set_name
from accounts.people.references import is_unreferenced
from attendance.imports.rows import ID_NUMBER, NAME, NUMBER, PERSON, PHONE, add_error
from attendance.projects.application_rows import take_back
from attendance.roster import rosters, strangers
from attendance.roster.took_part import who_took_part
from attendance.sessions import places
from models.base import new_id
from models.imports import AttendanceImport, ImportRow, RowOutcome
from models.people import Person, Unit
from models.projects import Project, RosterEntry, RosterRole, WaitingEntry
from sheets.meanings import person_name_of

_T = TypeVar("_T")


def check(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Find the people of the rows. A person with another name is an error: a typing error would credit a stranger.

    A number of somebody of another hospital, of whom the file knows nothing else, is as unknown as one of nobody.
    """
    by_number = _by(db, Person.cme_number, [row.cme_number for row in rows])
    by_id = _by(db, Person.id, [row.person_ref for row in rows])
    by_document = _by(db, Person.id_number_hash, [row.id_number_hash for row in rows])
    by_phone = _by(db, Person.phone_hash, [row.phone_hash for row in rows])
    unknown_here = _find_strangers(db, project, rows, by_number.values())
    for row in rows:
        if row.cme_number is not None:
            owners = by_document.get(row.id_number_hash), by_phone.get(row.phone_hash)
            person = by_number.get(row.cme_number)
            if person is not None and person.id in unknown_here and not _is_known(row, person):
                person = None
            _find_by_number(row, person, *owners)
        elif row.person_ref is not None and row.person_ref not in by_id:
            add_error(row, PERSON, "unknown_person")
        else:
            known = by_id.get(row.person_ref) or by_document.get(row.id_number_hash) or by_phone.get(row.phone_hash)
            if known is not None:
                _find_by_document(row, known)


def commit(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Add the people to the roster. New people are created without a 继教编号. project: locked."""
    _add_newcomers(db, project, rows, now)
    for role in RosterRole:
        mine = [row for row in rows if row.role is role]
        people = [row.person_id for row in mine if row.person_id is not None]
        entries = rosters.add_or_queue(db, project=project, people=people, role=role, now=now)
        for row in mine:
            assert row.person_id is not None  # noqa: S101 - for the type checker: set above
            row.outcome = RowOutcome.ALREADY
            for outcome, made in ((RowOutcome.ADDED, entries.added), (RowOutcome.WAITING, entries.waiting)):
                if row.person_id in made:
                    row.outcome, row.made_id = outcome, made[row.person_id]
    for row in rows:
        row.phone_sealed = row.phone_hash = row.id_number_sealed = row.id_number_hash = None


def undo(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Remove from the roster the people whom these rows added. Who took part since stays. project: locked."""
    made = [row for row in rows if row.outcome in (RowOutcome.ADDED, RowOutcome.WAITING)]
    # people who waited may be on the roster by now
    people = {row.person_id for row in made if row.person_id is not None}
    kept_people = who_took_part(db, project_id=project.id, people=people)
    removed = [row for row in made if row.person_id not in kept_people]
    for row in made:
        row.outcome = RowOutcome.KEPT if row.person_id in kept_people else RowOutcome.UNDONE
    for role in RosterRole:
        ids = [row.person_id for row in removed if row.role is role]
        entries = RosterEntry.project_id == project.id, RosterEntry.role == role, RosterEntry.person_id.in_(ids)
        db.execute(delete(RosterEntry).where(*entries))
    learners = [row.person_id for row in removed if row.role is RosterRole.LEARNER]
    waiting = WaitingEntry.project_id == project.id, WaitingEntry.person_id.in_(learners)
    db.execute(delete(WaitingEntry).where(*waiting))
    people_off = [each for each in learners if each is not None]
    places.leave_project(db, project_id=project.id, people=people_off, now=now)
    take_back(db, project=project, people=people_off, now=now)
    _delete_newcomers(db, [row for row in removed if row.is_newcomer])


def _find_strangers(
    db: Session, project: Project, rows: Sequence[ImportRow], people: Collection[Person]
) -> set[uuid.UUID]:
    """Return the strangers among people, for whoever sent the file."""
    if not people:
        return set()
    actor_id = db.get_one(AttendanceImport, rows[0].import_id).made_by
    return strangers.find_strangers(db, project=project, people={each.id for each in people}, actor_id=actor_id)


def _is_known(row: ImportRow, person: Person) -> bool:
    """Return whether the file knows more of a stranger than the number: the name, the ID number or the phone."""
    has_document = row.id_number_hash is not None and row.id_number_hash == person.id_number_hash
    has_phone = row.phone_hash is not None and row.phone_hash == person.phone_hash
    return has_document or has_phone or strangers.is_named(row.name, person.name)


def _find_by_number(
    row: ImportRow, person: Person | None, owner_of_document: Person | None, owner_of_phone: Person | None
) -> None:
    """Find the person of a row by their number. Its name, ID number and phone must not be those of somebody else."""
    if person is None:
        add_error(row, NUMBER, "unknown_number")
        return
    # beside a name or an ID number, a phone may be that of a secretary
    owners = (owner_of_document,) if row.name or row.id_number_hash else (owner_of_document, owner_of_phone)
    has_other_document = row.id_number_hash and person.id_number_hash and row.id_number_hash != person.id_number_hash
    if row.name is not None and person_name_of(row.name) != person_name_of(person.name):
        add_error(row, NAME, "name_mismatch")
    elif has_other_document or any(owner not in (None, person) for owner in owners):
        add_error(row, NUMBER, "number_of_another")
    else:
        row.person_id = person.id


def _find_by_document(row: ImportRow, person: Person) -> None:
    """Find the person of a row without a number, whose id, ID number or phone is known."""
    if row.name is not None and person_name_of(row.name) != person_name_of(person.name):
        add_error(row, NAME, "name_mismatch")
    elif row.id_number_hash and person.id_number_hash and row.id_number_hash != person.id_number_hash:
        add_error(row, PHONE, "phone_of_another")
    elif row.phone_hash and person.phone_hash and row.phone_hash != person.phone_hash:
        add_error(row, ID_NUMBER, "phone_changed")
    else:
        row.person_id = person.id


def _add_newcomers(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Create the people who are not in the database yet; those created since the preview are found."""
    new = [row for row in rows if row.person_id is None]
    by_document = _by(db, Person.id_number_hash, [row.id_number_hash for row in new])
    phone_owners = _by(db, Person.phone_hash, [row.phone_hash for row in new])  # phones used since the preview
    province = _province(db, project)
    for row in new:
        person = by_document.get(row.id_number_hash)
        if person is None:
            person = Person(
                id=new_id(),
                unit_id=province,
                employer=row.employer,
                phone_sealed=None if row.phone_hash in phone_owners else row.phone_sealed,
                phone_hash=None if row.phone_hash in phone_owners else row.phone_hash,
                id_number_sealed=row.id_number_sealed,
                id_number_hash=row.id_number_hash,
                created_at=now,
            )
            set_name(person, row.name or "")
            db.add(person)
            by_document[row.id_number_hash] = person  # for a second row of this person, in another role
            row.is_newcomer = True
    db.flush()  # people first: SQLAlchemy doesn't know that the rows refer to them
    for row in new:
        row.person_id = by_document[row.id_number_hash].id


def _delete_newcomers(db: Session, rows: Sequence[ImportRow]) -> None:
    """Delete the people whom these rows created and nothing else refers to."""
    ids = [row.person_id for row in rows]
    for row in rows:
        row.person_id = None
    db.flush()
    # Who is just getting a reference, such as a role, holds the row: what is locked here has all of them or none.
    db.execute(select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update())
    db.execute(delete(Person).where(Person.id.in_(ids), *is_unreferenced()))


def _province(db: Session, project: Project) -> uuid.UUID:
    """Return the province: the unit of people from elsewhere, which no admin of a hospital can reach."""
    path = db.scalars(select(Unit.path).where(Unit.id == project.unit_id)).one()
    return uuid.UUID(hex=path.split("/", 1)[0])


def _by(
    db: Session, column: InstrumentedAttribute[_T] | InstrumentedAttribute[_T | None], values: Sequence[_T | None]
) -> dict[_T | None, Person]:
    wanted = {value for value in values if value is not None}
    return {getattr(each, column.key): each for each in db.scalars(select(Person).where(column.in_(wanted)))}
