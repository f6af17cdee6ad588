"""Bodies of the waiting lists of the signed-in person."""

from datetime import datetime
from typing import Self

from attendance.roster.waiting_list import Waiting
from service.edge.answers.briefs import ProjectBrief
from service.edge.answers.paging import ListOut


class WaitedFor(ProjectBrief):
    """A full project where I wait. place: my number in the list; 1 gets the next free place."""

    place: int
    added_at: datetime

    @classmethod
    def of(cls, waiting: Waiting) -> Self:
        """Return the entry as a body."""
        project = cls.brief(waiting.project, waiting.unit)
        return cls(**project.model_dump(), place=waiting.place, added_at=waiting.added_at)


class WaitedForList(ListOut):
    """A page of projects where I wait, in the order in which I joined the lists."""

    items: list[WaitedFor]
    next_cursor: str | None
