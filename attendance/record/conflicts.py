"""Conflicts: check-ins of one person at two sessions at the same time, of the same or of two projects.

Conflicts are shown to organizers, who decide. They change neither attendance nor credits by themselves. A session that
is cancelled or doesn't count makes none.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from attendance.attempts.check_in_rows import COUNTING
from models.attendance import CheckIn, Direction
from models.projects import Project
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Conflict:
    """A session of the project and another one at the same time, with check-ins of the person at both."""

    session_id: uuid.UUID
    other_session_id: uuid.UUID


def conflicts_of(db: Session, *, project: Project, people: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Conflict]]:
    """Return the conflicts of these people with a session of the project, by person, in one statement."""
    check_in, other_check_in = aliased(CheckIn), aliased(CheckIn)
    session, other_session = aliased(VenueSession), aliased(VenueSession)
    found = db.execute(
        select(check_in.person_id, session.id, other_session.id)
        .join(session, session.id == check_in.session_id)
        .join(
            other_check_in,
            (other_check_in.person_id == check_in.person_id) & (other_check_in.session_id != check_in.session_id),
        )
        .join(other_session, other_session.id == other_check_in.session_id)
        .where(session.project_id == project.id, check_in.person_id.in_(people))
        .where(check_in.direction == Direction.IN, other_check_in.direction == Direction.IN)
        .where(check_in.status.in_(COUNTING), other_check_in.status.in_(COUNTING))
        .where(
            *(
                condition
                for each in (session, other_session)
                for condition in (each.cancelled_at.is_(None), each.counts)
            )
        )
        .where(session.starts_at < other_session.ends_at, other_session.starts_at < session.ends_at)
        .order_by(check_in.person_id, session.starts_at, other_session.id)
    )
    conflicts: dict[uuid.UUID, list[Conflict]] = defaultdict(list)
    for person_id, session_id, other_id in found:
        conflicts[person_id].append(Conflict(session_id, other_id))
    return conflicts
