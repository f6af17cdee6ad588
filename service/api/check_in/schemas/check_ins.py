"""Bodies of check-ins, and of decisions about check-ins that need review."""

import enum
import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.check_in.check_in import CheckedIn
from attendance.check_in.observations import counted_status
from faces.matching.policy import Band, Decision
from models.attendance import CheckInMethod, CheckInStatus, Direction, ReviewDecision, ReviewReason
from service.api.projects.schemas.person_refs import PersonRefIn
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.bodies import Body, Out, Page, Photos, Reason
from service.edge.paging import ListOut
from service.edge.problems import speaks_english


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
        return cls(band=band, words=_WORDS[band][speaks_english()])


class CheckInOut(Out):
    """A check-in. receipt: a compact JWS (EdDSA), whose key is at /.well-known/jwks.json.

    face: the result of the face comparison; null if the check-in was made without a face.
    """

    id: uuid.UUID
    session: SessionBrief
    direction: Direction
    checked_in_at: datetime
    status: CheckInStatus
    receipt: str
    face: FaceWords | None = None

    @classmethod
    def of(cls, done: CheckedIn, basis: Decision | None) -> "CheckInOut":
        """Return a check-in as a body. basis: the face decision of the check-in."""
        row = done.check_in
        return cls(
            id=row.id,
            session=SessionBrief.model_validate(done.session),
            direction=row.direction,
            checked_in_at=row.checked_in_at,
            status=counted_status(row),
            receipt=row.receipt,
            face=FaceWords.of(basis) if basis else None,
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
    """Which check-ins of a session to list."""

    status: CheckInStatus | None = None
    direction: Direction | None = None


class AttendeeOut(Out):
    """The person who checked in. unit: the name of their unit."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str


class FaceNumbers(Out):
    """The numbers of a face decision: accepted up to the first threshold, reviewed by staff up to the second.

    Distances are dimensionless and belong to the policy's version. engine: the networks that took part.
    """

    distance: float
    accept_at: float
    review_to: float
    band: FaceBand
    policy_version: str
    engine: str

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

    review_reason: why staff must look although the face passed (`like_a_used_picture`: it may be a copy of one).
    status: what counts. machine: the observation that decided it, if one did; the check-in itself stays as it is.
    """

    id: uuid.UUID
    person: AttendeeOut
    direction: Direction
    checked_in_at: datetime
    method: CheckInMethod
    status: CheckInStatus
    face: FaceNumbers | None
    review_reason: ReviewReason | None = None
    machine: MachineOut | None


class AttendanceList(ListOut):
    """A page of check-ins, in order of their time."""

    items: list[AttendanceOut]
    next_cursor: str | None
