"""Bodies for exchanging a scanned venue code for a ticket."""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from faces.liveness.steps import Step
from models.attendance import Direction
from models.projects import Liveness
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.answers.bodies import Body, Out


class LocationIn(Body):
    """The location that the phone reports: degrees (WGS 84), and accuracy in metres. It is compared and not stored."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] | None = None


class TicketRequest(Body):
    """A scan. qr: the scanned text; without it, or once it has expired, the cookie or the own pending scan is used.

    location: the first one that is sent records the consent to it, whose text is at `/location-consent`.
    """

    qr: Annotated[str, Field(max_length=500)] | None = None
    device_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    location: LocationIn | None = None
    direction: Direction | None = Field(None, description="Left out, the session's windows decide.")


class Challenge(Out):
    """A task in front of the camera, for liveness.

    steps: for the kind `challenge` two different ones. Take three to five frames, one after the other and never
    mirrored: one from the front, and the steps in this order. Left and right are the person's own.
    """

    kind: Liveness = Liveness.NONE
    steps: list[Step] = Field(default_factory=list)

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "Challenge":
        """Return the challenge of a ticket with these steps."""
        return cls(kind=Liveness.CHALLENGE if steps else Liveness.NONE, steps=list(steps))


class PlaceCheck(enum.StrEnum):
    """Whether the phone is at the venue. `unverified`: it sent no location, or one that tells nothing."""

    PASSED = "passed"
    UNVERIFIED = "unverified"
    NOT_ASKED = "not_asked"


class TicketOut(Out):
    """A ticket. Its owner can use it once, until `expires_at`.

    scanned_at: the time of the scan, by which present and late are told; a photo for this ticket is taken after it.
    """

    ticket: str
    expires_at: datetime
    scanned_at: datetime
    challenge: Challenge
    place: PlaceCheck
    direction: Direction
    session: SessionBrief
