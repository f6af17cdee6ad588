"""The hours that each speaker taught. The credits of speakers depend on them."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from attendance.errors import OwnAttendance, PersonNotOnRoster, TooManyHours
from attendance.projects.access import get_open_project
from attendance.roster.person_refs import PersonRef, find_all
from foundation import audit
from foundation.callers import Caller
from models.projects import RosterRole
from models.settlements import TaughtHours


def set_taught_hours(
    db: Session, *, project_id: uuid.UUID, hours: Sequence[tuple[PersonRef, Decimal]], caller: Caller, now: datetime
) -> None:
    """Replace the taught hours of all speakers. hours: 0.1 steps, each speaker once; others get none.

    Raises NotFound, Forbidden, ProjectClosed; PersonNotOnRoster for a person who is no speaker there; TooManyHours for
    more hours than the project has; OwnAttendance if the caller's own hours would change.
    """
    project = get_open_project(db, project_id=project_id, caller=caller)
    speakers = find_all(db, project_id=project_id, people=[person for person, _ in hours], role=RosterRole.SPEAKER)
    if len(speakers) < len(hours):
        raise PersonNotOnRoster(field="speakers")
    new_hours = {speakers[person]: each for person, each in hours}
    if any(each > project.hours for each in new_hours.values()):
        raise TooManyHours(field="speakers", facts={"hours": f"{project.hours:.1f}"})
    deletion = delete(TaughtHours).where(TaughtHours.project_id == project_id)
    deleted = db.execute(deletion.returning(TaughtHours.person_id, TaughtHours.hours))
    old_hours = {row.person_id: row.hours for row in deleted}
    if old_hours.get(caller.person_id) != new_hours.get(caller.person_id):
        raise OwnAttendance
    if new_hours:
        common = {"project_id": project_id, "said_by": caller.person_id, "said_at": now}
        db.execute(
            insert(TaughtHours),
            [common | {"person_id": person_id, "hours": each} for person_id, each in new_hours.items()],
        )
    before = {str(person_id): str(each) for person_id, each in old_hours.items()}
    after = {str(person_id): str(each) for person_id, each in new_hours.items()}
    audit.record(db, caller, now, "project.taught_hours", project, before=before, after=after)
    db.flush()
