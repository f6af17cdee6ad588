"""The phone of a check-in: the one of the ticket, and whether several people use it.

At most sessions a shared phone is no fault: a couple has one phone with a battery. So staff see it, and nobody is
refused, unless the organizer wants that.
"""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import Session

from attendance.attempts.check_in_rows import NOT_REFUSED
from attendance.attempts.errors import DeviceShared
from attendance.attempts.tickets import Ticket
from models.attendance import CheckInAttempt, CheckResult
from models.projects import Session as VenueSession
from models.projects import SharedDevices


def check_device(db: Session, session: VenueSession, ticket: Ticket, sent: str | None) -> CheckResult:
    """Return the result of the check of the phone that sent the photos; the ticket's owner and phone are known to fit.

    Raises DeviceShared where the session refuses shared phones and somebody else has checked in with this one. Two
    people at the same moment wait for each other: on SQLite by the one write lock, on PostgreSQL by a lock of
    the phone.
    """
    if sent is None:
        return CheckResult.NOT_ASKED
    if session.shared_devices is SharedDevices.REFUSED:
        if db.get_bind().dialect.name == "postgresql":
            db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{session.id} {sent}", 0))))
        if db.scalar(select(_used_by_another(session.id, sent, ticket.person_id))):
            raise DeviceShared(field="device_id")
    return CheckResult.PASSED


def is_shared(db: Session, attempt: CheckInAttempt) -> bool:
    """Return whether somebody else has checked in at the same session with the phone of an attempt."""
    if attempt.device_id is None:
        return False
    return bool(db.scalar(select(_used_by_another(attempt.session_id, attempt.device_id, attempt.person_id))))


def list_shared(db: Session, session_id: uuid.UUID) -> Mapping[str, Sequence[uuid.UUID]]:
    """Return the phones with which several people have checked in at a session, each with these people."""
    used = (
        CheckInAttempt.session_id == session_id,
        CheckInAttempt.device_id.is_not(None),
        CheckInAttempt.ticket_id.is_not(None),
        CheckInAttempt.result.in_(NOT_REFUSED),
    )
    several = select(CheckInAttempt.device_id).where(*used).group_by(CheckInAttempt.device_id)
    several = several.having(func.count(CheckInAttempt.person_id.distinct()) > 1)
    pairs = select(CheckInAttempt.device_id, CheckInAttempt.person_id).distinct()
    found: dict[str, list[uuid.UUID]] = {}
    for device, person in db.execute(pairs.where(*used, CheckInAttempt.device_id.in_(several))):
        found.setdefault(device or "", []).append(person)
    return {device: sorted(people) for device, people in sorted(found.items())}


def _used_by_another(session_id: uuid.UUID, device_id: str, person_id: uuid.UUID) -> Exists:
    return exists().where(
        CheckInAttempt.session_id == session_id,
        CheckInAttempt.device_id == device_id,
        CheckInAttempt.person_id != person_id,
        CheckInAttempt.ticket_id.is_not(None),
        CheckInAttempt.result.in_(NOT_REFUSED),
    )
