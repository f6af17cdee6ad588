"""A project in a list of something else, and what else several areas show of one."""

import uuid
from datetime import date, datetime

from models.projects import Project
from service.edge.bodies import Out


class ProjectBrief(Out):
    """Which project it is. unit: who holds it."""

    id: uuid.UUID
    name: str
    number: str | None
    unit: str
    starts_on: date
    ends_on: date

    @classmethod
    def brief(cls, project: Project, unit: str) -> "ProjectBrief":
        """Say which."""
        return ProjectBrief(
            id=project.id,
            name=project.name,
            number=project.number,
            unit=unit,
            starts_on=project.starts_on,
            ends_on=project.ends_on,
        )


class CutOffOut(Out):
    """The organizer confirmed the credits without waiting for people who could still evaluate or sit the exam."""

    reason: str
    at: datetime
