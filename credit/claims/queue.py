"""What waits for a reviewer, oldest first; and one claim with its history, for its owner and the reviewers in reach.

The first page takes as long for a hundred thousand claims as for a thousand: each desk of the caller's is read in the
order of its index, up to a page.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from credit.claims.desks import LEVEL_OF, REVIEWERS
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.listing import MOST_COUNTED, Count, Order, count_rows, holds
from models.claims import Claim, ClaimStatus, ClaimStep, ReviewLevel
from models.people import Person, Unit

_ORDER = Order((Claim.waiting_since, Claim.id))


@dataclass(frozen=True)
class WaitingClaim:
    """A claim with its owner."""

    claim: Claim
    name: str
    cme_number: str | None


def list_waiting(
    db: Session, *, caller: Caller, text: str | None, after: Sequence[Any] | None, limit: int
) -> list[WaitingClaim]:
    """Return the claims that wait for the caller, oldest first, beginning after the keys. They are never their own."""
    desks = [_ORDER.page(each, after=after, limit=limit) for each in _desks(caller, text)]
    if not desks:
        return []
    ids = union_all(*(select(each.subquery()) for each in desks)).subquery("waiting")
    wanted = (
        select(Claim, Person.name, Person.cme_number)
        .join(ids, ids.c.id == Claim.id)
        .join(Person, Person.id == Claim.person_id)
    )
    return [WaitingClaim(*row) for row in db.execute(_ORDER.page(wanted, after=None, limit=limit))]


def count_waiting(db: Session, *, caller: Caller, text: str | None) -> Count:
    """Return how many claims `list_waiting` has, up to the number that lists tell."""
    counts = [count_rows(db, each) for each in _desks(caller, text)]
    found = sum(each.rows for each in counts)
    return Count(min(found, MOST_COUNTED), found > MOST_COUNTED or any(each.is_capped for each in counts))


def _desks(caller: Caller, text: str | None) -> list[Select[uuid.UUID]]:
    """Return a select of the ids of the claims at each desk of the caller's."""
    desks = {(grant.unit_id, LEVEL_OF[grant.role]): grant for grant in caller.grants if grant.role in LEVEL_OF}
    return [_desk(unit_id, level, grant.unit_path, caller, text) for (unit_id, level), grant in desks.items()]


def _desk(unit_id: uuid.UUID, level: ReviewLevel, path: str, caller: Caller, text: str | None) -> Select[uuid.UUID]:
    wanted = (
        select(Claim.id)
        .join(Person, Person.id == Claim.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Claim.status == ClaimStatus.SUBMITTED, Claim.review_unit_id == unit_id, Claim.waits_for == level)
        .where(Claim.person_id != caller.person_id, Unit.path.startswith(path, autoescape=True))
    )
    return wanted.where(holds(text, Person.name, Person.cme_number, Claim.activity_name))


def get_reviewed(db: Session, *, claim_id: uuid.UUID, caller: Caller) -> WaitingClaim:
    """Return a submitted claim of a person within the caller's reach. Raises NotFound."""
    found = db.execute(
        select(Claim, Person.name, Person.cme_number, Unit.path)
        .join(Person, Person.id == Claim.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Claim.id == claim_id, Claim.status != ClaimStatus.DRAFT)
    ).first()
    if found is None or not caller.may(REVIEWERS, found.path):
        raise NotFound
    return WaitingClaim(found.Claim, found.name, found.cme_number)


def steps_of(db: Session, claim_id: uuid.UUID) -> Sequence[ClaimStep]:
    """Return what was done with a claim, oldest first."""
    return db.scalars(select(ClaimStep).where(ClaimStep.claim_id == claim_id).order_by(ClaimStep.id)).all()
