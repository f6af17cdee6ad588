"""Open projects that would fill what a year still misses."""

import uuid
from datetime import date

from service.api.credit.schemas.my_credits import Year
from service.edge.bodies import Out, Page
from service.edge.paging import ListOut


class OpeningsAsked(Page):
    """For which year."""

    year: Year


class OpeningOut(Out):
    """A project. fills: the missing measures that it gives something of."""

    id: uuid.UUID
    name: str
    number: str | None
    unit: str
    category: str
    delivery_mode: str
    starts_on: date
    ends_on: date
    credits: str
    hours: str
    fills: list[str]


class OpeningList(ListOut):
    """A page of projects, the first to end first. missing: by measure, what they are to fill."""

    items: list[OpeningOut]
    next_cursor: str | None
    missing: dict[str, str]
