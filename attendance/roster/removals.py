"""People whom the staff took off a roster: they are told why, and only the staff puts them back."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from attendance.projects.application_rows import GIVEN, find_standing
from attendance.projects.visibility import is_visible
from foundation import inbox
from foundation.callers import Caller
from foundation.inbox import News
from models.applications import ApplicationStatus, RosterRemoval
from models.base import new_id
from models.notices import NoticeTopic
from models.projects import Project


def find_removal(db: Session, project_id: uuid.UUID, person_id: uuid.UUID) -> RosterRemoval | None:
    """Return the last removal of a learner from the roster of a project, unless the staff put them back since."""
    mine = RosterRemoval.project_id == project_id, RosterRemoval.person_id == person_id
    wanted = select(RosterRemoval).where(*mine, RosterRemoval.lifted_at.is_(None))
    return db.scalars(wanted.order_by(RosterRemoval.id.desc()).limit(1)).first()


def note_removal(
    db: Session, *, project: Project, person_id: uuid.UUID, reason: str | None, caller: Caller, now: datetime
) -> None:
    """Store that the staff removed a learner, close their application, and tell them."""
    db.add(
        RosterRemoval(
            id=new_id(),
            project_id=project.id,
            person_id=person_id,
            reason=reason,
            removed_by=caller.person_id,
            removed_at=now,
        )
    )
    application = find_standing(db, project.id, person_id)
    if application is not None and application.status in GIVEN:
        application.status, application.reason = ApplicationStatus.REMOVED, reason
        application.decided_by, application.decided_at = caller.person_id, now
    if is_visible(db, project):
        news = News(NoticeTopic.ROSTER_REMOVED, now, project.id, facts={"reason": reason})
        inbox.tell(db, [person_id], news)


def lift_removals(db: Session, project_id: uuid.UUID, people: Collection[uuid.UUID], now: datetime) -> None:
    """Note that people were put back on the roster or its waiting list."""
    mine = RosterRemoval.project_id == project_id, RosterRemoval.person_id.in_(people)
    db.execute(update(RosterRemoval).where(*mine, RosterRemoval.lifted_at.is_(None)).values(lifted_at=now))
