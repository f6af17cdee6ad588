"""Seeds the benchmark of spreadsheets: a database with people and two empty projects."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from accounts.people.people import add_unit
from attendance.projects.projects import NewProject, create_project
from bench.seeding.databases import migrated_engine
from foundation.callers import Caller, Grant
from foundation.clock import SystemClock
from models.base import new_id
from models.people import Person, Role, UnitKind
from service.configuration.settings import Settings

ADDED = timedelta(minutes=5)
"""The longest time of a job's step in the benchmark."""


@dataclass(frozen=True)
class World:
    """The seeded rows. people: number and name of each; ids: in the same order; projects: two, of the caller's unit."""

    engine: Engine
    caller: Caller
    people: Sequence[tuple[str, str]]
    ids: Sequence[uuid.UUID]
    projects: Sequence[uuid.UUID]


def make_world(folder: Path, people: int) -> World:
    """Seed a new SQLite database in `folder`; return the seeded rows."""
    settings = Settings(var=folder)
    engine = migrated_engine(settings)
    now = SystemClock().now()
    with Session(engine, expire_on_commit=False) as db:
        unit = add_unit(db, name="某省", kind=UnitKind.PROVINCE, parent=None, caller=None, now=now)
        ids = [new_id() for _ in range(people)]
        named = [(f"33{place:08d}", f"学员{place}") for place in range(people)]
        rows = [
            {"id": ident, "cme_number": number, "name": name, "unit_id": unit.id, "created_at": now}
            for ident, (number, name) in zip(ids, named, strict=True)
        ]
        organizer = Person(id=new_id(), name="组织者", unit_id=unit.id, created_at=now)  # on no roster of their own
        db.add(organizer)
        db.execute(insert(Person), rows)
        grant = Grant(Role.ORGANIZER, unit.id, unit.path)
        caller = Caller(organizer.id, new_id(), new_id(), unit.id, unit.path, (grant,))
        new = NewProject(name="急诊医学新进展学习班", starts_on=now.date(), ends_on=now.date())
        projects = [create_project(db, new=new, caller=caller, now=now).id for _ in range(2)]
        db.commit()
    return World(engine, caller, named, ids, projects)
