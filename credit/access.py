"""How far the authority (主管部门) and the admins of units reach in credits."""

import uuid
from datetime import datetime
from typing import NewType

from sqlalchemy.orm import Session, joinedload

from foundation import audit
from foundation.callers import Caller
from foundation.errors import Forbidden, NotFound
from models.people import Person, Role, Unit

AUTHORITY = (Role.AUTHORITY,)
CREDIT_ADMINS = (Role.UNIT_ADMIN, Role.AUTHORITY)
LEDGER_READERS = (Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.AUDITOR)

PersonWithin = NewType("PersonWithin", Person)
"""Somebody whose credits the caller looks after; only `get_person_within` makes one."""


def authority_unit(db: Session, caller: Caller) -> Unit:
    """Return the widest unit over which the caller is the authority. Raises Forbidden."""
    scopes = [grant for grant in caller.grants if grant.role in AUTHORITY]
    if not scopes:
        raise Forbidden
    widest = min(scopes, key=lambda grant: (len(grant.unit_path), grant.unit_path))
    return db.get_one(Unit, widest.unit_id)


def get_person_within(db: Session, *, person_id: uuid.UUID, caller: Caller) -> PersonWithin:
    """Return a person whose credits the caller looks after.

    Raises NotFound otherwise: who they are is not to be told.
    """
    person = db.get(Person, person_id, options=[joinedload(Person.unit)])
    if person is None or not caller.may(CREDIT_ADMINS, person.unit.path):
        raise NotFound
    return PersonWithin(person)


def look_at(
    db: Session, *, person_id: uuid.UUID, what: str, asked: dict[str, str | int], caller: Caller, now: datetime
) -> PersonWithin:
    """Somebody whose credits the caller looks at, which is audited; one's own are nobody's business. Raises NotFound.

    what: credits, compliance or summary; asked: of which days or year.
    """
    person = get_person_within(db, person_id=person_id, caller=caller)
    if person.id != caller.person_id:
        audit.record(db, caller, now, "credits.look", person, after={"what": what, **asked})
        db.flush()
    return person
