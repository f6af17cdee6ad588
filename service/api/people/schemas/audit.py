"""Bodies of the audit trail."""

import json
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field
from typing_extensions import TypeAliasType

from accounts.audit_trail import OwnEntry, Sought, TrailEntry
from service.api.projects.schemas.projects import SaneDate
from service.edge.answers.bodies import Out, Page
from service.edge.answers.briefs import PersonBrief, UnitBrief, beside
from service.edge.answers.paging import ListOut
from service.edge.answers.problems import in_callers_language
from service.wording.audit import words_of

Actor = TypeAliasType("Actor", Literal["staff", "system"])
_NAMED = ("role", "account", "person", "roster", "check_in", "check_in_attempt", "attendance", "session_place")
"""The actions of which a person learns by whose hand they were. Who decided on faces and credits stays with staff."""


class AuditAsked(Page):
    """Which entries to show. subject: a person or another thing; kind: an action, or the part before its dot.

    from, to: days in the province, both included.
    """

    subject: uuid.UUID | None = None
    actor: uuid.UUID | None = None
    kind: Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+(\.[a-z_]+)?$")] | None = None
    first: SaneDate | None = Field(None, alias="from")
    last: SaneDate | None = Field(None, alias="to")

    def sought(self) -> Sought:
        """Return which entries are wanted."""
        return Sought(self.subject, self.actor, self.kind, self.first, self.last)


class AuditPersonOut(Out):
    """A person whom an entry is about. person: null for somebody who was deleted since."""

    person_id: uuid.UUID
    person: PersonBrief | None = beside("person_id")


class AuditEntryOut(Out):
    """What was done, by whom, about whom, when and why. what: `action` in words; actor: null for the system itself.

    people: at most 20 of the people whom it is about; people_count: all of them. before, after: ids and plain values as
    text; what is none is JSON.
    """

    id: uuid.UUID
    at: datetime
    action: str
    what: str
    actor_id: uuid.UUID | None
    actor: PersonBrief | None = beside("actor_id")
    subject_kind: str
    subject_id: uuid.UUID
    people: list[AuditPersonOut]
    people_count: int
    reason: str | None
    before: dict[str, str] | None
    after: dict[str, str] | None

    @classmethod
    def of(cls, found: TrailEntry) -> Self:
        """Return an entry as a body, in the caller's language."""
        entry = found.entry
        return cls(
            id=entry.id,
            at=entry.at,
            action=entry.action,
            what=in_callers_language(words_of(entry.action)),
            actor_id=entry.actor_id,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            people=[AuditPersonOut(person_id=each) for each in found.people],
            people_count=found.how_many,
            reason=entry.reason,
            before=_as_texts(entry.before),
            after=_as_texts(entry.after),
        )


def _as_texts(told: dict[str, Any] | None) -> dict[str, str] | None:
    if told is None:
        return None
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in told.items()
    }


class AuditList(ListOut):
    """A page of the audit trail, newest first."""

    items: list[AuditEntryOut]
    next_cursor: str | None


class OwnAuditOut(Out):
    """What somebody did to me, or that they looked at my data. unit: of the person who did it.

    name: who it was, for roles, accounts, rosters and attendance; who decides on faces and credits stays with staff.
    """

    id: uuid.UUID
    at: datetime
    action: str
    what: str
    by: Actor
    name: str | None
    unit_id: uuid.UUID | None
    unit: UnitBrief | None = beside("unit_id")
    reason: str | None

    @classmethod
    def of(cls, found: OwnEntry) -> Self:
        """Return an entry as a body, in the caller's language."""
        entry = found.entry
        is_named = entry.action.partition(".")[0] in _NAMED
        return cls(
            id=entry.id,
            at=entry.at,
            action=entry.action,
            what=in_callers_language(words_of(entry.action)),
            by="staff" if entry.actor_id is not None else "system",
            name=found.actor_name if is_named else None,
            unit_id=found.actor_unit,
            reason=entry.reason if is_named or entry.actor_id is None else None,
        )


class OwnAuditList(ListOut):
    """A page of what was done to me, newest first."""

    items: list[OwnAuditOut]
    next_cursor: str | None
