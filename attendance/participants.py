"""What somebody is to a project: expected there as a learner, or come; one statement."""

import uuid
from dataclasses import dataclass

from sqlalchemy import BindParameter, Select, bindparam, exists, select
from sqlalchemy.orm import Session

from accounts.callers import Caller
from accounts.errors import Forbidden, NotFound
from attendance.access import ORGANIZERS
from attendance.check_in_rows import COUNTING
from models.attendance import CheckIn, Direction
from models.people import Unit
from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Participant:
    """A person at a project. has_attended: has a check-in that counts; unit_path: of the project's unit."""

    project: Project
    unit_path: str
    is_learner: bool
    is_on_roster: bool
    has_attended: bool


def _select_participant() -> Select[Project, str, bool, bool, bool]:
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    expected = exists().where(RosterEntry.project_id == Project.id, RosterEntry.person_id == person_id)
    came = exists().where(
        VenueSession.project_id == Project.id,
        CheckIn.session_id == VenueSession.id,
        CheckIn.person_id == person_id,
        CheckIn.direction == Direction.IN,
        CheckIn.status.in_(COUNTING),
    )
    learns = expected.where(RosterEntry.role == RosterRole.LEARNER)
    return (
        select(Project, Unit.path, learns.label("learns"), expected.label("expected"), came.label("came"))
        .join(Unit, Unit.id == Project.unit_id)
        .where(Project.id == bindparam("project_id"))
    )


_PARTICIPANT = _select_participant()  # made once: making it costs more than asking it


def get_participant(db: Session, *, project_id: uuid.UUID, person_id: uuid.UUID) -> Participant:
    """The person's part in the project. Raises NotFound where there is no such project."""
    found = db.execute(_PARTICIPANT, {"project_id": project_id, "person_id": person_id}).first()
    if found is None:
        raise NotFound
    project, path, is_learner, is_on_roster, has_attended = found
    return Participant(project, path, bool(is_learner), bool(is_on_roster), bool(has_attended))


def get_insider(db: Session, *, project_id: uuid.UUID, caller: Caller) -> Participant:
    """As `get_participant`, for the roster and for organizers within reach. Raises NotFound, Forbidden."""
    found = get_participant(db, project_id=project_id, person_id=caller.person_id)
    if not found.is_on_roster and not caller.may(ORGANIZERS, found.unit_path):
        raise Forbidden
    return found
