"""Sessions and their venue codes."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError

from attendance.planning.following import Scope
from attendance.planning.session_acts import SessionAct
from attendance.room.session_moves import EarlierCheckIns
from attendance.sessions.geofence import Fence
from attendance.sessions.sessions import NewSession
from attendance.sessions.windows import WindowWishes
from models.attendance import Direction
from models.projects import Liveness, QrMode, SharedDevices
from service.edge.answers.bodies import NOT_SENT, Body, Capacity, Out, PartialBody, Reason
from service.edge.answers.briefs import PersonBrief, ProjectBrief, beside
from service.edge.answers.paging import ListOut

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _sane(instant: datetime) -> datetime:
    if not _FIRST <= instant < _LAST:
        raise PydanticCustomError("instant", "must lie between the years 2000 and 2100")
    return instant.astimezone(UTC)


SaneInstant = Annotated[AwareDatetime, AfterValidator(_sane)]
"""RFC 3339 with offset, of this century."""


class GeofenceIn(Body):
    """A circle around the venue: degrees (WGS 84) and metres.

    is_required: whether a phone that sends no usable location is refused, as it always is at a printed code. Otherwise
    only a phone that is surely outside is refused.
    """

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    radius_m: Annotated[int, Field(ge=10, le=20_000)]
    is_required: bool = False


class WindowsIn(PartialBody):
    """When people may check in and out, if not by default; see the default in `SessionNew`."""

    clearable = frozenset({"in_opens_at", "late_from", "in_closes_at", "out_opens_at", "out_closes_at"})

    in_opens_at: SaneInstant | None = None
    late_from: SaneInstant | None = None
    in_closes_at: SaneInstant | None = None
    out_opens_at: SaneInstant | None = None
    out_closes_at: SaneInstant | None = None


Title = Annotated[str, Field(min_length=1, max_length=200)]
Track = Annotated[str, Field(min_length=1, max_length=60)]
Zone = Annotated[str, Field(min_length=1, max_length=40, description="IANA name.")]


class SessionNew(Body):
    """A session to create.

    By default people check in from 30 minutes before the start to 20 after it, late from the start on, and out from 20
    minutes before the end to 30 after it. A printed code needs a geofence. With a capacity (名额), learners need a
    place.
    counts: whether the session is part of the share. shared_devices: what happens when several people check in with
    one phone. A session over six hours needs check-out. One over twelve hours,
    or over two days, can't count, unless it crosses midnight within six hours.
    """

    title: Title
    starts_at: SaneInstant
    ends_at: SaneInstant
    venue: Title
    track: Track | None = None
    capacity: Capacity | None = None
    counts: bool = True
    zone: Zone = "Asia/Shanghai"
    liveness: Liveness = Liveness.NONE
    qr_mode: QrMode = QrMode.ROTATING
    geofence: GeofenceIn | None = None
    shared_devices: SharedDevices = SharedDevices.MARKED
    windows: WindowsIn = WindowsIn()

    def plan(self) -> NewSession:
        """Return what is planned."""
        facts = self.model_dump(include=set(SessionNew.model_fields) - {"geofence", "windows"})
        return NewSession(
            **facts,
            fence=Fence(**self.geofence.model_dump()) if self.geofence else None,
            windows=WindowWishes(**self.windows.model_dump()),
        )


class SessionChange(PartialBody):
    """The fields of a session to change. Fields that are not sent keep their values; null clears.

    reason: needed after the first check-in. A change of times moves the windows: default ones follow the new times,
    others keep their distance to start or end. In `windows` too, fields that are not sent keep their values, and null
    is the default. A session with check-ins that moves to another day needs `earlier_check_ins`: `keep` them, or
    declare them `void`. scope: `following` changes the later sessions of the series in the same way, all or none.
    """

    clearable = frozenset({"track", "capacity", "geofence", "windows", "reason", "earlier_check_ins"})

    title: Title = NOT_SENT
    starts_at: SaneInstant = NOT_SENT
    ends_at: SaneInstant = NOT_SENT
    venue: Title = NOT_SENT
    track: Track | None = None
    capacity: Capacity | None = None
    counts: bool = NOT_SENT
    zone: Zone = NOT_SENT
    liveness: Liveness = NOT_SENT
    qr_mode: QrMode = NOT_SENT
    geofence: GeofenceIn | None = None
    shared_devices: SharedDevices = NOT_SENT
    windows: WindowsIn | None = None
    reason: Reason | None = None
    earlier_check_ins: EarlierCheckIns | None = None
    scope: Scope = Scope.THIS

    def applied_to(self, present: NewSession) -> NewSession:
        """Return the plan with what was sent."""
        sent = self.sent()
        moved = present.moved_to(sent.pop("starts_at", present.starts_at), sent.pop("ends_at", present.ends_at))
        for name in ("reason", "earlier_check_ins", "scope"):
            sent.pop(name, None)
        if "geofence" in sent:
            sent.pop("geofence")
            sent["fence"] = Fence(**self.geofence.model_dump()) if self.geofence else None
        if "windows" in sent:
            windows = self.windows
            sent["windows"] = replace(moved.windows, **windows.sent()) if windows else WindowWishes()
        return replace(moved, **sent)


class ExtensionIn(Body):
    """How many more minutes people may check in, or out."""

    direction: Direction
    minutes: Annotated[int, Field(ge=1, le=120)]


class CancellationIn(Body):
    """Why the session is cancelled. All people on the roster read it.

    scope: `following` cancels the later sessions of the series too.
    """

    reason: Reason
    scope: Scope = Scope.THIS


class SessionClose(Body):
    """Why a session is closed; needed after the first check-in."""

    reason: Reason | None = None


class SessionBrief(Out):
    """A session, as far as a learner needs it. zone: of the venue, to show the times.

    counts: whether it is part of the share. cancelled_at, cancellation_reason: of a cancelled session (停办), which was
    never held; null for others.
    """

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    counts: bool
    cancelled_at: datetime | None
    cancellation_reason: str | None


class WindowsOut(Out):
    """When people may check in and out."""

    in_opens_at: datetime
    late_from: datetime
    in_closes_at: datetime
    out_opens_at: datetime
    out_closes_at: datetime


class GeofenceOut(Out):
    """A circle around the venue: degrees (WGS 84) and metres. is_required: whether the phone must send a location."""

    latitude: float
    longitude: float
    radius_m: int
    is_required: bool


class SessionOut(SessionBrief):
    """A session, as its organizer sees it. revision: it increases with each change, and is the ETag.

    series_id: common to the sessions that were made in one step, null for a session on its own.
    """

    cancelled_by: uuid.UUID | None
    canceller: PersonBrief | None = beside("cancelled_by")
    track: str | None
    capacity: int | None
    series_id: uuid.UUID | None
    closed_at: datetime | None
    revision: int
    liveness: Liveness
    qr_mode: QrMode
    windows: WindowsOut
    geofence: GeofenceOut | None
    shared_devices: SharedDevices


class SessionDetail(SessionOut):
    """A session, with what I may do there."""

    acts: list[SessionAct]


class SessionList(ListOut):
    """A page of sessions, in order of their start."""

    items: list[SessionOut]
    next_cursor: str | None


class QrOut(Out):
    """The current venue code for the screen, and when the next code replaces it; a printed code never changes.

    rotates_every: seconds. For a cancelled session a screen shows the reason instead: the code gives no ticket.
    """

    url: str
    expires_at: datetime | None
    rotates_every: int | None
    cancelled_at: datetime | None
    cancellation_reason: str | None


class OverlapOut(Out):
    """Two sessions at the same time. is_same_track: nobody could attend both as planned."""

    session_id: uuid.UUID
    other_session_id: uuid.UUID
    is_same_track: bool


class OverlapList(Out):
    """The overlaps of a project."""

    items: list[OverlapOut]
