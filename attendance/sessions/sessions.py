"""Sessions (场次): the half-days of a project, each with its venue, code and check-in windows."""

import uuid
import zoneinfo
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from attendance.errors import GeofenceRequired, PeriodInvalid, ZoneUnknown
from attendance.projects.access import ReadableProject
from attendance.sessions.geofence import Fence
from attendance.sessions.lengths import check_length
from attendance.sessions.liveness import check_may_ask
from attendance.sessions.venue_codes import new_short_code
from attendance.sessions.windows import WindowWishes, plan_windows, wishes_of
from foundation import audit
from foundation.callers import Caller
from foundation.clock import local_day
from models.base import new_id
from models.projects import Liveness, Project, QrMode, SharedDevices
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class NewSession:
    """The plan of a session. zone: an IANA name; local times and the local day are computed with it.

    counts: whether attending it is part of anybody's share.
    """

    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    qr_mode: QrMode
    liveness: Liveness
    track: str | None = None
    capacity: int | None = None
    fence: Fence | None = None
    windows: WindowWishes = field(default_factory=WindowWishes)
    counts: bool = True
    shared_devices: SharedDevices = SharedDevices.MARKED

    def moved_to(self, starts_at: datetime, ends_at: datetime) -> "NewSession":
        """Return the plan at other times. Default windows follow from the times; windows of its own move with them."""
        windows = self.windows.moved(start_by=starts_at - self.starts_at, end_by=ends_at - self.ends_at)
        return replace(self, starts_at=starts_at, ends_at=ends_at, windows=windows)


@dataclass(frozen=True)
class SessionKey:
    """The place of a session in the list; a page begins after it."""

    starts_at: datetime
    id: uuid.UUID


def create_session(db: Session, *, project: Project, new: NewSession, caller: Caller, now: datetime) -> VenueSession:
    """Create a session within the dates of its project and return it.

    Raises ZoneUnknown, PeriodInvalid, GeofenceRequired, SessionTooLong, LivenessNotCalibrated.
    """
    check_may_ask(db, new.liveness)
    session = VenueSession(id=new_id(), project_id=project.id, short_code=new_short_code(), revision=0)
    plan(session, new)
    check_day(project, new)
    check_length(new.starts_at, new.ends_at, new.zone, counts=new.counts, needs_check_out=project.needs_check_out)
    db.add(session)
    after = {"project_id": str(project.id), "starts_at": new.starts_at.isoformat(), "qr_mode": new.qr_mode.value}
    audit.record(db, caller, now, "session.create", session, after=after)
    db.flush()
    return session


def plan(session: VenueSession, new: NewSession) -> None:
    """Write the plan into a session.

    Raises ZoneUnknown, PeriodInvalid, GeofenceRequired before anything is changed.
    """
    if new.zone not in _zones():
        raise ZoneUnknown(field="zone")
    if new.qr_mode is QrMode.PRINTED and new.fence is None:
        raise GeofenceRequired(field="geofence")
    windows = plan_windows(new.starts_at, new.ends_at, new.windows)
    planned = {
        "title": new.title,
        "venue": new.venue,
        "track": new.track,
        "capacity": new.capacity,
        "zone": new.zone,
        "starts_at": new.starts_at,
        "ends_at": new.ends_at,
        "qr_mode": new.qr_mode,
        "liveness": new.liveness,
        "latitude": new.fence.latitude if new.fence else None,
        "longitude": new.fence.longitude if new.fence else None,
        "radius_m": round(new.fence.radius_m) if new.fence else None,
        "counts": new.counts,
        "is_location_required": new.fence is not None and new.fence.is_required,
        "shared_devices": new.shared_devices,
        **asdict(windows),
    }
    for name, value in planned.items():
        setattr(session, name, value)


def check_day(project: Project, new: NewSession) -> None:
    """Raise PeriodInvalid unless a session begins within the dates of its project. It may end after midnight."""
    if not project.starts_on <= local_day(new.starts_at, new.zone) <= project.ends_on:
        raise PeriodInvalid(field="starts_at")


def plan_of(session: VenueSession) -> NewSession:
    """Return the present plan of a session: planned again, it gives the same session."""
    fence = None
    if session.latitude is not None and session.longitude is not None and session.radius_m is not None:
        fence = Fence(session.latitude, session.longitude, session.radius_m, session.is_location_required)
    return NewSession(
        title=session.title,
        venue=session.venue,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.zone,
        qr_mode=session.qr_mode,
        liveness=session.liveness,
        track=session.track,
        capacity=session.capacity,
        fence=fence,
        windows=wishes_of(session),
        counts=session.counts,
        shared_devices=session.shared_devices,
    )


def list_sessions(db: Session, *, project: ReadableProject, after: SessionKey | None, limit: int) -> list[VenueSession]:
    """Return the sessions of a project in order of their start, beginning after `after`."""
    wanted = select(VenueSession).where(VenueSession.project_id == project.id)
    if after is not None:
        later = VenueSession.starts_at > after.starts_at
        wanted = wanted.where(or_(later, and_(VenueSession.starts_at == after.starts_at, VenueSession.id > after.id)))
    return list(db.scalars(wanted.order_by(VenueSession.starts_at, VenueSession.id).limit(limit)))


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
