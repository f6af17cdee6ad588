"""The refused attempts at a session, with names and reasons: for staff who are asked why."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.attempts.check_in_rows import NOT_REFUSED
from attendance.projects.access import OrganizedSession
from models.attendance import CheckInAttempt
from models.people import Person, Unit


@dataclass(frozen=True)
class RefusedAttempt:
    """An attempt that was refused. unit: the name of the person's unit; `attempt.result` is the code of the refusal."""

    attempt: CheckInAttempt
    person: Person
    unit: str


def list_refused(
    db: Session, *, session: OrganizedSession, after: uuid.UUID | None, limit: int
) -> list[RefusedAttempt]:
    """Return the refused attempts at a session, newest first, beginning after `after`."""
    wanted = (
        select(CheckInAttempt, Person, Unit.name)
        .join(Person, Person.id == CheckInAttempt.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(CheckInAttempt.session_id == session.id, CheckInAttempt.result.not_in(NOT_REFUSED))
    )
    if after is not None:
        wanted = wanted.where(CheckInAttempt.id < after)
    return [RefusedAttempt(*row) for row in db.execute(wanted.order_by(CheckInAttempt.id.desc()).limit(limit))]
