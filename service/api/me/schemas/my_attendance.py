"""Bodies of the attendance of the signed-in person."""

import uuid
from datetime import date, datetime

from attendance.check_in.observations import counted_status
from attendance.record.open_duties import Duty
from models.attendance import CheckIn, CheckInStatus, Direction
from models.projects import ExcusedRule
from service.api.check_in.schemas.check_ins import MachineOut
from service.edge.bodies import Credits, Out, ShareOfAll
from service.edge.paging import ListOut


class MyCheckIn(Out):
    """A check-in of mine. status: what counts. machine: an attendance machine's observation that decided it."""

    id: uuid.UUID
    direction: Direction
    status: CheckInStatus
    checked_in_at: datetime
    machine: MachineOut | None

    @classmethod
    def of(cls, row: CheckIn) -> "MyCheckIn":
        """Return what a check-in looks like to its owner."""
        return cls(
            id=row.id,
            direction=row.direction,
            status=counted_status(row),
            checked_in_at=row.checked_in_at,
            machine=MachineOut.of(row.machine_at, row.machine_status),
        )


class MyVoidedCheckIn(Out):
    """A check-in of mine that was declared void when the session moved to another day. status: what it was before."""

    direction: Direction
    status: CheckInStatus
    checked_in_at: datetime
    voided_at: datetime
    reason: str


class MySession(Out):
    """A session, and my check-ins there. zone: of the venue, for showing the times.

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
    """A project. owed: what I still have to do for it; earned: the credits it gave me, null before they are granted.

    min_attendance: the share of the sessions that it asks for; excused: what an excused session is in that sum.
    """

    id: uuid.UUID
    name: str
    number: str | None
    starts_on: date
    ends_on: date
    min_attendance: ShareOfAll
    excused: ExcusedRule
    sessions: list[MySession]
    owed: list[Duty]
    earned: Credits | None


class MyAttendance(ListOut):
    """A page of projects, newest first."""

    items: list[MyProject]
    next_cursor: str | None
