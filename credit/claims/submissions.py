"""Submits claims for review (上报), one or many, and takes them back until the first review (撤回)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from credit.claims import standing
from credit.claims.claims import get_own, lock_claims_of, recheck
from credit.claims.desks import Desk, find_desk, levels_left
from credit.claims.news import tell_reviewers
from credit.claims.settings import require_open
from credit.errors import ActivityRecorded, ClaimNotWaiting, LikelyRecorded, SameDayStudy
from credit.records.activities import Activity
from credit.records.recorded import Recorded, recorded_of
from credit.rules.rule_book import get_rule_set
from foundation.callers import Caller
from foundation.errors import NotFound, Refusal
from models.claims import Claim, ClaimAct, ClaimStatus, ClaimStep, ReviewLevel


@dataclass(frozen=True)
class NotSubmitted:
    """A claim that was refused, and the refusal."""

    id: uuid.UUID
    refusal: Refusal


def submit(db: Session, *, claim_id: uuid.UUID, caller: Caller, now: datetime) -> Claim:
    """Submit a draft or a returned claim for review, by the rules of now.

    Raises NotFound, ClaimsNotOpened, ClaimSubmitted; ClaimInvalid and others if it breaks a rule meanwhile;
    ActivityRecorded if its activity is granted or waits already; LikelyRecorded if it probably is, and the claim
    doesn't say why not; SameDayStudy if another source granted a study of that day.
    """
    claim = get_own(db, claim_id=claim_id, caller=caller, to_change=True)
    terms = require_open(db, caller.person_id)
    recheck(db, claim, terms, {}, now)
    _require_unrecorded(db, claim)
    claim.levels = [level.value for level in terms.levels]
    claim.approved_at_level = claim.department_reviewed_at = claim.unit_reviewed_at = claim.decided_at = None
    claim.submitted_at, claim.comment = now, None
    desk = find_desk(db, person_id=claim.person_id, left=levels_left(claim.levels, None))
    put_on_desk(db, claim, desk, now=now)
    add_step(db, claim, ClaimAct.SUBMIT, done_by=caller.person_id, now=now)
    standing.put(db, claim, now=now)
    return claim


def submit_many(
    db: Session, *, claim_ids: Sequence[uuid.UUID], caller: Caller, now: datetime
) -> tuple[list[uuid.UUID], list[NotSubmitted]]:
    """Submit claims, each by itself; return the ids of those that were, and why each of the others was not."""
    done: list[uuid.UUID] = []
    refused: list[NotSubmitted] = []
    require_open(db, caller.person_id)
    lock_claims_of(db, caller.person_id)
    for claim_id in dict.fromkeys(claim_ids):
        try:
            with db.begin_nested():
                submit(db, claim_id=claim_id, caller=caller, now=now)
            done.append(claim_id)
        except Refusal as refusal:
            refused.append(NotSubmitted(claim_id, refusal))
    return done, refused


def withdraw(db: Session, *, claim_id: uuid.UUID, caller: Caller, now: datetime) -> Claim:
    """Take a claim back, which is a draft then. Raises NotFound; ClaimNotWaiting once somebody has reviewed it."""
    lock_claims_of(db, caller.person_id)
    claim = db.get(Claim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None or claim.person_id != caller.person_id:
        raise NotFound
    if claim.status is not ClaimStatus.SUBMITTED or claim.approved_at_level is not None:
        raise ClaimNotWaiting(facts={"claim_status": claim.status.value})
    add_step(db, claim, ClaimAct.WITHDRAW, done_by=caller.person_id, now=now)
    claim.status, claim.waits_for, claim.waiting_since = ClaimStatus.DRAFT, None, None
    claim.review_unit_id = claim.submitted_at = None
    standing.take_away(db, claim, now=now)
    return claim


def put_on_desk(db: Session, claim: Claim, desk: Desk, *, now: datetime) -> None:
    """Let a claim wait at a desk, and tell its reviewers."""
    claim.status, claim.waits_for = ClaimStatus.SUBMITTED, desk.level
    claim.review_unit_id, claim.waiting_since = desk.unit_id, now
    tell_reviewers(db, desk, claim, now=now)
    db.flush()


def add_step(
    db: Session,
    claim: Claim,
    act: ClaimAct,
    *,
    done_by: uuid.UUID | None,
    now: datetime,
    level: ReviewLevel | None = None,
) -> ClaimStep:
    """Add an act to the history of a claim, before it is written into the claim itself."""
    step = ClaimStep(
        claim_id=claim.id,
        act=act,
        level=level,
        unit_id=claim.review_unit_id,
        done_by=done_by,
        at=now,
        credits_before=claim.credits,
        credits_after=claim.credits,
    )
    db.add(step)
    db.flush()
    return step


def activity_of(claim: Claim) -> Activity:
    """Return the activity that a claim is about. A leave has all of its days."""
    first, last = claim.starts_on or claim.activity_on, claim.ends_on or claim.activity_on
    return Activity(
        claim.activity_name,
        claim.category,
        claim.activity_number,
        min(first, claim.activity_on),
        max(last, claim.activity_on),
    )


def _require_unrecorded(db: Session, claim: Claim) -> None:
    day, mine = claim.activity_on, activity_of(claim)
    shelf = recorded_of(db, [(claim.person_id, mine.first_on), (claim.person_id, day), (claim.person_id, mine.last_on)])
    found = shelf.alike(claim.person_id, mine)
    claim.likeness = None
    if found is not None and found[1].is_sure:
        raise ActivityRecorded(field="activity_name", facts={"entry": found[0].shown()})
    require_no_other_study(db, claim, shelf.on_day(claim.person_id, day))
    if found is not None:
        recorded, likeness = found
        if not claim.likeness_reason:
            facts = {"entry": recorded.shown(), "likeness": likeness.code}
            raise LikelyRecorded(field="likeness_reason", facts=facts)
        claim.likeness = {"code": likeness.code, "entry": recorded.shown()}


def require_no_other_study(db: Session, claim: Claim, on_day: Sequence[Recorded]) -> None:
    """Raise SameDayStudy if another source has a study of that day."""
    if not claim.is_same_day_study:
        return
    rule_set = get_rule_set(db, claim.rule_set, claim.rule_set_version)
    for other in on_day:
        rule = rule_set.find_rule(other.rule_code) if other.rule_code else None
        if rule is not None and rule.daily_once:
            raise SameDayStudy(field="activity_date", facts={"entry": other.shown()})
