"""Tells the owner of a claim what became of it, whoever decided: a reviewer, or who takes its grant back."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation import inbox
from foundation.inbox import News
from models.claims import Claim
from models.notices import NoticeTopic


def tell_owner(db: Session, claim: Claim, decision: str, *, reason: str | None, now: datetime) -> None:
    """Tell the owner of a claim of a decision: passed, approved, returned, rejected or reversed."""
    facts = {
        "claim": str(claim.id),
        "activity": claim.activity_name,
        "claim_decision": decision,
        "credits": f"{claim.credits:.2f}",
        "reason": reason,
    }
    inbox.tell(db, [claim.person_id], News(NoticeTopic.CLAIM_DECIDED, now, facts=facts))
