"""Which projects learners see: those that were announced, also while they are changed or after they were cancelled."""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from models.projects import Project, ProjectStatus, ProjectStep

_ANNOUNCED = frozenset(
    {
        ProjectStatus.ANNOUNCED,
        ProjectStatus.RUNNING,
        ProjectStatus.ENDED,
        ProjectStatus.IN_REVIEW,
        ProjectStatus.SETTLED,
        ProjectStatus.ARCHIVED,
    }
)


def was_announced() -> ColumnElement[bool]:
    """Return the SQL condition that the Project of the enclosing statement is or was announced."""
    earlier = exists().where(
        ProjectStep.project_id == Project.id,
        or_(ProjectStep.target == ProjectStatus.ANNOUNCED, ProjectStep.source.in_(_ANNOUNCED)),
    )
    return or_(Project.status.in_(_ANNOUNCED), earlier)


def is_visible(db: Session, project: Project) -> bool:
    """Return whether learners see the project."""
    if project.status in _ANNOUNCED:
        return True
    return db.scalar(select(Project.id).where(Project.id == project.id, was_announced())) is not None
