"""From a scanned venue code to a ticket."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from models.attendance import Direction
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.bodies import Body, Out


class LocationIn(Body):
    """Where the phone says it is: degrees (WGS 84), and metres of accuracy. Compared, and never kept."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] | None = None


class TicketRequest(Body):
    """The scanned text; without it, the cookie of the page that the scanned code opened."""

    qr: Annotated[str, Field(max_length=500)] | None = None
    device_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    location: LocationIn | None = None
    direction: Direction | None = Field(None, description="Left out, the session's windows decide.")


class Challenge(Out):
    """What to do in front of the camera: nothing so far."""

    kind: Literal["none"] = "none"


class TicketOut(Out):
    """A ticket: good until `expires_at`, for its owner, and once."""

    ticket: str
    expires_at: datetime
    challenge: Challenge
    direction: Direction
    session: SessionBrief
