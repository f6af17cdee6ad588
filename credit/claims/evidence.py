"""The evidence of claims (佐证材料): which files of the owner's belong to which claim, and which reviewers see them."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from credit.claims.desks import REVIEWERS
from credit.evidence.evidence import own_evidence
from foundation.callers import Caller
from models.claims import Claim, ClaimEvidence, ClaimStatus
from models.evidence import Evidence
from models.people import Person, Unit


def of_claims(db: Session, claim_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the files of some claims, in their order, by claim. One statement."""
    wanted = select(ClaimEvidence.claim_id, ClaimEvidence.evidence_id).where(ClaimEvidence.claim_id.in_(claim_ids))
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for claim_id, evidence_id in db.execute(wanted.order_by(ClaimEvidence.claim_id, ClaimEvidence.place)):
        found.setdefault(claim_id, []).append(evidence_id)
    return found


def of_claim(db: Session, claim_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Return the files of a claim, in their order."""
    return tuple(of_claims(db, [claim_id]).get(claim_id, ()))


def put(db: Session, *, claim: Claim, files: Sequence[uuid.UUID]) -> None:
    """Let exactly these files belong to a claim. Raises EvidenceNotYours for one that is not its owner's."""
    claim_id = claim.id
    own_evidence(db, owner_id=claim.person_id, ids=files)
    db.execute(delete(ClaimEvidence).where(ClaimEvidence.claim_id == claim_id))
    db.add_all(ClaimEvidence(claim_id=claim_id, place=place, evidence_id=each) for place, each in enumerate(files, 1))
    db.flush()


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
