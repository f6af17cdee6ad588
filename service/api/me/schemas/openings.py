"""Open projects that would fill what a year still misses."""

from typing import Self

from attendance.projects.openings import Opening
from service.api.credit.schemas.my_credits import Year
from service.api.projects.schemas.project_briefs import ProjectBrief
from service.edge.bodies import Page
from service.edge.paging import ListOut


class OpeningsAsked(Page):
    """For which year."""

    year: Year


class OpeningOut(ProjectBrief):
    """A project. fills: the missing measures that it gives something of."""

    category: str
    delivery_mode: str
    credits: str
    hours: str
    fills: list[str]

    @classmethod
    def of(cls, opening: Opening) -> Self:
        """Show one."""
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
    """A page of projects, the first to end first. missing: by measure, what they are to fill."""

    items: list[OpeningOut]
    next_cursor: str | None
    missing: dict[str, str]
