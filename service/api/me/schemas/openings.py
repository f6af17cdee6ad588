"""Bodies of open projects that give the credits that a year still needs."""

from typing import Self

from attendance.own.openings import Opening
from attendance.roster.openings import Entry
from service.api.credit.schemas.my_credits import YearAsked
from service.api.me.schemas.my_applications import ProjectEntry
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import ProjectBrief
from service.edge.answers.paging import ListOut


class OpeningsAsked(YearAsked, Page):
    """Which year, and which page."""


class OpeningOut(ProjectBrief):
    """A project. fills: the missing measures that its credits add to; entry: how I get into it."""

    category: str
    delivery_mode: str
    credits: str
    hours: str
    fills: list[str]
    entry: ProjectEntry

    @classmethod
    def of(cls, opening: Opening, entry: Entry) -> Self:
        """Return the project as a body."""
        project = opening.project
        return cls(
            **cls.brief(project, opening.unit).model_dump(),
            category=project.category,
            delivery_mode=project.delivery_mode,
            credits=str(project.credits),
            hours=str(project.hours),
            fills=list(opening.fills),
            entry=ProjectEntry.of(project, entry),
        )


class OpeningList(ListOut):
    """A page of projects, by their last day. missing: the shortfall of the year by measure."""

    items: list[OpeningOut]
    next_cursor: str | None
    missing: dict[str, str]
