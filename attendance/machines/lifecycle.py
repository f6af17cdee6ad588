"""What screens and kiosks have in common: they are listed, opened by their secret, and revoked or over."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.machines.credentials import hash_of
from attendance.machines.errors import MachineEnded, MachineUnknown
from attendance.projects.access import DOOR, OrganizedSession, get_session
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.project_staff import ProjectStaff
from models.projects import Session as VenueSession
from models.venue_machines import Kiosk, Screen

Machine = TypeVar("Machine", Screen, Kiosk)


def list_machines(
    db: Session, table: type[Machine], *, session: OrganizedSession, after: uuid.UUID | None, limit: int
) -> Sequence[Machine]:
    """Return the screens or kiosks of a session, oldest first, beginning after `after`."""
    wanted = select(table).where(table.session_id == session.id)
    if after is not None:
        wanted = wanted.where(table.id > after)
    return db.scalars(wanted.order_by(table.id).limit(limit)).all()


def revoke_machine(db: Session, table: type[Machine], *, machine_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Revoke a screen or kiosk: from now on its secret opens nothing. Raises NotFound, Forbidden."""
    machine = db.get(table, machine_id, with_for_update=True)
    if machine is None:
        raise NotFound
    get_session(db, session_id=machine.session_id, caller=caller, tasks=DOOR)
    if machine.revoked_at is None:
        machine.revoked_at = now
        audit.record(db, caller, now, f"{table.__tablename__}.revoke", machine)
        db.flush()


def open_machine(
    db: Session, table: type[Machine], *, token: str | None, now: datetime
) -> tuple[Machine, VenueSession]:
    """Return the screen or kiosk with this secret, and its session.

    Raises MachineUnknown; MachineEnded where the assignment of whoever made it is over: nobody answers for it.
    """
    found = None
    if token:
        wanted = select(table, VenueSession, ProjectStaff).join(VenueSession, VenueSession.id == table.session_id)
        wanted = wanted.outerjoin(ProjectStaff, ProjectStaff.id == table.staff_id)
        found = db.execute(wanted.where(table.token_hash == hash_of(token))).first()
    if found is None:
        raise MachineUnknown
    machine, session = found[0], found[1]
    assignment: ProjectStaff | None = found[2]
    if assignment is not None and machine.revoked_at is None:
        check_assignment(assignment.ended_at, assignment.until, now)
    return machine, session


def check_assignment(ended_at: datetime | None, until: datetime | None, now: datetime) -> None:
    """Raise MachineEnded where the assignment by which a machine was made was ended, or its time is over."""
    if ended_at is not None or (until is not None and now >= until):
        raise MachineEnded(facts={"why": "assignment_over"})


def check_works(session: VenueSession, *, revoked_at: datetime | None, ends_at: datetime, now: datetime) -> None:
    """Raise MachineEnded for a machine of the session that was revoked, or whose time is over."""
    if revoked_at is not None:
        raise MachineEnded(facts={"why": "revoked"})
    if now >= ends_at:
        raise MachineEnded(facts={"why": "session_over", "ended_at": ends_at.isoformat(), "zone": session.zone})
