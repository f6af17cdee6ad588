"""Tells the reviewers that claims wait for them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.claims.desks import ROLE_OF, Desk
from foundation import inbox
from foundation.clock import day_at_home
from foundation.inbox import News
from models.claims import Claim
from models.notices import NoticeTopic
from models.people import RoleGrant


def tell_reviewers(db: Session, desk: Desk, claim: Claim, *, now: datetime) -> None:
    """Tell the reviewers of a desk that claims wait: once a day for each desk, for there may be hundreds."""
    if desk.unit_id is None:
        return
    reviewers = select(RoleGrant.person_id).where(
        RoleGrant.unit_id == desk.unit_id,
        RoleGrant.role == ROLE_OF[desk.level],
        RoleGrant.person_id != claim.person_id,
    )
    once = f"claims:{desk.level.value}:{desk.unit_id}:{day_at_home(now)}"
    inbox.tell_all(db, reviewers, News(NoticeTopic.CLAIMS_WAITING, now, once=once))
