"""Until when learners evaluate and sit the exam: while the project is under way, and until its last moment after that.

After a confirmation that waits for them (`Project.open_until`), people may go on though the list is confirmed.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.projects import Project, ProjectStatus
from models.settlements import Settlement

UNDER_WAY = frozenset({ProjectStatus.RUNNING, ProjectStatus.ENDED})
"""The statuses in which learners evaluate and sit exams: from the start until credits are decided."""
CONFIRMED = frozenset({ProjectStatus.IN_REVIEW, ProjectStatus.SETTLED, ProjectStatus.ARCHIVED})
"""The statuses in which a list is confirmed."""
_PROVINCE_ZONE = ZoneInfo("Asia/Shanghai")
_OPEN_AFTER_END = timedelta(days=30)  # REQUIREMENTS W: by default until 30 days after the end


@dataclass(frozen=True)
class CutOff:
    """Why the evaluation and the exam were closed early: the organizer confirmed without waiting. at: when."""

    reason: str
    at: datetime


def find_cut_off(db: Session, project_id: uuid.UUID) -> CutOff | None:
    """Return the cut-off of the newest settlement of a project, or None."""
    wanted = select(Settlement.cut_off_reason, Settlement.confirmed_at).where(Settlement.project_id == project_id)
    newest = db.execute(wanted.order_by(Settlement.round.desc()).limit(1)).first()
    if newest is None or newest.cut_off_reason is None:
        return None
    return CutOff(newest.cut_off_reason, newest.confirmed_at)


def is_open(project: Project, now: datetime) -> bool:
    """Return whether learners may evaluate the project and sit its exam, as far as the project's status decides."""
    if project.status in CONFIRMED:
        return project.open_until is not None and now < project.open_until
    return project.status in UNDER_WAY


def where_open(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition of `is_open` for the Project in the enclosing statement."""
    is_waiting = and_(Project.status.in_(CONFIRMED), Project.open_until > now)
    return or_(Project.status.in_(UNDER_WAY), is_waiting)


def last_moment(project: Project) -> datetime:
    """Return the first instant after the 30 days that people have at least, by default, from the project's last day."""
    return datetime.combine(project.ends_on + timedelta(days=1), time(), _PROVINCE_ZONE) + _OPEN_AFTER_END


def lock_for_work(db: Session, project_id: uuid.UUID) -> Project:
    """Return the project, locked against a confirmation of its settlement until this transaction ends.

    Any number of learners hold this lock at the same time.
    """
    wanted = select(Project).where(Project.id == project_id).with_for_update(read=True)
    return db.scalars(wanted.execution_options(populate_existing=True)).one()
