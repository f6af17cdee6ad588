"""Passes claims on whose reviewers are gone: who left, whose role was taken, whose unit or department was changed.

Nobody's claim gets stuck: the upkeep looks for claims at a desk without reviewers, or whose owner moved to another
unit, and puts each where somebody can decide on it. It keeps its place in the order.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, case, exists, literal, or_, select
from sqlalchemy.orm import Session, aliased

from credit.claims.desks import ROLE_OF
from credit.claims.reviews import pass_on
from models.accounts import Account
from models.base import words
from models.claims import Claim, ClaimStatus
from models.people import Person, Role, RoleGrant, Unit

PORTION = 200
_MOST = 5000
"""Claims in one run of the upkeep."""


def find_stuck(db: Session, *, after: uuid.UUID | None = None) -> Sequence[uuid.UUID]:
    """Return a portion of the claims that nobody can decide on where they wait, in the order of their ids."""
    review_unit = aliased(Unit)
    role = case({level: literal(role, words(Role)) for level, role in ROLE_OF.items()}, value=Claim.waits_for)
    reviewer = exists().where(
        and_(
            RoleGrant.unit_id == Claim.review_unit_id,
            RoleGrant.role == role,
            RoleGrant.person_id != Claim.person_id,
            Account.person_id == RoleGrant.person_id,
            Account.suspended_at.is_(None),
        )
    )
    wanted = (
        select(Claim.id)
        .join(Person, Person.id == Claim.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(review_unit, review_unit.id == Claim.review_unit_id)
        .where(Claim.status == ClaimStatus.SUBMITTED)
        .where(or_(Claim.review_unit_id.is_(None), ~reviewer, ~Unit.path.startswith(review_unit.path)))
        .order_by(Claim.id)
        .limit(PORTION)
    )
    return db.scalars(wanted if after is None else wanted.where(Claim.id > after)).all()


def pass_on_all(db: Session, *, now: datetime) -> int:
    """Pass on the claims that are stuck, a portion in one transaction; return how many moved. It commits."""
    moved, after = 0, None
    for _ in range(_MOST // PORTION):
        with db.begin():
            found = find_stuck(db, after=after)
            for claim_id in found:
                claim = db.get(Claim, claim_id, with_for_update=True, populate_existing=True)
                if claim is not None and claim.status is ClaimStatus.SUBMITTED:
                    moved += pass_on(db, claim, now=now)
        if len(found) < PORTION:
            break
        after = found[-1]
    return moved
