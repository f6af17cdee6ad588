"""The live room board."""

import uuid
from datetime import datetime

from service.edge.bodies import Out


class ArrivalsOut(Out):
    """How many came in one minute. minute: its first instant."""

    minute: datetime
    count: int


class RefusalsOut(Out):
    """How many scans and photos were refused for one reason. code: as of the problem."""

    code: str
    count: int


class BoardOut(Out):
    """expected: people on the roster, with a place where those are limited; came, of whom late were; left.

    needs_review: check-ins that wait for staff.
    """

    session_id: uuid.UUID
    expected: int
    came: int
    late: int
    left: int
    needs_review: int
    in_closes_at: datetime
    out_closes_at: datetime
    closed_at: datetime | None
    cancelled_at: datetime | None
    cancellation_reason: str | None
    arrivals: list[ArrivalsOut]
    refusals: list[RefusalsOut]


class BoardEvent(Out):
    """A server-sent event. id: the ETag of the board it shows; data: that board (`BoardOut`) as JSON."""

    id: str
    event: str = "message"
    data: str
