"""Bodies of the live room board."""

import uuid
from datetime import datetime
from typing import Self

from attendance.room.live_board import Board
from service.edge.answers.bodies import Out
from service.edge.answers.briefs import ProjectBrief


class ArrivalsOut(Out):
    """The number of check-ins in one minute. minute: when it begins."""

    minute: datetime
    count: int


class RefusalsOut(Out):
    """The number of scans and photos that were refused for one reason. code: the error code."""

    code: str
    count: int


class BoardOut(Out):
    """The numbers of a session. expected: people on the roster, with a place if places are limited; late: some of came.

    needs_review: check-ins that wait for staff. zone: of the venue, to show the times. now: the server's time. It is
    not part of the ETag, so an event has the time of its change.
    """

    now: datetime
    session_id: uuid.UUID
    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    project: ProjectBrief
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

    @classmethod
    def of(cls, board: Board, now: datetime) -> Self:
        """Show a board at this moment."""
        return cls.model_validate({**vars(board), "now": now}, from_attributes=True)


class BoardEvent(Out):
    """A server-sent event. id: the ETag of the board; data: the board (`BoardOut`) as JSON."""

    id: str
    event: str = "message"
    data: str
