"""The audit trail: one row for each change of rights, credits or attendance."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from foundation.callers import Caller
from models.edge import AuditEntry


class Row(Protocol):
    """A row of a table whose primary key is one id."""

    __tablename__: str

    @property
    def id(self) -> Any: ...


def record(
    db: Session,
    actor: Caller | uuid.UUID | None,
    now: datetime,
    action: str,
    subject: Row | tuple[str, uuid.UUID],
    *,
    reason: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add one audit row to the open transaction, so that it is committed with the change or not at all. Return it.

    actor: the caller, or the id of the person who did it; None for the system. subject: a row that already has its id,
    or the name of a table and an id. before, after: plain JSON values, no personal data except ids.
    """
    kind, subject_id = subject if isinstance(subject, tuple) else (subject.__tablename__, subject.id)
    entry = AuditEntry(
        at=now,
        actor_id=actor.person_id if isinstance(actor, Caller) else actor,
        action=action,
        subject_kind=kind,
        subject_id=subject_id,
        reason=reason,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    db.add(entry)
    return entry
