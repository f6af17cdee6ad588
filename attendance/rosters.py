"""Rosters (学员名单): who is expected at the sessions of a project."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.callers import Caller
from models.people import Person
from models.projects import Project, RosterEntry, RosterRole


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
    # whoever changes this roster at the same time waits here, so that each of them counts right
    db.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    on_file = db.execute(select(Person.cme_number, Person.id).where(Person.cme_number.in_(wanted)))
    found = {number: person_id for number, person_id in on_file if number is not None}
    expected = select(RosterEntry.person_id).where(RosterEntry.project_id == project.id, RosterEntry.role == role)
    added = set(found.values()).difference(db.scalars(expected))
    db.add_all(RosterEntry(project_id=project.id, person_id=each, role=role, added_at=now) for each in added)
    if added:
        audit.record(
            db,
            now=now,
            actor_id=caller.person_id,
            action="roster.add",
            subject_kind="project",
            subject_id=project.id,
            after={"role": role.value, "people": sorted(map(str, added))},
        )
    db.flush()
    return RosterChange(
        added=len(added),
        already=len(found) - len(added),
        unknown=tuple(number for number in wanted if number not in found),
    )
