"""A person's own claims: entered, changed and deleted while they are drafts or were returned (O-12)."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from credit.claims import evidence
from credit.claims.fields import ClaimFields, check, fields_of
from credit.claims.settings import Terms, require_open
from credit.claims.standing import take_away
from credit.errors import ClaimSubmitted, SameDayStudy
from credit.rules.issuers import find_issuers
from foundation import audit
from foundation.callers import Caller
from foundation.clock import day_at_home
from foundation.errors import NotFound
from foundation.transactions import insert_object
from models.base import new_id
from models.claims import EDITABLE, Claim, ClaimStatus, ClaimStep
from models.people import Person

_NO_STUDY = (ClaimStatus.REJECTED, ClaimStatus.REVERSED)


@dataclass(frozen=True)
class OwnClaimsSought:
    """Which claims of one's own. rules: the codes of the rules of a label; None for all."""

    first: date
    last: date
    status: ClaimStatus | None = None
    rules: Collection[str] | None = None


@dataclass(frozen=True)
class ClaimKey:
    """The position of a claim in its owner's list, for paging; newest day first."""

    activity_on: date
    id: uuid.UUID


def enter(db: Session, *, fields: ClaimFields, caller: Caller, now: datetime) -> Claim:
    """Enter a claim as a draft, which obeys every rule of its fields.

    Raises ClaimsNotOpened, ClaimInvalid, TooManyCredits, SameDayStudy.
    """
    terms = require_open(db, caller.person_id)
    lock_claims_of(db, caller.person_id)
    if not fields.issuer:
        fields = replace(fields, issuer=find_issuers(db, person_id=caller.person_id, q=None)[0].name)
    checked = check(db, fields, terms=terms, today=day_at_home(now))
    claim = Claim(
        id=new_id(),
        person_id=caller.person_id,
        status=ClaimStatus.DRAFT,
        levels=[],
        made_at=now,
    )
    checked.write(claim)
    _require_only_study(db, claim)
    if not insert_object(db, claim):  # the same at the same moment, by somebody who took no lock
        raise _same_day(db, claim)
    evidence.put(db, claim=claim, files=fields.evidence)
    return claim


def change(db: Session, *, claim_id: uuid.UUID, changes: dict[str, Any], caller: Caller, now: datetime) -> Claim:
    """Change fields of a draft or of a returned claim; the rules are those of now.

    Raises as `enter`; NotFound for a claim that isn't the caller's; ClaimSubmitted.
    """
    claim = get_own(db, claim_id=claim_id, caller=caller, to_change=True)
    terms = require_open(db, caller.person_id)
    recheck(db, claim, terms, changes, now)
    db.flush()
    return claim


def recheck(db: Session, claim: Claim, terms: Terms, changes: dict[str, Any], now: datetime) -> None:
    """Check a claim by the rules of now, with some changes, and write what they give into it."""
    fields = replace(fields_of(claim, evidence.of_claim(db, claim.id)), **changes)
    check(db, fields, terms=terms, today=day_at_home(now)).write(claim)
    with db.no_autoflush:
        _require_only_study(db, claim)
    if "evidence" in changes:
        evidence.put(db, claim=claim, files=fields.evidence)


def remove(db: Session, *, claim_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Delete a draft or a returned claim. Raises NotFound, ClaimSubmitted."""
    claim = get_own(db, claim_id=claim_id, caller=caller, to_change=True)
    before = {"status": claim.status.value, "rule": claim.rule_code, "credits": str(claim.credits)}
    audit.record(db, caller, now, "claim.delete", claim, before=before)
    take_away(db, claim, now=now)
    evidence.put(db, claim=claim, files=())
    db.execute(delete(ClaimStep).where(ClaimStep.claim_id == claim.id))
    db.delete(claim)
    db.flush()


def get_own(db: Session, *, claim_id: uuid.UUID, caller: Caller, to_change: bool = False) -> Claim:
    """Return a claim of the caller's; locked, if they want to change it.

    Raises NotFound; ClaimSubmitted for one that they can't change.
    """
    if to_change:
        lock_claims_of(db, caller.person_id)
    claim = db.get(Claim, claim_id, with_for_update=to_change or None, populate_existing=to_change)
    if claim is None or claim.person_id != caller.person_id:
        raise NotFound
    if to_change and claim.status not in EDITABLE:
        raise ClaimSubmitted(facts={"claim_status": claim.status.value})
    return claim


def lock_claims_of(db: Session, person_id: uuid.UUID) -> None:
    """Wait until nobody else changes claims of a person: two of one activity, or of one day, then see each other."""
    db.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def list_own(
    db: Session, *, caller: Caller, sought: OwnClaimsSought, after: ClaimKey | None, limit: int | None
) -> Sequence[Claim]:
    """Return the caller's claims, newest day first, beginning after a key."""
    wanted = _own(caller.person_id, sought)
    if after is not None:
        earlier = Claim.activity_on < after.activity_on
        wanted = wanted.where(earlier | ((Claim.activity_on == after.activity_on) & (Claim.id < after.id)))
    return db.scalars(wanted.order_by(Claim.activity_on.desc(), Claim.id.desc()).limit(limit)).all()


def _own(person_id: uuid.UUID, sought: OwnClaimsSought) -> Select[Claim]:
    wanted = select(Claim).where(
        Claim.person_id == person_id, Claim.activity_on >= sought.first, Claim.activity_on <= sought.last
    )
    if sought.status is not None:
        wanted = wanted.where(Claim.status == sought.status)
    return wanted if sought.rules is None else wanted.where(Claim.rule_code.in_(sought.rules))


def _require_only_study(db: Session, claim: Claim) -> None:
    if not claim.is_same_day_study:
        return
    if _find_study(db, claim) is not None:
        raise _same_day(db, claim)


def _find_study(db: Session, claim: Claim) -> Claim | None:
    wanted = select(Claim).where(
        Claim.person_id == claim.person_id,
        Claim.activity_on == claim.activity_on,
        Claim.is_same_day_study,
        Claim.status.not_in(_NO_STUDY),
        Claim.id != claim.id,
    )
    return db.scalars(wanted).first()


def _same_day(db: Session, claim: Claim) -> SameDayStudy:
    other = _find_study(db, claim)
    facts = {} if other is None else {"entry": shown(other)}
    return SameDayStudy(field="activity_date", facts=facts)


def shown(claim: Claim) -> dict[str, Any]:
    """Return a claim as the `entry` of a refusal."""
    return {
        "kind": "claim",
        "id": str(claim.id),
        "row": None,
        "date": claim.activity_on.isoformat(),
        "name": claim.activity_name,
        "number": claim.activity_number,
        "category": claim.category,
        "credits": str(claim.credits),
        "recorded_by": claim.issuer,
    }
