"""Bodies of check-ins, and of decisions about check-ins that need review."""

import enum
import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.attempts.observations import counted_status
from attendance.check_in.check_in import CheckedIn
from faces.matching.policy import Band, Decision
from models.attendance import CheckInStatus, Direction, ReviewDecision, ReviewReason
from service.api.projects.schemas.sessions import SaneInstant, SessionBrief
from service.edge.answers.bodies import Body, Out, Photos, Reason
from service.edge.answers.briefs import without_names
from service.edge.answers.problems import in_callers_language


class CheckInForm(Body):
    """A ticket and one to five photos of the caller's face.

    device_id: the phone, which must be that of the ticket. captured_at: when the phone took the photos: between the
    scan and the ticket's end, within the window. With it, photos that a failing network brings after the ticket's end
    are accepted for review, up to an hour after the window.
    """

    ticket: Annotated[str, Field(max_length=2000)]
    photos: Photos
    device_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    captured_at: SaneInstant | None = None


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
    ReviewReason.UNATTENDED: (
        ("由无人值守的终端扫码", "A kiosk without staff read your code"),
        ("请等待工作人员核对；也可以请现场工作人员当面登记。", "Wait for the staff, or ask them to check you in."),
    ),
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
    which staff must look, or null. captured_at: when the photos were taken, if they came after the ticket's end.
    attempt_id: of the attempt that made it; its card is at `/attempts/{id}`.
    """

    id: uuid.UUID
    session: SessionBrief
    direction: Direction
    checked_in_at: datetime
    captured_at: datetime | None
    status: CheckInStatus
    receipt: str
    attempt_id: uuid.UUID
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
            captured_at=row.captured_at,
            status=counted_status(row),
            receipt=row.receipt,
            attempt_id=row.attempt_id,
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
