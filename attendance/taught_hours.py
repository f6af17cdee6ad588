"""How many hours each speaker taught: what their credits go by."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.callers import Caller
from attendance.access import get_open_project
from attendance.errors import PersonNotOnRoster, TooManyHours
from models.people import Person
from models.projects import RosterEntry, RosterRole
from models.settlements import TaughtHours


def set_taught_hours(
    db: Session, *, project_id: uuid.UUID, hours: Mapping[str, Decimal], caller: Caller, now: datetime
) -> None:
    """Say anew how long each speaker taught. hours: by 继教编号, 0.1 steps; who isn't in it has taught nothing.

    Raises NotFound, Forbidden, ProjectClosed; PersonNotOnRoster for who is no speaker there; TooManyHours for more
    than the whole project has.
    """
    project = get_open_project(db, project_id=project_id, caller=caller)
    on_roster = dict(
        db.execute(
            select(Person.cme_number, Person.id)
            .join(RosterEntry, RosterEntry.person_id == Person.id)
            .where(RosterEntry.project_id == project_id, RosterEntry.role == RosterRole.SPEAKER)
        ).all()
    )
    if not hours.keys() <= on_roster.keys():
        raise PersonNotOnRoster(field="speakers")
    if any(each > project.hours for each in hours.values()):
        raise TooManyHours(field="speakers")
    db.execute(delete(TaughtHours).where(TaughtHours.project_id == project_id))
    said = {"project_id": project_id, "said_by": caller.person_id, "said_at": now}
    if hours:
        rows = [said | {"person_id": on_roster[number], "hours": each} for number, each in hours.items()]
        db.execute(insert(TaughtHours), rows)
    audit.record(
        db,
        now=now,
        actor_id=caller.person_id,
        action="project.taught_hours",
        subject_kind="project",
        subject_id=project_id,
        after={str(on_roster[number]): str(each) for number, each in hours.items()},
    )
    db.flush()
