"""The signed-in person, and their face."""

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
    """How to hold the head for one photo of an enrolment: three that differ a little make a better template."""

    STRAIGHT = "straight"
    LEFT = "a_little_left"
    RIGHT = "a_little_right"


class ConsentOut(Out):
    """The notice and consent text in force, in the caller's language; agreeing to it gives each of `purposes`.

    optional_purposes: separate consents that the text also speaks of; each is given only by a field of its own, to be
    shown un-ticked: `face_photos` by `keep_photos`.
    poses: how to hold the head for each photo to take; one photo is enough, and is judged more strictly.
    """

    version: str
    text: str
    purposes: list[str]
    optional_purposes: list[str]
    poses: list[Pose]
    published_at: datetime


class FaceForm(Body):
    """One to five photos of one person's face, and the version of the text that they agreed to.

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
    """An admin must look first."""

    status: Literal["held"] = "held"
    case: uuid.UUID


class FaceOut(Out):
    """Whether a face is enrolled.

    held: an admin must look first; is_outdated: it works, and may be enrolled anew; photos_kept: how many photos of the
    enrolment are kept, by the owner's separate consent.
    """

    enrolled: bool
    enrolled_at: datetime | None
    held: bool = False
    is_outdated: bool = False
    photos_kept: int = 0
