"""What is told of a photo of a face, and of a case about one."""

import uuid
from datetime import date, datetime
from typing import Annotated

from models.attendance import CheckInMethod, CheckInStatus, Direction
from service.edge.answers.bodies import WHERE_KNOWN, Out
from service.wording.advice import AdviceCode


class FaceQualityOut(Out):
    """The quality of the photo of a face. advice: what would make it better, empty where nothing needs it.

    sharpness, detail: grey levels squared; brightness: 0 to 255; noise: grey levels; face_px: side of the face's box;
    roll: degrees; yaw: eye distances; cut_off, filling: shares, 0 to 1; others: number of other faces; mouth_cover,
    eyes_cover: how likely something hides them, 0 to 1.
    """

    sharpness: float
    brightness: float
    face_px: int
    roll: float
    yaw: float
    cut_off: float
    others: int
    advice: list[AdviceCode]
    filling: float
    noise: float
    detail: float | None
    is_doubtful: bool
    mouth_cover: float
    eyes_cover: float


class QuestionedCheckInOut(Out):
    """A check-in that was made with a face that was withdrawn. how: by what; title: of the session."""

    check_in: uuid.UUID
    session: uuid.UUID
    title: str
    date: date
    direction: Direction
    how: CheckInMethod
    status: CheckInStatus


class WithdrawalOut(Out):
    """The last face that was withdrawn. number: how many so far; not_listed: check-ins beside those listed."""

    number: int
    enrolled_at: datetime
    withdrawn_at: datetime
    check_ins: list[QuestionedCheckInOut]
    not_listed: int


class CaseFactsOut(Out):
    """What is known of a case; each where its kind has it.

    withdrawal: of the person's last face. device: that enrolled a face which its owner disowned. attempts_at: the times
    of the sets of photos of two people.
    """

    withdrawal: Annotated[WithdrawalOut | None, WHERE_KNOWN] = None
    device: Annotated[str | None, WHERE_KNOWN] = None
    attempts_at: Annotated[list[datetime] | None, WHERE_KNOWN] = None
