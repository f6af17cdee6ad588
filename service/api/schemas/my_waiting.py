"""What the signed-in person waits for."""

import uuid
from datetime import date, datetime
from typing import Self

from attendance.waiting import Waiting
from service.api.schemas.base import Out


class WaitedFor(Out):
    """A full project that I wait for. unit: who holds it; place: 1 gets the next place that falls free."""

    id: uuid.UUID
    name: str
    number: str | None
    unit: str
    starts_on: date
    ends_on: date
    place: int
    added_at: datetime

    @classmethod
    def of(cls, waiting: Waiting) -> Self:
        """Show one."""
        project = waiting.project
        return cls(
            id=project.id,
            name=project.name,
            number=project.number,
            unit=waiting.unit,
            starts_on=project.starts_on,
            ends_on=project.ends_on,
            place=waiting.place,
            added_at=waiting.added_at,
        )


class WaitedForList(Out):
    """A page of projects that I wait for, in the order in which I began to."""

    items: list[WaitedFor]
    next_cursor: str | None
