"""Bodies of open projects that give the credits that a year still needs."""

from typing import Self

from attendance.projects.openings import Opening
from service.api.credit.schemas.my_credits import YearAsked
from service.edge.bodies import Page
from service.edge.briefs import ProjectBrief
from service.edge.paging import ListOut


class OpeningsAsked(YearAsked, Page):
    """Which year, and which page."""


class OpeningOut(ProjectBrief):
    """A project. fills: the missing measures that its credits add to."""

    category: str
    delivery_mode: str
    credits: str
    hours: str
    fills: list[str]

    @classmethod
    def of(cls, opening: Opening) -> Self:
        """Return the project as a body."""
        project = opening.project
        return cls(
            **cls.brief(project, opening.unit).model_dump(),
            category=project.category,
            delivery_mode=project.delivery_mode,
            credits=str(project.credits),
            hours=str(project.hours),
            fills=list(opening.fills),
        )


class OpeningList(ListOut):
    """A page of projects, by their last day. missing: the shortfall of the year by measure."""

    items: list[OpeningOut]
    next_cursor: str | None
    missing: dict[str, str]
