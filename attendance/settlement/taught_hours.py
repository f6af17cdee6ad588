"""How many hours each speaker taught: what their credits go by."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from attendance.errors import PersonNotOnRoster, TooManyHours
from attendance.projects.access import get_open_project
from attendance.roster.person_refs import PersonRef, find_all
from foundation import audit
from foundation.callers import Caller
from models.projects import RosterRole
from models.settlements import TaughtHours


def set_taught_hours(
    db: Session, *, project_id: uuid.UUID, hours: Sequence[tuple[PersonRef, Decimal]], caller: Caller, now: datetime
) -> None:
    """Say anew how long each speaker taught. hours: 0.1 steps, each speaker once; who isn't in it has taught nothing.

    Raises NotFound, Forbidden, ProjectClosed; PersonNotOnRoster for who is no speaker there; TooManyHours for more
    than the whole project has.
    """
    project = get_open_project(db, project_id=project_id, caller=caller)
    speakers = find_all(db, project_id=project_id, people=[person for person, _ in hours], role=RosterRole.SPEAKER)
    if len(speakers) < len(hours):
        raise PersonNotOnRoster(field="speakers")
    said = {speakers[person]: each for person, each in hours}
    if any(each > project.hours for each in said.values()):
        raise TooManyHours(field="speakers")
    gone = delete(TaughtHours).where(TaughtHours.project_id == project_id)
    old = db.execute(gone.returning(TaughtHours.person_id, TaughtHours.hours)).all()
    if said:
        common = {"project_id": project_id, "said_by": caller.person_id, "said_at": now}
        db.execute(insert(TaughtHours), [common | {"person_id": who, "hours": each} for who, each in said.items()])
    before = {str(who): str(each) for who, each in old}
    after = {str(who): str(each) for who, each in said.items()}
    audit.record(db, caller, now, "project.taught_hours", project, before=before, after=after)
    db.flush()
