"""Who sees a file of evidence beside its owner: the reviewers of a submitted claim that has it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.claims.desks import REVIEWERS
from foundation.callers import Caller
from models.claims import Claim, ClaimEvidence, ClaimStatus
from models.evidence import Evidence
from models.people import Person, Unit


def reviews_evidence(db: Session, evidence: Evidence, caller: Caller) -> bool:
    """Return whether a submitted claim with this file is within the caller's reach as a reviewer. One statement."""
    path = db.scalar(
        select(Unit.path)
        .join(Person, Person.unit_id == Unit.id)
        .where(Person.id == evidence.person_id)
        .where(
            select(Claim.id)
            .join(ClaimEvidence, ClaimEvidence.claim_id == Claim.id)
            .where(ClaimEvidence.evidence_id == evidence.id, Claim.status != ClaimStatus.DRAFT)
            .exists()
        )
    )
    return path is not None and caller.may(REVIEWERS, path)
