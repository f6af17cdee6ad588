"""Bodies of the signed-in person and of their face."""

import enum
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from models.people import Role
from service.edge.bodies import Body, Out, Photos


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


class UnkeptPhoto(Out):
    """A photo that the owner allowed to keep and that is not kept. photo: its index; text: why."""

    photo: int
    text: str


class FaceEnrolled(Out):
    """The face is enrolled; `quality` has one entry a photo.

    photos_kept: the number of photos that are kept, 0 without `keep_photos`; unkept: the others, if there are any.
    """

    enrolled_at: datetime
    quality: list[dict[str, Any]]
    photos_kept: int = 0
    unkept: list[UnkeptPhoto] = Field(default_factory=list)


class FaceHeld(Out):
    """The face is held until an admin has decided the case. No photo of it is kept."""

    status: Literal["held"] = "held"
    case: uuid.UUID
    photos_kept: Literal[0] = 0


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
