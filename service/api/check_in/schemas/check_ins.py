"""Bodies of check-ins, and of decisions about check-ins that need review."""

import enum
import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.check_in.check_in import CheckedIn
from attendance.check_in.observations import counted_status
from attendance.record.history import Attendee
from attendance.record.missing import MissingAttendee
from faces.matching.policy import Band, Decision, GuardDecision
from models.attendance import CheckInMethod, CheckInStatus, Direction, ReviewDecision, ReviewReason
from models.projects import RosterRole
from service.api.projects.schemas.person_refs import PersonRefIn
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.bodies import Body, Out, Page, Photos, Reason, SearchText
from service.edge.briefs import without_names
from service.edge.paging import CountedList
from service.edge.problems import in_callers_language


class CheckInForm(Body):
    """A ticket and one to five photos of the caller's face."""

    ticket: Annotated[str, Field(max_length=2000)]
    photos: Photos
    device_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class FaceBand(enum.StrEnum):
    """The API's names for the result of a face comparison: passed, for staff to review, failed."""

    PASS = "pass"  # noqa: S105 - a band, no password
    REVIEW = "review"
    FAIL = "fail"


BANDS = {Band.ACCEPT: FaceBand.PASS, Band.REVIEW: FaceBand.REVIEW, Band.REJECT: FaceBand.FAIL}
_WORDS = {
    FaceBand.PASS: ("与建档照片很像", "Very like the photos you enrolled"),
    FaceBand.REVIEW: ("不能确定，请等待工作人员核对", "Not sure: the staff will look"),
    FaceBand.FAIL: ("与建档照片不像", "Not like the photos you enrolled"),
}


class FaceWords(Out):
    """The result of the face comparison for the learner: in words, without numbers."""

    band: FaceBand
    words: str

    @classmethod
    def of(cls, decision: Decision) -> "FaceWords":
        """Return the words for a decision, in the caller's language."""
        band = BANDS[decision.band]
        return cls(band=band, words=in_callers_language(_WORDS[band]))


_REVIEWS = {
    ReviewReason.SENT_LATE: (
        (
            "照片在规定时间内拍摄，网络恢复后才送达",
            "The photo was taken in time, and sent when the network came back",
        ),
        (
            "无需再操作，工作人员会核对拍摄与送达时间后确认。",
            "There is nothing to do: the staff look at both times and decide.",
        ),
    ),
    ReviewReason.FACE_IN_QUESTION: (
        (
            "密码重置后，您还没有确认人脸档案是否为您本人",
            "Your password was reset, and you have not said yet that the enrolled face is yours",
        ),
        (
            "请在“人脸建档”中确认，再签到一次；或等待工作人员核对。",
            "Answer the question about your face and check in again, or wait for the staff.",
        ),
    ),
    ReviewReason.LIKE_A_USED_PICTURE: (
        (
            "这张照片与您以前签到用过的照片很像",
            "This picture looks like one that you checked in with before",
        ),
        (
            "请现场重新拍摄后再签到一次；或等待工作人员核对。",
            "Take a new picture here and check in again, or wait for the staff.",
        ),
    ),
}


class ReviewWords(Out):
    """Another reason than the distance for which staff must look at a check-in, and what its owner can do."""

    code: ReviewReason
    words: str
    hint: str

    @classmethod
    def of(cls, reason: ReviewReason) -> "ReviewWords":
        """Return the words for a reason, in the caller's language."""
        words, hint = _REVIEWS[reason]
        return cls(code=reason, words=in_callers_language(words), hint=in_callers_language(hint))


class CheckInOut(Out):
    """A check-in. receipt: a compact JWS (EdDSA), whose key is at /.well-known/jwks.json.

    face: the result of the face comparison; null if the check-in was made without a face. review: another reason for
    which staff must look, or null.
    """

    id: uuid.UUID
    session: SessionBrief
    direction: Direction
    checked_in_at: datetime
    status: CheckInStatus
    receipt: str
    face: FaceWords | None = None
    review: ReviewWords | None = None

    @classmethod
    def of(cls, done: CheckedIn, basis: Decision | None, review_reason: ReviewReason | None = None) -> "CheckInOut":
        """Return a check-in as a body. basis: the face decision of the check-in; review_reason: of its attempt."""
        row = done.check_in
        waits = row.status is CheckInStatus.NEEDS_REVIEW
        return cls(
            id=row.id,
            session=without_names(SessionBrief, done.session),
            direction=row.direction,
            checked_in_at=row.checked_in_at,
            status=counted_status(row),
            receipt=row.receipt,
            face=FaceWords.of(basis) if basis else None,
            review=ReviewWords.of(review_reason) if review_reason and waits else None,
        )


class DecisionIn(Body):
    """The decision of staff, and the reason."""

    decision: ReviewDecision
    reason: Reason


class DecisionOut(Out):
    """The check-in after the decision."""

    id: uuid.UUID
    session: SessionBrief
    direction: Direction
    checked_in_at: datetime
    status: CheckInStatus


class ByHand(PersonRefIn):
    """A person of the roster whom staff have seen, and the reason for a check-in by hand."""

    direction: Direction
    reason: Reason


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


class AttendanceOut(Out):
    """One check-in as the organizer sees it. face: the numbers of its decision, none where no face was compared.

    status: what counts. review_reason: another reason than the distance for staff to look; `like_a_used_picture`: the
    picture may be a copy of an earlier one. machine: the observation that decided it, if one did; the check-in itself
    stays as it is.
    """

    id: uuid.UUID
    person: AttendeeOut
    direction: Direction
    checked_in_at: datetime
    method: CheckInMethod
    status: CheckInStatus
    face: FaceNumbers | None
    review_reason: ReviewReason | None
    machine: MachineOut | None

    @classmethod
    def of(cls, row: Attendee) -> "AttendanceOut":
        """Return a check-in as its organizer sees it."""
        return cls(
            id=row.id,
            person=AttendeeOut(id=row.person_id, name=row.name, cme_number=row.cme_number, unit=row.unit),
            direction=row.direction,
            checked_in_at=row.checked_in_at,
            method=row.method,
            status=row.status,
            face=FaceNumbers.of(row.decision) if row.decision else None,
            review_reason=row.review_reason,
            machine=MachineOut.of(row.machine_at, row.machine_status),
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
