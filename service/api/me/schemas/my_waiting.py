"""What the signed-in person waits for."""

from datetime import datetime
from typing import Self

from attendance.roster.waiting_list import Waiting
from service.api.projects.schemas.project_briefs import ProjectBrief
from service.edge.paging import ListOut


class WaitedFor(ProjectBrief):
    """A full project that I wait for. place: 1 gets the next place that falls free."""

    place: int
    added_at: datetime

    @classmethod
    def of(cls, waiting: Waiting) -> Self:
        """Show one."""
        project = cls.brief(waiting.project, waiting.unit)
        return cls(**project.model_dump(), place=waiting.place, added_at=waiting.added_at)


class WaitedForList(ListOut):
    """A page of projects that I wait for, in the order in which I began to."""

    items: list[WaitedFor]
    next_cursor: str | None
