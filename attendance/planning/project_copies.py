"""Copying a project: a new draft with the same plan on other days and with an empty roster."""

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.planning.recurrence import moved_by_days
from attendance.projects.projects import NewProject, conditions_of, create_project
from attendance.sessions.lengths import Need, find_need
from attendance.sessions.liveness import may_ask
from attendance.sessions.venue_codes import new_short_code
from foundation.callers import Caller
from models.base import new_id
from models.projects import Liveness, Project
from models.projects import Session as VenueSession

_TIMES = ("starts_at", "ends_at", "in_opens_at", "late_from", "in_closes_at", "out_opens_at", "out_closes_at")
_REST = (
    "title",
    "venue",
    "track",
    "capacity",
    "zone",
    "qr_mode",
    "liveness",
    "latitude",
    "longitude",
    "radius_m",
    "counts",
    "is_location_required",
    "shared_devices",
)


def copy_project(
    db: Session, *, project: Project, starts_on: date, name: str | None, caller: Caller, now: datetime
) -> Project:
    """Create a draft like `project` that begins on another day, with its sessions moved by the same days.

    It has the same number with the next edition (期次). A cancelled session is copied as it was planned. A session
    that is too long to count doesn't count in the copy, and one with a challenge asks for none where the installation
    may not ask for one any more.

    Raises Forbidden.
    """
    days = starts_on - project.starts_on
    made = create_project(
        db,
        new=NewProject(
            name=name or project.name,
            starts_on=starts_on,
            ends_on=project.ends_on + days,
            number=project.number,
            level=project.level,
            category=project.category,
            delivery_mode=project.delivery_mode,
            discipline=project.discipline,
            credits=project.credits,
            hours=project.hours,
            conditions=conditions_of(project),
            capacity=project.capacity,
            applications=project.applications,
            is_open=project.is_open,
            open_to=project.open_to,
            unit_id=project.unit_id,
            reviewing_unit_id=project.reviewing_unit_id,
            copied_from=project.id,
        ),
        caller=caller,
        now=now,
    )
    series: dict[uuid.UUID, uuid.UUID] = {}
    for session in db.scalars(select(VenueSession).where(VenueSession.project_id == project.id)):
        copied = VenueSession(id=new_id(), project_id=made.id, short_code=new_short_code(), revision=0)
        for each in _REST:
            setattr(copied, each, getattr(session, each))
        for each in _TIMES:
            setattr(copied, each, moved_by_days(getattr(session, each), days, session.zone))
        if session.series_id is not None:
            copied.series_id = series.setdefault(session.series_id, new_id())
        need = find_need(copied.starts_at, copied.ends_at, copied.zone)
        if copied.liveness is Liveness.CHALLENGE and not may_ask(db):
            copied.liveness = Liveness.NONE
        if need is Need.COUNTS_FALSE or (need is Need.CHECK_OUT and not made.needs_check_out):
            copied.counts = False
        db.add(copied)
    db.flush()
    return made
