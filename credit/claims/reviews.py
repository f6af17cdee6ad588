"""Decides on claims, level by level: approve, return or reject. The last approval posts the grant, once."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.ranks import require_rank
from accounts.same_human import is_same_human
from credit.claims import standing
from credit.claims.desks import REVIEWERS, ROLE_OF, find_desk, levels_left
from credit.claims.pricing import require_within
from credit.claims.submissions import activity_of, add_step, put_on_desk, require_no_other_study
from credit.errors import ActivityRecorded, ClaimInvalid, ClaimNotWaiting, CommentNeeded, NotYourTurn, OwnClaim
from credit.ledger import posting
from credit.ledger.posting import NewEntry
from credit.records.claim_news import tell_owner
from credit.records.recorded import recorded_of
from credit.rules.awards import counted
from credit.rules.issuers import remember_issuer
from credit.rules.rule_book import get_rule_set
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound, Refusal
from models.claims import Claim, ClaimAct, ClaimStatus, ClaimStep, ReviewLevel
from models.credit_records import RecordStatus
from models.ledger import SourceKind
from models.people import Person, Unit


class ClaimVerdict(enum.StrEnum):
    """What a reviewer decides."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


@dataclass(frozen=True)
class Review:
    """What a reviewer says. credits: corrected, with an approval; level: at which level they mean to decide."""

    decision: ClaimVerdict
    comment: str | None = None
    credits: Decimal | None = None
    level: ReviewLevel | None = None


@dataclass(frozen=True)
class NotReviewed:
    """A claim on which a decision was refused, and the refusal."""

    id: uuid.UUID
    refusal: Refusal


@dataclass(frozen=True)
class _Ended:
    """What a return or a rejection does."""

    act: ClaimAct
    status: ClaimStatus
    record: RecordStatus


_ENDS = {
    ClaimVerdict.RETURN: _Ended(ClaimAct.RETURN, ClaimStatus.RETURNED, RecordStatus.RETURNED),
    ClaimVerdict.REJECT: _Ended(ClaimAct.REJECT, ClaimStatus.REJECTED, RecordStatus.REJECTED),
}


def review(db: Session, *, claim_id: uuid.UUID, review: Review, caller: Caller, now: datetime) -> Claim:
    """Decide on a claim at the level where it waits. The last approval posts its grant to the ledger.

    Raises NotFound outside the caller's reach; OwnClaim; RoleTooHigh; ClaimNotWaiting; NotYourTurn; CommentNeeded;
    TooManyCredits; ActivityRecorded or SameDayStudy if its activity, or another study of that day, was granted from
    elsewhere meanwhile.
    """
    if review.decision is not ClaimVerdict.APPROVE and not review.comment:
        raise CommentNeeded(field="comment")
    if review.credits is not None and (review.decision is not ClaimVerdict.APPROVE or review.credits <= 0):
        raise ClaimInvalid(field="credits", facts={"why": "no_correction"})
    has_turn = review.decision is ClaimVerdict.APPROVE and _may_grant(db.get(Claim, claim_id), caller)
    if has_turn:
        posting.take_turn(db)  # before the claim is locked, as wherever both are needed
    claim = _get_waiting(db, claim_id, caller, now)
    _check_turn(db, claim, review, caller)
    if _is_last(claim) and review.decision is ClaimVerdict.APPROVE and not has_turn:
        raise ClaimNotWaiting(facts={"claim_status": claim.status.value})  # another approval came between
    if review.decision is ClaimVerdict.APPROVE:
        _approve(db, claim, review, caller, now)
    else:
        _end(db, claim, review, caller, now)
    db.flush()
    return claim


def review_many(
    db: Session, *, claim_ids: Sequence[uuid.UUID], review_: Review, caller: Caller, now: datetime
) -> tuple[list[Claim], list[NotReviewed]]:
    """Decide on claims alike, each by itself; return those that were decided on, and why each other one was not."""
    done: list[Claim] = []
    refused: list[NotReviewed] = []
    if review_.decision is ClaimVerdict.APPROVE:
        posting.take_turn(db)  # once, before any claim is locked
    for claim_id in sorted(set(claim_ids)):  # two calls at once then wait for each other and never both
        try:
            with db.begin_nested():
                done.append(review(db, claim_id=claim_id, review=review_, caller=caller, now=now))
        except Refusal as refusal:
            refused.append(NotReviewed(claim_id, refusal))
    return done, refused


def _may_grant(claim: Claim | None, caller: Caller) -> bool:
    """Return whether an approval may post the grant: it is the last one, or the claim is passed on to the caller."""
    if claim is None or claim.waits_for is None:
        return False
    return _is_last(claim) or not caller.has([ROLE_OF[claim.waits_for]])


def _is_last(claim: Claim) -> bool:
    """Return whether an approval now is the last one."""
    return not levels_left(claim.levels, claim.waits_for)


def _get_waiting(db: Session, claim_id: uuid.UUID, caller: Caller, now: datetime) -> Claim:
    """Return a claim within the caller's reach, locked. One whose reviewers are gone is passed on first."""
    found = db.execute(
        select(Claim, Unit.path)
        .join(Person, Person.id == Claim.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Claim.id == claim_id)
        .with_for_update(of=Claim)
        .execution_options(populate_existing=True)
    ).first()
    if found is None or not caller.may(REVIEWERS, found.path) or found.Claim.status is ClaimStatus.DRAFT:
        raise NotFound
    claim: Claim = found.Claim
    if is_same_human(db, claim.person_id, caller.person_id):
        raise OwnClaim
    if claim.status is not ClaimStatus.SUBMITTED or claim.waits_for is None:
        raise ClaimNotWaiting(facts={"claim_status": claim.status.value})
    if not caller.may([ROLE_OF[claim.waits_for]], found.path):
        pass_on(db, claim, now=now)
        if not caller.may([ROLE_OF[claim.waits_for]], found.path):
            raise NotYourTurn(facts={"waits_for": claim.waits_for.value})
    require_rank(db, person_id=claim.person_id, caller=caller, roles=[ROLE_OF[claim.waits_for]])
    return claim


def pass_on(db: Session, claim: Claim, *, now: datetime) -> bool:
    """Let a claim wait where somebody can decide on it, if nobody can where it is. Return whether it moved."""
    desk = find_desk(db, person_id=claim.person_id, left=levels_left(claim.levels, claim.approved_at_level))
    if (desk.level, desk.unit_id) == (claim.waits_for, claim.review_unit_id):
        return False
    add_step(db, claim, ClaimAct.PASSED_ON, done_by=None, now=now, level=claim.waits_for)
    since = claim.waiting_since
    put_on_desk(db, claim, desk, now=now)
    claim.waiting_since = since  # it keeps its place: it has waited
    db.flush()
    return True


def _check_turn(db: Session, claim: Claim, review: Review, caller: Caller) -> None:
    """Raise unless the caller means this level. Who approved a lower one must say that they mean this one too."""
    if review.level is not None and review.level is not claim.waits_for:
        raise NotYourTurn(field="level", facts={"waits_for": claim.waits_for and claim.waits_for.value})
    if review.level is None and claim.approved_at_level is not None:
        mine = select(ClaimStep.id).where(
            ClaimStep.claim_id == claim.id,
            ClaimStep.done_by == caller.person_id,
            ClaimStep.act == ClaimAct.APPROVE,
            ClaimStep.at >= claim.submitted_at,
        )
        if db.scalar(mine.limit(1)) is not None:
            raise NotYourTurn(field="level", facts={"waits_for": claim.waits_for and claim.waits_for.value})


def _approve(db: Session, claim: Claim, review: Review, caller: Caller, now: datetime) -> None:
    level, is_last = claim.waits_for, _is_last(claim)
    rule_set = get_rule_set(db, claim.rule_set, claim.rule_set_version)
    rule = rule_set.find_rule(claim.rule_code)
    if review.credits is not None and rule is not None:
        require_within(rule, review.credits)
    step = add_step(db, claim, ClaimAct.APPROVE, done_by=caller.person_id, now=now, level=level)
    step.comment, step.credits_after = review.comment, review.credits or claim.credits
    before = {"status": claim.status.value, "level": level and level.value, "credits": str(claim.credits)}
    claim.credits, claim.comment = step.credits_after, review.comment
    _note(claim, level, now)
    claim.approved_at_level = level
    if is_last:
        claim.status, claim.waits_for, claim.waiting_since, claim.decided_at = ClaimStatus.APPROVED, None, None, now
        standing.decide(db, claim, RecordStatus.APPROVED, comment=review.comment, decided_by=caller.person_id, now=now)
        _grant(db, claim, caller, now)
        remember_issuer(db, name=claim.issuer, now=now)
        tell_owner(db, claim, "approved", reason=review.comment, now=now)
    else:
        desk = find_desk(db, person_id=claim.person_id, left=levels_left(claim.levels, level))
        put_on_desk(db, claim, desk, now=now)
        standing.put(db, claim, now=now).review_comment = review.comment
        tell_owner(db, claim, "passed", reason=review.comment, now=now)
    _audit(db, claim, review, before, caller, now)


def _end(db: Session, claim: Claim, review: Review, caller: Caller, now: datetime) -> None:
    """Return or reject a claim."""
    ended, level = _ENDS[review.decision], claim.waits_for
    step = add_step(db, claim, ended.act, done_by=caller.person_id, now=now, level=level)
    step.comment = review.comment
    before = {"status": claim.status.value, "level": level and level.value, "credits": str(claim.credits)}
    _note(claim, level, now)
    claim.status, claim.waits_for, claim.waiting_since = ended.status, None, None
    claim.comment, claim.decided_at, claim.approved_at_level = review.comment, now, None
    standing.decide(db, claim, ended.record, comment=review.comment, decided_by=caller.person_id, now=now)
    tell_owner(db, claim, ended.status.value, reason=review.comment, now=now)
    _audit(db, claim, review, before, caller, now)


def _note(claim: Claim, level: ReviewLevel | None, now: datetime) -> None:
    """Note the day of a review by the columns of M-3.3.2."""
    if level is ReviewLevel.DEPARTMENT:
        claim.department_reviewed_at = now
    elif level is ReviewLevel.UNIT:
        claim.unit_reviewed_at = now


def _audit(
    db: Session, claim: Claim, review: Review, before: dict[str, str | None], caller: Caller, now: datetime
) -> None:
    after = {
        "status": claim.status.value,
        "level": claim.waits_for and claim.waits_for.value,
        "credits": str(claim.credits),
    }
    audit.record(
        db, caller, now, f"claim.{review.decision.value}", claim, reason=review.comment, before=before, after=after
    )


def _grant(db: Session, claim: Claim, caller: Caller, now: datetime) -> None:
    """Post the grant of a claim. The caller has the turn at the ledger, so what is recorded stays so."""
    mine = activity_of(claim)
    asked = [(claim.person_id, day) for day in (mine.first_on, mine.last_on)]
    shelf = recorded_of(db, asked, also_waiting=False)
    found = shelf.alike(claim.person_id, mine)
    require_no_other_study(db, claim, shelf.on_day(claim.person_id, claim.activity_on))
    if found is not None and found[1].is_sure:
        raise ActivityRecorded(facts={"entry": found[0].shown()})
    facts = standing.facts_of(db, claim)
    rule = get_rule_set(db, claim.rule_set, claim.rule_set_version).find_rule(claim.rule_code)
    entry = NewEntry(
        **{name: value for name, value in facts.items() if name != "credit_class"},
        person_id=claim.person_id,
        source_kind=SourceKind.CLAIM,
        source_id=claim.id,
        rule_set=claim.rule_set,
        rule_set_version=claim.rule_set_version,
        counted=None if rule is None else counted(rule, claim.credits).counted,
        recorded_by_unit=standing.recorder_of(db, claim),
        granted_at=now,
        actor_id=caller.person_id,
    )
    posting.post(db, entry=entry)
