"""Rosters (学员名单): who is expected at the sessions of a project."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.callers import Caller
from models.base import new_id
from models.people import Person
from models.projects import Project, RosterEntry, RosterRole
from models.transactions import insert_new


@dataclass(frozen=True)
class RosterChange:
    """What came of it. unknown: the numbers that are nobody's."""

    added: int
    already: int
    unknown: tuple[str, ...]


def add_people(
    db: Session, *, project: Project, cme_numbers: Iterable[str], role: RosterRole, caller: Caller, now: datetime
) -> RosterChange:
    """Expect people at a project, by their 继教编号; those who are expected already stay as they are."""
    wanted = list(dict.fromkeys(cme_numbers))
    on_file = select(Person.cme_number, Person.id).where(Person.cme_number.in_(wanted))
    found = dict(db.execute(on_file).tuples().all())
    added = [
        person_id
        for person_id in found.values()
        if insert_new(db, RosterEntry, id=new_id(), project_id=project.id, person_id=person_id, role=role, added_at=now)
    ]
    if added:
        audit.record(
            db,
            now=now,
            actor_id=caller.person_id,
            action="roster.add",
            subject_kind="project",
            subject_id=project.id,
            after={"role": role.value, "people": [str(person_id) for person_id in added]},
        )
    db.flush()
    return RosterChange(
        added=len(added),
        already=len(found) - len(added),
        unknown=tuple(number for number in wanted if number not in found),
    )
