"""Bodies of the signed-in person and of their face."""

import enum
import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from accounts.enrolment.own_face_cases import Waiting
from accounts.whom_to_ask import WhomToAsk
from models.consent import NEEDED_TO_ENROL, ConsentPurpose
from models.faces import FaceCase, FaceCaseKind, FaceTemplate
from models.people import Role
from service.api.faces.schemas.face_facts import FaceQualityOut
from service.edge.answers.bodies import Body, Out, Photos
from service.edge.answers.briefs import UnitBrief, beside
from service.edge.answers.problems import in_callers_language
from service.wording.hints import HELD_AFTER_WITHDRAWAL, HELD_AS_DUPLICATE, IS_IT_YOUR_FACE, WAITING


class HeldRole(Out):
    """A role of mine, over a unit and all below it."""

    role: Role
    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")


class MeOut(Out):
    """The signed-in person. phone: masked. roles: their names; held_roles: each with the unit over which I hold it."""

    id: uuid.UUID
    cme_number: str | None
    name: str
    phone: str | None
    unit: UnitBrief
    roles: list[Role]
    held_roles: list[HeldRole]
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


class ConsentForm(Body):
    """The separate consents (PRIVACY L-5) to one version of the text; only `true` gives one.

    face_recognition: the face itself is recognised; face_network: it is sent over the network.
    """

    consent_version: Annotated[str, Field(max_length=40)]
    face_recognition: bool = False
    face_network: bool = False

    @property
    def purposes(self) -> list[ConsentPurpose]:
        """Return the purposes that are agreed to."""
        return [purpose for purpose in NEEDED_TO_ENROL if getattr(self, purpose.value)]


class AdminOut(Out):
    """An admin who enrolled somebody's face or was the witness of their consent. unit: its name."""

    name: str
    unit: str


class ConsentGiven(Out):
    """A consent that stands. channel: `app`, or `in_person` on the device of the admin `witness`."""

    purpose: ConsentPurpose
    version: str
    given_at: datetime
    channel: str
    witness: AdminOut | None


class ConsentsOut(Out):
    """My consents that stand."""

    items: list[ConsentGiven]


class InPersonForm(ConsentForm):
    """One to five photos of a person, taken on an admin's device, and the consents that the person ticked there."""

    photos: Photos


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
    """The face is enrolled. photos: how many different ones; `quality` has one entry for each that was sent.

    photos_kept: the number of photos that are kept, 0 without `keep_photos`; unkept: the others, if there are any.
    """

    enrolled_at: datetime
    photos: int
    quality: list[FaceQualityOut]
    photos_kept: int = 0
    unkept: list[UnkeptPhoto] = Field(default_factory=list)


class FaceHeld(Out):
    """The face is held until an admin has decided the case. reason: the kind of the case; text: in words.

    No photo of it is kept.
    """

    status: Literal["held"] = "held"
    case: uuid.UUID
    reason: FaceCaseKind
    text: str
    photos_kept: Literal[0] = 0

    @classmethod
    def of(cls, case: FaceCase) -> "FaceHeld":
        """Return a held face, in words of the caller's language."""
        words = HELD_AFTER_WITHDRAWAL if case.kind is FaceCaseKind.ENROLLED_AFTER_WITHDRAWAL else HELD_AS_DUPLICATE
        return cls(case=case.id, reason=case.kind.value, text=in_callers_language(words))


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
        text = in_callers_language(IS_IT_YOUR_FACE)
        return cls(asked_at=face.question_at, enrolled_at=face.enrolled_at, device=face.device, text=text)


class FaceAnswer(Body):
    """The owner's answer to the question about the face on file."""

    mine: bool


class FaceAnswered(Out):
    """The answer is stored. case: of a face that was not the owner's; null otherwise."""

    enrolled: bool
    case: uuid.UUID | None


class FaceAdminsOut(Out):
    """Whom I can ask about my face: the nearest unit that has admins of faces, and their names."""

    unit: str
    admins: list[str]


class FaceWaiting(Out):
    """A case that an admin must decide. reason: its kind; text: in words; ask: whom I can ask, null if nobody is."""

    case: uuid.UUID
    reason: FaceCaseKind
    since: datetime
    text: str
    ask: FaceAdminsOut | None

    @classmethod
    def of(cls, waiting: Waiting, ask: WhomToAsk | None) -> "FaceWaiting":
        """Return what the person waits for, in their language."""
        text = in_callers_language(WAITING.get(waiting.kind.value, HELD_AS_DUPLICATE))
        admins = None if ask is None else FaceAdminsOut.model_validate(ask)
        return cls(case=waiting.case_id, reason=waiting.kind, since=waiting.since, text=text, ask=admins)


class FaceDecided(Out):
    """The last decision of admins about my face, with its reason. result: `accepted`, `rejected` or `reset`."""

    result: str
    reason: str
    at: datetime


class FaceOut(Out):
    """Whether a face is enrolled.

    held: an admin must decide first; is_outdated: it works, but may be enrolled again; photos_kept: the number of
    enrolment photos that are kept, by the owner's separate consent; question: what the owner is asked after a password
    reset, null if nothing. channel: how it was enrolled, `app` by myself, `in_person` or `batch` by the admin
    `enrolled_by`. consents: those that stand. waiting: the case that an admin must decide first, null if none.
    last_decision: of admins about my face.
    """

    enrolled: bool
    enrolled_at: datetime | None
    held: bool = False
    is_outdated: bool = False
    photos_kept: int = 0
    question: FaceQuestion | None = None
    channel: str | None = None
    enrolled_by: AdminOut | None = None
    consents: list[ConsentGiven]
    waiting: FaceWaiting | None = None
    last_decision: FaceDecided | None = None
