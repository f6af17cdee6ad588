"""Assignments (委派): who has a task at one project or session without a role over its unit, and whether it holds.

An assignment holds until it is ended, until its time is over, and until its project is settled, archived or cancelled.
It holds again if the reviewing unit opens a settled project again.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from foundation.callers import Assignment
from models.project_staff import ProjectStaff
from models.projects import Project, ProjectStatus

WITHOUT_STAFF = frozenset({ProjectStatus.SETTLED, ProjectStatus.ARCHIVED, ProjectStatus.CANCELLED})
"""The statuses of projects at which nobody has a task any more."""


def holds(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that the ProjectStaff of the enclosing statement holds, at the Project in it."""
    is_within = or_(ProjectStaff.until.is_(None), ProjectStaff.until > now)
    return ProjectStaff.ended_at.is_(None) & is_within & Project.status.not_in(WITHOUT_STAFF)


def read_assignments(db: Session, *, person_id: uuid.UUID, now: datetime) -> tuple[Assignment, ...]:
    """Return the assignments of a person that hold now."""
    wanted = select(ProjectStaff).join(Project, Project.id == ProjectStaff.project_id)
    found = db.scalars(wanted.where(ProjectStaff.person_id == person_id, holds(now)))
    return tuple(Assignment(each.id, each.project_id, each.session_id, frozenset(each.tasks)) for each in found)


def keep_one(db: Session, assignments: Collection[Assignment]) -> uuid.UUID | None:
    """Return the id of one of these that nobody has ended; it can't end until the transaction is over. None if all are.

    So what somebody does by an assignment is done before it ends, or not at all.
    """
    wanted = select(ProjectStaff.id).where(ProjectStaff.id.in_([each.id for each in assignments]))
    return db.scalars(wanted.where(ProjectStaff.ended_at.is_(None)).limit(1).with_for_update(read=True)).first()
