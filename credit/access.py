"""Which people's credits the authority (主管部门) and the admins of units may see and change."""

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
"""A person whose credits the caller looks after. Only `get_person_within` makes one."""

CreditHolder = NewType("CreditHolder", uuid.UUID)
"""The id of a person whose credits the caller may see. Only `holder_of_own` and `holder_within` make one."""


def holder_of_own(caller: Caller) -> CreditHolder:
    """Return the caller as the holder of credits: everybody may see their own."""
    return CreditHolder(caller.person_id)


def holder_within(person: PersonWithin) -> CreditHolder:
    """Return a person whose credits the caller looks after as the holder of credits."""
    return CreditHolder(person.id)


def authority_unit(db: Session, caller: Caller) -> Unit:
    """Return the widest unit over which the caller is the authority. Raises Forbidden."""
    scopes = [grant for grant in caller.grants if grant.role in AUTHORITY]
    if not scopes:
        raise Forbidden
    widest = min(scopes, key=lambda grant: (len(grant.unit_path), grant.unit_path))
    return db.get_one(Unit, widest.unit_id)


def get_person_within(db: Session, *, person_id: uuid.UUID, caller: Caller) -> PersonWithin:
    """Return a person whose credits the caller looks after.

    Raises NotFound otherwise, so that the answer does not tell whether the person exists.
    """
    person = db.get(Person, person_id, options=[joinedload(Person.unit)])
    if person is None or not caller.may(CREDIT_ADMINS, person.unit.path):
        raise NotFound
    return PersonWithin(person)


def look_at(
    db: Session, *, person_id: uuid.UUID, what: str, asked: dict[str, str | int], caller: Caller, now: datetime
) -> PersonWithin:
    """Return a person whose credits the caller may see, and audit it unless it is the caller. Raises NotFound.

    what: credits, compliance or summary; asked: the days or the year of the request.
    """
    person = get_person_within(db, person_id=person_id, caller=caller)
    if person.id != caller.person_id:
        audit.record(db, caller, now, "credits.look", person, after={"what": what, **asked})
        db.flush()
    return person
