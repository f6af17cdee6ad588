"""Bodies of the signed-in person and of their face."""

import enum
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from accounts.enrolment.photo_checks import PhotoCheck
from models.people import Role
from service.edge.bodies import Body, Out, Photos
from service.edge.problems import in_callers_language
from service.wording.advice import ADVICE


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
    poses: how to hold the head for each photo. More photos are recognised better. photos_needed: different photos
    that an enrolment needs; the same picture again counts once.
    """

    version: str
    text: str
    purposes: list[str]
    optional_purposes: list[str]
    poses: list[Pose]
    photos_needed: int
    published_at: datetime


class FaceForm(Body):
    """One to five photos of one person's face, and the version of the consent text that they agreed to.

    keep_photos: the separate consent to keep the photos, small and sealed, for a change of the recognition model.
    """

    photos: Photos
    consent_version: Annotated[str, Field(max_length=40)] | None = None
    keep_photos: bool = False


class FaceEnrolled(Out):
    """The face is enrolled. photos: how many different ones; `quality` has one entry for each that was sent."""

    enrolled_at: datetime
    photos: int
    quality: list[dict[str, Any]]


class PhotoChecksForm(Body):
    """One to five photos of one person's face, and the version of the consent text that they agreed to."""

    photos: Photos
    consent_version: Annotated[str, Field(max_length=40)] | None = None


class AdviceOut(Out):
    """What would make a photo better: a stable code, and words in the caller's language."""

    code: str
    text: str


class PhotoCheckOut(Out):
    """What a photo is good for. code: why an enrolment would refuse it, null if it would not."""

    usable: bool
    code: str | None
    advice: list[AdviceOut]

    @classmethod
    def of(cls, check: PhotoCheck) -> "PhotoCheckOut":
        """Return the check of a photo as a body, in the caller's language."""
        advice = [AdviceOut(code=code, text=in_callers_language(ADVICE[code])) for code in check.advice]
        return cls(usable=check.is_usable, code=check.code, advice=advice)


class PhotoChecksOut(Out):
    """What each photo is good for, in order; nothing was kept.

    distinct: how many different usable ones there are. one_person: whether they show one person, null if fewer than two
    can be compared.
    """

    photos: list[PhotoCheckOut]
    distinct: int
    one_person: bool | None


class FaceHeld(Out):
    """The face is held until an admin has decided the case."""

    status: Literal["held"] = "held"
    case: uuid.UUID


class FaceOut(Out):
    """Whether a face is enrolled.

    held: an admin must decide first; is_outdated: it works, but may be enrolled again; photos_kept: the number of
    enrolment photos that are kept, by the owner's separate consent.
    """

    enrolled: bool
    enrolled_at: datetime | None
    held: bool = False
    is_outdated: bool = False
    photos_kept: int = 0
