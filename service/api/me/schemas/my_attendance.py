"""Bodies of the attendance of the signed-in person."""

import uuid
from datetime import date, datetime

from attendance.record.open_duties import Duty
from models.attendance import CheckInStatus, Direction
from service.edge.bodies import Credits, Out
from service.edge.paging import ListOut


class MyCheckIn(Out):
    """A check-in of mine."""

    id: uuid.UUID
    direction: Direction
    status: CheckInStatus
    checked_in_at: datetime


class MyVoidedCheckIn(Out):
    """A check-in of mine that was declared void when the session moved to another day. status: what it was before."""

    direction: Direction
    status: CheckInStatus
    checked_in_at: datetime
    voided_at: datetime
    reason: str


class MySession(Out):
    """A session, and my check-ins there. zone: the time zone of the venue, for display.

    counts: whether it is part of my share. cancelled_at, cancellation_reason: of a cancelled session (停办), which
    counts for nobody; null for others.
    """

    id: uuid.UUID
    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    counts: bool
    cancelled_at: datetime | None
    cancellation_reason: str | None
    check_ins: list[MyCheckIn]
    voided_check_ins: list[MyVoidedCheckIn]


class MyProject(Out):
    """A project. owed: my open tasks; earned: the credits that it gave me, null before they are granted."""

    id: uuid.UUID
    name: str
    number: str | None
    starts_on: date
    ends_on: date
    sessions: list[MySession]
    owed: list[Duty]
    earned: Credits | None


class MyAttendance(ListOut):
    """A page of projects, newest first."""

    items: list[MyProject]
    next_cursor: str | None
