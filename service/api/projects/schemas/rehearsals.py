"""A dry run of a session."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from attendance.planning.readiness import Check, Finding
from attendance.planning.rehearsal import RehearsalResult
from service.api.check_in.schemas.board import ArrivalsOut, RefusalsOut
from service.edge.answers.bodies import Body, Out


class RehearsalIn(Body):
    """How many invented people attend."""

    attendees: Annotated[int, Field(ge=1, le=2000)] = 200


class FindingOut(Out):
    """A problem that the dry run looked for. count: 0 means that there is none."""

    check: Check
    count: int


class RehearsalOut(Out):
    """The result of a dry run, and problems of the plan. shut_out: people who came when check-in was closed."""

    attendees: int
    came: int
    late: int
    shut_out: int
    busiest_minute: int
    in_opens_at: datetime
    in_closes_at: datetime
    arrivals: list[ArrivalsOut]
    refusals: list[RefusalsOut]
    findings: list[FindingOut]

    @classmethod
    def of(cls, played: RehearsalResult, findings: list[Finding], opens: datetime, closes: datetime) -> Self:
        """Return what a rehearsal looks like."""
        return cls(
            attendees=played.attendees,
            came=played.came,
            late=played.late,
            shut_out=played.shut_out,
            busiest_minute=played.busiest_minute,
            in_opens_at=opens,
            in_closes_at=closes,
            arrivals=[ArrivalsOut(minute=minute, count=count) for minute, count in played.arrivals],
            refusals=[RefusalsOut(code=code, count=count) for code, count in played.refusals],
            findings=[FindingOut.model_validate(each) for each in findings],
        )
