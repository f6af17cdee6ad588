"""Nobody is in two places at once: check-ins of one person at sessions held at the same time, of any project.

They are shown and judged by people; nothing is taken away because of them.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from attendance.check_in.check_in_rows import COUNTING
from models.attendance import CheckIn, Direction
from models.projects import Project
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Conflict:
    """A session of the project, and another one at the same time, both of which the person was checked in to."""

    session_id: uuid.UUID
    other_session_id: uuid.UUID


def conflicts_of(db: Session, *, project: Project, people: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Conflict]]:
    """Return the conflicts of each of these people that touch a session of the project; in one statement."""
    here, there = aliased(CheckIn), aliased(CheckIn)
    ours, other = aliased(VenueSession), aliased(VenueSession)
    found = db.execute(
        select(here.person_id, ours.id, other.id)
        .join(ours, ours.id == here.session_id)
        .join(there, (there.person_id == here.person_id) & (there.session_id != here.session_id))
        .join(other, other.id == there.session_id)
        .where(ours.project_id == project.id, here.person_id.in_(people))
        .where(here.direction == Direction.IN, there.direction == Direction.IN)
        .where(here.status.in_(COUNTING), there.status.in_(COUNTING))
        .where(ours.starts_at < other.ends_at, other.starts_at < ours.ends_at)
        .order_by(here.person_id, ours.starts_at, other.id)
    )
    conflicts: dict[uuid.UUID, list[Conflict]] = defaultdict(list)
    for person_id, session_id, other_id in found:
        conflicts[person_id].append(Conflict(session_id, other_id))
    return conflicts
