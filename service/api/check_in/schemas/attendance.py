"""Bodies of the attendance of a session: its check-ins, and who is missing."""

import uuid
from datetime import datetime

from attendance.record.history import Attendee
from attendance.record.missing import MissingAttendee
from faces.matching.policy import Decision, GuardDecision
from models.attendance import CheckInMethod, CheckInReview, CheckInStatus, Direction, ReviewDecision, ReviewReason
from models.projects import RosterRole
from service.api.check_in.schemas.check_ins import BANDS, FaceBand
from service.edge.answers.bodies import Out, Page, SearchText
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import CountedList


class AttendancePage(Page):
    """Which check-ins of a session to list. missing: list those who are missing in place of the check-ins.

    direction: of the check-ins; with `missing`, `in` for those who have not checked in, `out` for those who have not
    checked out. status: of the check-ins. q: a part of the name or 继教编号.
    """

    status: CheckInStatus | None = None
    direction: Direction | None = None
    missing: bool = False
    q: SearchText | None = None


class AttendeeOut(Out):
    """The person who checked in. unit: the name of their unit."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str


class GuardNumbers(Out):
    """The plain distance by the engine's own network, and its thresholds."""

    distance: float
    accept_at: float
    review_to: float

    @classmethod
    def of(cls, guard: GuardDecision | None) -> "GuardNumbers | None":
        """Return the numbers of a guard as a body; None for a policy without one."""
        if guard is None:
            return None
        return cls(
            distance=round(guard.distance, 4),
            accept_at=round(guard.accept_at, 4),
            review_to=round(guard.review_to, 4),
        )


class FaceNumbers(Out):
    """The numbers of a face decision: accepted up to the first threshold, reviewed by staff up to the second.

    Distances are dimensionless and belong to the policy's version. engine: the networks that took part. guard: a second
    distance with thresholds of its own, null where the policy has none. band: the worse one of both.
    """

    distance: float
    accept_at: float
    review_to: float
    band: FaceBand
    policy_version: str
    engine: str
    guard: GuardNumbers | None = None

    @classmethod
    def of(cls, decision: Decision) -> "FaceNumbers":
        """Return the numbers of a decision as a body."""
        return cls(
            distance=round(decision.distance, 4),
            accept_at=round(decision.accept_at, 4),
            review_to=round(decision.review_to, 4),
            band=BANDS[decision.band],
            policy_version=decision.policy_version,
            engine=decision.engine,
            guard=GuardNumbers.of(decision.guard),
        )


class MachineOut(Out):
    """An attendance machine saw the person earlier (in) or later (out) than the check-in; its status counts."""

    at: datetime
    status: CheckInStatus

    @classmethod
    def of(cls, at: datetime | None, status: CheckInStatus | None) -> "MachineOut | None":
        """Return what an observation looks like; None where none decides."""
        return None if at is None or status is None else cls(at=at, status=status)


class ReviewOut(Out):
    """The decision of the staff on a check-in that waited for review."""

    decision: ReviewDecision
    reason: str
    decided_by: uuid.UUID
    decider: PersonBrief = beside("decided_by")
    decided_at: datetime


class AttendanceOut(Out):
    """One check-in as the organizer sees it. face: the numbers of its decision, none where no face was compared.

    status: what counts. review_reason: another reason than the distance for staff to look; `like_a_used_picture`: the
    picture may be a copy of an earlier one; `sent_late`: the photo was taken at `captured_at` and came late. machine:
    the observation that decided it, if one did; the check-in itself stays as it is.
    review: the decision of the staff, if there was one.
    """

    id: uuid.UUID
    person: AttendeeOut
    direction: Direction
    checked_in_at: datetime
    method: CheckInMethod
    status: CheckInStatus
    face: FaceNumbers | None
    review_reason: ReviewReason | None
    captured_at: datetime | None
    machine: MachineOut | None
    review: ReviewOut | None

    @classmethod
    def of(cls, row: Attendee, review: CheckInReview | None) -> "AttendanceOut":
        """Return a check-in as its organizer sees it. review: the last decision on it."""
        return cls(
            id=row.id,
            person=AttendeeOut(id=row.person_id, name=row.name, cme_number=row.cme_number, unit=row.unit),
            direction=row.direction,
            checked_in_at=row.checked_in_at,
            method=row.method,
            status=row.status,
            face=FaceNumbers.of(row.decision) if row.decision else None,
            review_reason=row.review_reason,
            captured_at=row.captured_at,
            machine=MachineOut.of(row.machine_at, row.machine_status),
            review=ReviewOut.model_validate(review) if review else None,
        )


class MissingOut(Out):
    """Somebody who is missing at a session. missing: `in`, not checked in; `out`, checked in and not checked out.

    checked_in_at: when they came, null for `in`. until: when they can no longer do it by themselves, null if that is
    over already. Nobody is missing before check-in, or check-out, opens, or once the organizer has set their attendance
    by hand; a check-in that waits for review is one.
    """

    person: AttendeeOut
    role: RosterRole
    missing: Direction
    checked_in_at: datetime | None
    until: datetime | None

    @classmethod
    def of(cls, row: MissingAttendee) -> "MissingOut":
        """Return a missing person as a body."""
        person = AttendeeOut(id=row.person_id, name=row.name, cme_number=row.cme_number, unit=row.unit)
        return cls(person=person, role=row.role, missing=row.missing, checked_in_at=row.came_at, until=row.until)


class AttendanceList(CountedList):
    """A page of check-ins, in order of their time; with `missing`, of those who are missing, by name."""

    items: list[AttendanceOut] | list[MissingOut]
    next_cursor: str | None
