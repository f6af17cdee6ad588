"""Writes the rows of a scan that nothing stands in the way of, with as little as possible under the lock of the writer.

Everything was read and judged before. The check-in is inserted only if session, project and kiosk are still as they
were read, in one statement, which also keeps session and kiosk as they are until it is committed.
"""

import hashlib
import uuid
from datetime import datetime
from functools import cache

from sqlalchemy import Insert, bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from attendance.attempts.attempts import Attempt, note
from attendance.machines.kiosk_facts import KioskFacts, ScanAsked
from attendance.machines.personal_codes import PersonalCode
from foundation.transactions import insert_new
from models.attendance import CheckIn, ReviewReason
from models.base import new_id
from models.projects import Project
from models.projects import Session as VenueSession
from models.venue_machines import Kiosk, KioskScan

_COLUMNS = (
    "id", "session_id", "person_id", "direction", "status", "method", "scanned_at", "checked_in_at", "captured_at",
    "attempt_id", "receipt",
)  # fmt: skip
_AS_READ = (
    "in_opens_at", "late_from", "in_closes_at", "out_opens_at", "out_closes_at", "closed_at", "cancelled_at",
)  # fmt: skip
"""What of a session decides whether and how somebody is checked in."""


def insert_if_unchanged(
    db: Session, facts: KioskFacts, row: CheckIn, *, reason: ReviewReason | None, now: datetime
) -> bool:
    """Insert a check-in with its attempt; return whether it is there.

    It is not where another one was first, or where session, project or kiosk changed since the facts were read: then
    the transaction is to be rolled back, because the attempt is there.
    """
    attempt = Attempt(row.person_id, row.session_id, row.direction, None, None)
    row.attempt_id = note(db, attempt=attempt, result=row.status.value, now=now, review_reason=reason)
    values = {name: getattr(row, name) for name in _COLUMNS}
    values |= {f"read_{name}": getattr(facts.scan.session, name) for name in _AS_READ}
    values |= {"read_status": facts.scan.status, "kiosk_id": facts.kiosk_id}
    connection = db.connection()
    return connection.execute(_insert(connection.dialect.name), values).rowcount == 1


def insert_scan(
    db: Session, asked: ScanAsked, code: PersonalCode, *, check_in_id: uuid.UUID, at: datetime, now: datetime
) -> None:
    """Insert the scan that led to a check-in, unless the same nonce did so a moment before."""
    insert_new(
        db,
        KioskScan,
        id=new_id(),
        kiosk_id=asked.kiosk_id,
        nonce=asked.nonce,
        check_in_id=check_in_id,
        code_hash=hashlib.sha256(code.text.encode()).digest(),
        scanned_at=at,
        sent_at=now,
    )


@cache
def _insert(dialect: str) -> Insert:
    """Return the statement, built once. Its parameters are the values, and what was read."""
    table, session = CheckIn.__table__, VenueSession.__table__
    values = [bindparam(name, type_=table.c[name].type) for name in _COLUMNS]
    as_read = [
        session.c[name].is_not_distinct_from(bindparam(f"read_{name}", type_=session.c[name].type)) for name in _AS_READ
    ]
    unchanged = (
        select(*values)
        .select_from(Kiosk)
        .join(VenueSession, VenueSession.id == Kiosk.session_id)
        .join(Project, Project.id == VenueSession.project_id)
        .where(Kiosk.id == bindparam("kiosk_id"), Kiosk.revoked_at.is_(None), *as_read)
        .where(Project.status == bindparam("read_status", type_=Project.__table__.c.status.type))
        .with_for_update(read=True, of=[VenueSession, Kiosk])
    )
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    made = insert(CheckIn).from_select(_COLUMNS, unchanged, include_defaults=False).on_conflict_do_nothing()
    return made.execution_options(preserve_rowcount=True)
