"""Bodies of the attendance of the signed-in person."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from attendance.attempts.observations import counted_status
from attendance.own.own_projects import OwedKind, OwnPlace, OwnProject, OwnSession
from attendance.own.staff_decisions import StaffDecision
from attendance.record.outcomes import SessionOutcome
from models.attendance import AttendanceMark, CheckIn, CheckInStatus, Direction
from models.attendance_acts import ActKind
from models.ledger import ReversalCause
from models.projects import ExcusedRule, ProjectStatus, RosterRole
from service.api.check_in.schemas.attendance import MachineOut
from service.edge.answers.bodies import Credits, Hours, Out, Page, Query, ShareOfAll
from service.edge.answers.paging import ListOut


class MyDecision(Out):
    """What staff did about a check-in of mine: who, with the name of their unit, when and why."""

    kind: ActKind
    reason: str
    made_at: datetime
    made_by: str
    unit: str


class MyCheckIn(Out):
    """A check-in of mine. status: what counts. machine: an attendance machine's observation that decided it.

    decision: of staff, who made it by hand or looked at it; null for the others.
    """

    id: uuid.UUID
    direction: Direction
    status: CheckInStatus
    checked_in_at: datetime
    machine: MachineOut | None
    decision: MyDecision | None

    @classmethod
    def of(cls, row: CheckIn, decision: StaffDecision | None) -> "MyCheckIn":
        """Return what a check-in looks like to its owner."""
        return cls(
            id=row.id,
            direction=row.direction,
            status=counted_status(row),
            checked_in_at=row.checked_in_at,
            machine=MachineOut.of(row.machine_at, row.machine_status),
            decision=MyDecision.model_validate(decision) if decision else None,
        )


class MyVoidedCheckIn(Out):
    """A check-in of mine that is void: the session moved to another day, or staff undid it. status: before that."""

    direction: Direction
    status: CheckInStatus
    checked_in_at: datetime
    voided_at: datetime
    reason: str


class MyWindows(Out):
    """When people check in and out. late_from: from then on an arrival is late."""

    in_opens_at: datetime
    late_from: datetime
    in_closes_at: datetime
    out_opens_at: datetime
    out_closes_at: datetime


class MyCorrection(Out):
    """The organizer's last mark on me at a session, which counts in place of my check-ins. made_by: a name."""

    mark: AttendanceMark
    reason: str
    made_at: datetime
    made_by: str


class MyNeeds(Out):
    """What I need to check in here. face: always, but staff can check somebody in without one."""

    place: bool
    face: bool
    location: bool


class MySession(Out):
    """A session, and what came of it for me. zone: of the venue, for showing the times.

    standing: what came of it so far. counts: whether it is part of my share. cancelled_at, cancellation_reason: of a
    cancelled session (停办), which counts for nobody; null for others. closed_at: from when on nobody goes in or out.
    place: mine, null where nobody needs one.
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
    standing: SessionOutcome
    windows: MyWindows
    closed_at: datetime | None
    needs: MyNeeds
    place: OwnPlace | None
    correction: MyCorrection | None

    @classmethod
    def from_own(cls, own: OwnSession) -> "MySession":
        """Return what a session looks like to a learner."""
        session = own.attended.session
        return cls(
            id=session.id,
            title=session.title,
            venue=session.venue,
            zone=session.zone,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            counts=session.counts,
            cancelled_at=session.cancelled_at,
            cancellation_reason=session.cancellation_reason,
            check_ins=[MyCheckIn.of(row, own.decisions.get(row.id)) for row in own.attended.check_ins],
            voided_check_ins=[MyVoidedCheckIn.model_validate(row) for row in own.attended.voided],
            standing=own.outcome,
            windows=MyWindows.model_validate(session),
            closed_at=session.closed_at,
            needs=MyNeeds(place=session.capacity is not None, face=True, location=session.radius_m is not None),
            place=own.place,
            correction=MyCorrection.model_validate(own.correction) if own.correction else None,
        )


class MyShare(Out):
    """My share of the sessions so far. counted: attended, of `required`; needed: the share that gives credits."""

    counted: str
    required: int
    share: ShareOfAll
    needed: ShareOfAll
    is_met: bool


class MyConditions(Out):
    """What the project asks for before it gives credits."""

    min_attendance: ShareOfAll
    check_out: bool
    evaluation: bool
    exam: bool


class MyDuty(Out):
    """What I still have to do, and until when. opens_at: from when on; session_id: where, for a check-out."""

    what: OwedKind
    opens_at: datetime | None
    until: datetime
    session_id: uuid.UUID | None


class MyResult(Out):
    """What the settled project gave me: `entry_id` in the ledger, or the `reasons` (codes) why nothing or less."""

    settled_at: datetime
    entry_id: uuid.UUID | None
    credits: Credits | None
    counted: Credits | None
    reasons: list[str]


class MyReversal(Out):
    """A grant of this project that was taken back, with its cause and reason."""

    entry_id: uuid.UUID
    at: datetime
    cause: ReversalCause | None
    reason: str


class MyProject(Out):
    """A project, and all that decides my credits from it.

    status_reason: why it was cancelled or is being changed. owed: what I still have to do for it, and `duties` until
    when; earned: the credits it gave me, null before they are granted. min_attendance: the share of the sessions that
    it asks for; excused: what an excused session is in that sum. roles: in which I am on its roster; waiting_place: my
    number on its waiting list. result: null before it is settled.
    """

    id: uuid.UUID
    name: str
    number: str | None
    starts_on: date
    ends_on: date
    min_attendance: ShareOfAll
    excused: ExcusedRule
    unit: str
    status: ProjectStatus
    status_reason: str | None
    credits: Credits
    hours: Hours
    conditions: MyConditions
    roles: list[RosterRole]
    waiting_place: int | None
    sessions: list[MySession]
    share: MyShare
    owed: list[OwedKind]
    duties: list[MyDuty]
    earned: Credits | None
    result: MyResult | None
    reversals: list[MyReversal]

    @classmethod
    def from_own(cls, own: OwnProject, earned: Decimal | None) -> "MyProject":
        """Return what a project looks like to a learner."""
        project, share = own.project, own.share
        return cls(
            id=project.id,
            name=project.name,
            number=project.number,
            starts_on=project.starts_on,
            ends_on=project.ends_on,
            min_attendance=project.min_attendance,
            excused=project.excused,
            unit=own.unit,
            status=project.status,
            status_reason=own.status_reason,
            credits=project.credits,
            hours=project.hours,
            conditions=MyConditions(
                min_attendance=project.min_attendance,
                check_out=project.needs_check_out,
                evaluation=project.needs_evaluation,
                exam=project.needs_exam,
            ),
            roles=list(own.roles),
            waiting_place=own.waiting_place,
            sessions=[MySession.from_own(each) for each in own.sessions],
            share=MyShare(
                counted=str(share.shown_counted),
                required=share.required,
                share=share.shown,
                needed=project.min_attendance,
                is_met=own.is_met,
            ),
            owed=list(dict.fromkeys(each.what for each in own.owed)),
            duties=[MyDuty.model_validate(each) for each in own.owed],
            earned=earned,
            result=MyResult.model_validate(own.result) if own.result else None,
            reversals=[MyReversal.model_validate(each) for each in own.reversals],
        )


class AttendanceSought(Query):
    """Which projects: those with a day in a year, or of one status."""

    year: Annotated[int, Field(ge=2000, le=2099)] | None = None
    status: ProjectStatus | None = None


class AttendanceAsked(AttendanceSought, Page):
    """Which projects to list."""


class MyAttendance(ListOut):
    """A page of projects, newest first."""

    items: list[MyProject]
    next_cursor: str | None
