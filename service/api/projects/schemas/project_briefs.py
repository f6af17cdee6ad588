"""A project in other lists, and fields of projects that several areas show."""

import uuid
from datetime import date, datetime

from models.projects import Project
from service.edge.bodies import Out


class ProjectBrief(Out):
    """The main facts of a project. unit: the unit that holds it."""

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
