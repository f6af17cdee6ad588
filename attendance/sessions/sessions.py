"""Sessions (场次): the half-days of a project, each with its venue, code and windows."""

import uuid
import zoneinfo
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from attendance.errors import GeofenceRequired, PeriodInvalid, ZoneUnknown
from attendance.projects.access import ReadableProject
from attendance.sessions.geofence import Fence
from attendance.sessions.venue_codes import new_short_code
from attendance.sessions.windows import WindowWishes, plan_windows
from foundation import audit
from foundation.callers import Caller
from models.base import new_id
from models.projects import Liveness, Project, QrMode
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class NewSession:
    """A session to make. zone: an IANA name, for showing local times and telling the local day."""

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


@dataclass(frozen=True)
class SessionKey:
    """Where a session stands in a list."""

    starts_at: datetime
    id: uuid.UUID


def create_session(db: Session, *, project: Project, new: NewSession, caller: Caller, now: datetime) -> VenueSession:
    """Make a session of a project within its dates. Raises ZoneUnknown, PeriodInvalid, GeofenceRequired."""
    session = VenueSession(id=new_id(), project_id=project.id, short_code=new_short_code(), revision=0)
    plan(session, project, new)
    db.add(session)
    after = {"project_id": str(project.id), "starts_at": new.starts_at.isoformat(), "qr_mode": new.qr_mode.value}
    audit.record(db, caller, now, "session.create", session, after=after)
    db.flush()
    return session


def plan(session: VenueSession, project: Project, new: NewSession) -> None:
    """Give a session what is planned. Raises ZoneUnknown, PeriodInvalid, GeofenceRequired, and changes nothing then."""
    if new.zone not in _zones():
        raise ZoneUnknown(field="zone")
    if new.qr_mode is QrMode.PRINTED and new.fence is None:
        raise GeofenceRequired(field="geofence")
    windows = plan_windows(new.starts_at, new.ends_at, new.windows)
    local_day = new.starts_at.astimezone(zoneinfo.ZoneInfo(new.zone)).date()
    if not project.starts_on <= local_day <= project.ends_on:  # the end may lie past midnight of the last day
        raise PeriodInvalid(field="starts_at")
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
        **asdict(windows),
    }
    for name, value in planned.items():
        setattr(session, name, value)


def list_sessions(db: Session, *, project: ReadableProject, after: SessionKey | None, limit: int) -> list[VenueSession]:
    """Return the sessions of a project in order of their start, from the one after `after` on."""
    wanted = select(VenueSession).where(VenueSession.project_id == project.id)
    if after is not None:
        later = VenueSession.starts_at > after.starts_at
        wanted = wanted.where(or_(later, and_(VenueSession.starts_at == after.starts_at, VenueSession.id > after.id)))
    return list(db.scalars(wanted.order_by(VenueSession.starts_at, VenueSession.id).limit(limit)))


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
