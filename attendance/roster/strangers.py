"""Strangers: people whom the staff of a project don't know yet, and of whom a number alone tells them nothing.

Known are the people of the project's hospital (or of its unit, where that is none), those whom a role of the caller
reaches, and those who are on the roster, wait, applied or
work there. Anybody else is found by number and name together: who says
both knows them already. A number without the right name is answered as one of nobody.
"""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from attendance.roster.person_refs import NamedRef, find_people
from attendance.staff_errors import PersonUnknown
from models.applications import ProjectApplication
from models.people import Person, Role, RoleGrant, Unit, UnitKind
from models.project_staff import ProjectStaff
from models.projects import Project, RosterEntry, WaitingEntry
from sheets.meanings import person_name_of

_OVER = aliased(Unit)
_IN_PROJECT = (RosterEntry, WaitingEntry, ProjectApplication, ProjectStaff)


def find_strangers(
    db: Session, *, project: Project, people: Collection[uuid.UUID], actor_id: uuid.UUID
) -> set[uuid.UUID]:
    """Return those of the people who are strangers to a project, for somebody who acts there."""
    reached = exists().where(
        RoleGrant.person_id == actor_id,
        RoleGrant.role != Role.LEARNER,
        _OVER.id == RoleGrant.unit_id,
        Unit.path.startswith(_OVER.path),
    )
    there = (exists().where(each.project_id == project.id, each.person_id == Person.id) for each in _IN_PROJECT)
    at_home = Unit.path.startswith(_home_of(db, project))
    known = select(Person.id).join(Unit, Unit.id == Person.unit_id).where(Person.id.in_(people))
    return set(people) - set(db.scalars(known.where(or_(at_home, reached, *there))))


def find_unnamed(
    db: Session,
    *,
    project: Project,
    people: Mapping[str, uuid.UUID],
    names: Mapping[str, str],
    actor_id: uuid.UUID,
) -> set[str]:
    """Return the numbers of strangers whom the caller does not name rightly. people: ids by number."""
    strangers = find_strangers(db, project=project, people=set(people.values()), actor_id=actor_id)
    if not strangers:
        return set()
    told = {row.id: row.name for row in db.execute(select(Person.id, Person.name).where(Person.id.in_(strangers)))}
    return {
        number
        for number, person_id in people.items()
        if person_id in strangers and not is_named(names.get(number), told[person_id])
    }


def find_known(db: Session, *, project: Project, named: NamedRef, actor_id: uuid.UUID) -> uuid.UUID:
    """Return the id of a person whom the caller knows, or names rightly. Raises PersonUnknown.

    Who has somebody's id has seen them somewhere: nobody guesses one.
    """
    person = named.person
    found = find_people(db, [person]).get(person)
    if found is not None and person.cme_number is not None:
        numbers, names = {person.cme_number: found}, {person.cme_number: named.name} if named.name else {}
        if find_unnamed(db, project=project, people=numbers, names=names, actor_id=actor_id):
            found = None
    if found is None:
        raise PersonUnknown(field="cme_number" if person.person_id is None else "person_id")
    return found


def is_named(said: str | None, name: str) -> bool:
    """Return whether somebody said a person's name, however it is typed."""
    return said is not None and person_name_of(said) == person_name_of(name)


def _home_of(db: Session, project: Project) -> str:
    """Return the path of the project's hospital; of its unit if that belongs to none."""
    path = db.scalars(select(Unit.path).where(Unit.id == project.unit_id)).one()
    above = [uuid.UUID(hex=step) for step in path.split("/") if step]
    hospitals = db.scalars(select(Unit.path).where(Unit.id.in_(above), Unit.kind == UnitKind.HOSPITAL)).all()
    return min(hospitals, key=len, default=path)
