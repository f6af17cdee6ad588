"""The audit trail: one row for whatever changes rights, credits or attendance."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.edge import AuditEntry


def record(
    db: Session,
    *,
    now: datetime,
    actor_id: uuid.UUID | None,
    action: str,
    subject_kind: str,
    subject_id: uuid.UUID,
    reason: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add one audit row to the open transaction, so that it stands or falls with what it tells of.

    actor_id: the person who did it, None for the system itself. before, after: plain JSON values, no personal data
    beyond ids.
    """
    entry = AuditEntry(
        at=now,
        actor_id=actor_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reason=reason,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    db.add(entry)
    return entry
