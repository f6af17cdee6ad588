"""Checking in, and deciding about check-ins that need review."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.check_in import CheckedIn
from models.attendance import CheckInMethod, CheckInStatus, Direction, ReviewDecision
from service.api.schemas.base import Body, Out, Page, Photos, Reason
from service.api.schemas.sessions import SessionBrief


class CheckInForm(Body):
    """A ticket and one to five photos of the caller's face."""

    ticket: Annotated[str, Field(max_length=2000)]
    photos: Photos
    device_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class CheckInOut(Out):
    """A check-in. receipt: a compact JWS (EdDSA); its key is at /.well-known/jwks.json."""

    id: uuid.UUID
    session: SessionBrief
    direction: Direction
    checked_in_at: datetime
    status: CheckInStatus
    receipt: str

    @classmethod
    def of(cls, done: CheckedIn) -> "CheckInOut":
        """What a check-in, made now or before, looks like."""
        row = done.check_in
        return cls(
            id=row.id,
            session=SessionBrief.model_validate(done.session),
            direction=row.direction,
            checked_in_at=row.checked_in_at,
            status=row.status,
            receipt=row.receipt,
        )


class DecisionIn(Body):
    """What staff made of it, and why."""

    decision: ReviewDecision
    reason: Reason


class DecisionOut(Out):
    """The check-in after the decision."""

    id: uuid.UUID
    session: SessionBrief
    direction: Direction
    checked_in_at: datetime
    status: CheckInStatus


class ByHand(Body):
    """Somebody of the roster whom staff have seen, and why it is done by hand."""

    cme_number: Annotated[str, Field(min_length=1, max_length=20)]
    direction: Direction
    reason: Reason


class AttendancePage(Page):
    """Which check-ins of a session."""

    status: CheckInStatus | None = None
    direction: Direction | None = None


class AttendeeOut(Out):
    """Who checked in. unit: its name."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str


class AttendanceOut(Out):
    """One check-in as the organizer sees it."""

    id: uuid.UUID
    person: AttendeeOut
    direction: Direction
    checked_in_at: datetime
    method: CheckInMethod
    status: CheckInStatus


class AttendanceList(Out):
    """A page of check-ins, in order of their time."""

    items: list[AttendanceOut]
    next_cursor: str | None
