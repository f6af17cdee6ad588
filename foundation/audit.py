"""The audit trail: one row for each change of rights, credits or attendance, and for looks at other people's data."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.callers import Caller
from foundation.transactions import read_only
from models.edge import AuditEntry, AuditPerson

LOOKS_AGAIN = timedelta(minutes=10)
"""The time within which a second look of one person at one list is the same look."""


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
    or the name of a table and an id. before, after: plain JSON values, no personal data except ids. Those of people
    under `person` and `people` are whom the entry is about, as are the subject and its `person_id`.
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
    entry.people = [AuditPerson(person_id=each, at=now) for each in _people(kind, subject, before, after)]
    db.add(entry)
    return entry


def look(db: Session, caller: Caller, now: datetime, action: str, subject: Row | tuple[str, uuid.UUID]) -> None:
    """Write that staff looked at data of people, unless the same person looked at the same within LOOKS_AGAIN.

    What was read must be read in `read_only`, as the question whether it is the first look is: so a list that is asked
    for at each letter of a name takes the lock once.
    """
    kind, subject_id = subject if isinstance(subject, tuple) else (subject.__tablename__, subject.id)
    same = (
        AuditEntry.actor_id == caller.person_id,
        AuditEntry.at > now - LOOKS_AGAIN,
        AuditEntry.action == action,
        AuditEntry.subject_id == subject_id,
    )
    with read_only(db):
        is_told = db.scalar(select(AuditEntry.id).where(*same).limit(1)) is not None
    if not is_told:
        record(db, caller, now, action, (kind, subject_id))


def _people(kind: str, subject: object, *told: Mapping[str, Any] | None) -> list[uuid.UUID]:
    """Return the people whom an entry is about, each once."""
    if kind == "person":
        found = [subject[1] if isinstance(subject, tuple) else getattr(subject, "id", None)]
    else:
        found = [getattr(subject, "person_id", None)]
    for each in told:
        if each is not None:
            listed = each.get("people")  # elsewhere it is a number of people
            found += [each.get("person"), *(listed if isinstance(listed, list | tuple) else ())]
    return list(dict.fromkeys(uuid.UUID(str(each)) for each in found if each is not None))
