"""Bodies for exchanging a scanned venue code for a ticket."""

import enum
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from models.attendance import Direction
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.bodies import Body, Out


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
    """A task in front of the camera, for liveness. So far there is none."""

    kind: Literal["none"] = "none"


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
