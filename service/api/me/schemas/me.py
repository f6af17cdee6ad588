"""Bodies of the signed-in person and of their face."""

import enum
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from models.faces import FaceCase, FaceCaseKind, FaceTemplate
from models.people import Role
from service.edge.bodies import Body, Out, Photos
from service.edge.problems import speaks_english
from service.wording.hints import HELD_AFTER_WITHDRAWAL, HELD_AS_DUPLICATE, IS_IT_YOUR_FACE


class UnitOut(Out):
    """A unit."""

    id: uuid.UUID
    name: str


class MeOut(Out):
    """The signed-in person. phone: masked."""

    id: uuid.UUID
    cme_number: str | None
    name: str
    phone: str | None
    unit: UnitOut
    roles: list[Role]
    face_enrolled: bool


class Pose(enum.StrEnum):
    """How to hold the head for one photo of an enrolment. Three slightly different photos make a better template."""

    STRAIGHT = "straight"
    LEFT = "a_little_left"
    RIGHT = "a_little_right"


class ConsentOut(Out):
    """The notice and consent text in force, in the caller's language. purposes: the consents that it gives.

    optional_purposes: separate consents that the text also explains. A field of its own gives each of them, and a
    client shows it unticked: `keep_photos` gives `face_photos`.
    poses: how to hold the head for each photo. One photo is enough, but its thresholds are stricter.
    """

    version: str
    text: str
    purposes: list[str]
    optional_purposes: list[str]
    poses: list[Pose]
    published_at: datetime


class FaceForm(Body):
    """One to five photos of one person's face, and the version of the consent text that they agreed to.

    keep_photos: the separate consent to keep the photos, small and sealed, for a change of the recognition model.
    """

    photos: Photos
    consent_version: Annotated[str, Field(max_length=40)] | None = None
    keep_photos: bool = False


class FaceEnrolled(Out):
    """The face is enrolled; `quality` has one entry a photo."""

    enrolled_at: datetime
    quality: list[dict[str, Any]]


class FaceHeld(Out):
    """The face is held until an admin has decided the case. reason: the kind of the case; text: in words."""

    status: Literal["held"] = "held"
    case: uuid.UUID
    reason: str
    text: str

    @classmethod
    def of(cls, case: FaceCase) -> "FaceHeld":
        """Return a held face, in words of the caller's language."""
        words = HELD_AFTER_WITHDRAWAL if case.kind is FaceCaseKind.ENROLLED_AFTER_WITHDRAWAL else HELD_AS_DUPLICATE
        return cls(case=case.id, reason=case.kind.value, text=words[speaks_english()])


class FaceQuestion(Out):
    """The owner is asked whether the face on file is theirs, after a password reset.

    device: the kind of device that enrolled it, empty if that is not known. Until the answer, check-ins with this face
    need review.
    """

    asked_at: datetime
    enrolled_at: datetime
    device: str
    text: str

    @classmethod
    def of(cls, face: FaceTemplate) -> "FaceQuestion | None":
        """Return the open question about a face, in the caller's language; None if there is none."""
        if face.question_at is None:
            return None
        text = IS_IT_YOUR_FACE[speaks_english()]
        return cls(asked_at=face.question_at, enrolled_at=face.enrolled_at, device=face.device, text=text)


class FaceAnswer(Body):
    """The owner's answer to the question about the face on file."""

    mine: bool


class FaceAnswered(Out):
    """The answer is stored. case: of a face that was not the owner's; null otherwise."""

    enrolled: bool
    case: uuid.UUID | None


class FaceOut(Out):
    """Whether a face is enrolled.

    held: an admin must decide first; is_outdated: it works, but may be enrolled again; photos_kept: the number of
    enrolment photos that are kept, by the owner's separate consent; question: what the owner is asked after a password
    reset, null if nothing.
    """

    enrolled: bool
    enrolled_at: datetime | None
    held: bool = False
    is_outdated: bool = False
    photos_kept: int = 0
    question: FaceQuestion | None = None
