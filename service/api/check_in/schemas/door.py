"""Bodies of the list of people at the door."""

import uuid
from datetime import datetime

from models.attendance import CheckInStatus
from service.edge.answers.bodies import Out, Page, SearchText
from service.edge.answers.paging import CountedList


class DoorPage(Page):
    """Whom to show. q: a part of the name, of its pinyin (also by initials) or of the number."""

    q: SearchText | None = None


class DoorPersonOut(Out):
    """Somebody who is expected. checked_in_at, in_status, checked_out_at, out_status: null for what is not done."""

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    checked_in_at: datetime | None
    in_status: CheckInStatus | None
    checked_out_at: datetime | None
    out_status: CheckInStatus | None


class DoorList(CountedList):
    """A page of the people expected at a session, by name."""

    items: list[DoorPersonOut]
    next_cursor: str | None
