"""Sessions and their venue codes."""

import uuid
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError

from attendance.sessions.geofence import Fence
from attendance.sessions.sessions import NewSession
from attendance.sessions.windows import WindowWishes
from models.projects import Liveness, QrMode
from service.edge.bodies import Body, Capacity, Out, Reason
from service.edge.paging import ListOut

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _sane(instant: datetime) -> datetime:
    if not _FIRST <= instant < _LAST:
        raise PydanticCustomError("instant", "must lie between the years 2000 and 2100")
    return instant.astimezone(UTC)


SaneInstant = Annotated[AwareDatetime, AfterValidator(_sane)]
"""RFC 3339 with offset, of this century."""


class GeofenceIn(Body):
    """A circle round the venue: degrees (WGS 84) and metres."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    radius_m: Annotated[int, Field(ge=10, le=20_000)]


class WindowsIn(Body):
    """When people may check in and out, where it differs from the default; see the default in `SessionNew`."""

    in_opens_at: SaneInstant | None = None
    late_from: SaneInstant | None = None
    in_closes_at: SaneInstant | None = None
    out_opens_at: SaneInstant | None = None
    out_closes_at: SaneInstant | None = None


class SessionNew(Body):
    """A session to make.

    By default people check in from 30 minutes before the start to 20 after it, late from the start on, and out from 20
    minutes before the end to 30 after it. A printed code needs a geofence. With a capacity (名额), learners
    need a place.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    starts_at: SaneInstant
    ends_at: SaneInstant
    venue: Annotated[str, Field(min_length=1, max_length=200)]
    track: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    capacity: Capacity | None = None
    zone: Annotated[str, Field(min_length=1, max_length=40, description="IANA name.")] = "Asia/Shanghai"
    liveness: Liveness = Liveness.NONE
    qr_mode: QrMode = QrMode.ROTATING
    geofence: GeofenceIn | None = None
    windows: WindowsIn = WindowsIn()

    def plan(self) -> NewSession:
        """Return what is planned."""
        facts = self.model_dump(include=set(SessionNew.model_fields) - {"geofence", "windows"})
        return NewSession(
            **facts,
            fence=Fence(**self.geofence.model_dump()) if self.geofence else None,
            windows=WindowWishes(**self.windows.model_dump()),
        )


class SessionChange(SessionNew):
    """A session's plan anew, whole. reason: needed once people have checked in."""

    reason: Reason | None = None


class SessionClose(Body):
    """Why a session is closed; needed once people have checked in."""

    reason: Reason | None = None


class SessionBrief(Out):
    """A session, as far as a learner needs it. zone: of the venue, for showing the times."""

    id: uuid.UUID
    project_id: uuid.UUID
    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime


class WindowsOut(Out):
    """When people may check in and out."""

    in_opens_at: datetime
    late_from: datetime
    in_closes_at: datetime
    out_opens_at: datetime
    out_closes_at: datetime


class GeofenceOut(Out):
    """A circle round the venue: degrees (WGS 84) and metres."""

    latitude: float
    longitude: float
    radius_m: int


class SessionOut(SessionBrief):
    """A session, as its organizer sees it. revision: how often its plan was changed."""

    track: str | None
    capacity: int | None
    closed_at: datetime | None
    revision: int
    liveness: Liveness
    qr_mode: QrMode
    windows: WindowsOut
    geofence: GeofenceOut | None


class SessionList(ListOut):
    """A page of sessions, in order of their start."""

    items: list[SessionOut]
    next_cursor: str | None


class QrOut(Out):
    """What the screen shows now, and when the next code takes its place; a printed code never changes.

    rotates_every: seconds.
    """

    url: str
    expires_at: datetime | None
    rotates_every: int | None


class OverlapOut(Out):
    """Two sessions at the same time. is_same_track: nobody could attend both as planned."""

    session_id: uuid.UUID
    other_session_id: uuid.UUID
    is_same_track: bool


class OverlapList(Out):
    """The overlaps of a project."""

    items: list[OverlapOut]
