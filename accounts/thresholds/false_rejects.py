"""Estimates false rejects of the thresholds in force from the decisions of staff."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from faces.calibration.intervals import share_interval
from models.attendance import CheckIn, CheckInAttempt, CheckInMethod, CheckInReview, CheckInStatus, ReviewDecision

RECENT, LEAST_DECISIONS = timedelta(days=30), 100
ACCEPTED = (CheckInStatus.PRESENT.value, CheckInStatus.LATE.value, "again")
DOUBTED = (CheckInStatus.NEEDS_REVIEW.value, "face_mismatch")


@dataclass(frozen=True)
class SeenRejects:
    """False rejects, counted from the decisions of staff. low, high: 95% interval of the share (Wilson)."""

    decisions: int
    overridden: int
    share: float
    low: float
    high: float


def count_rejects(db: Session, version: str, *, since: datetime) -> SeenRejects:
    """Count people accepted by a policy, and people accepted by staff after it refused or doubted them, since then."""
    judged = select(func.count()).where(
        CheckInAttempt.policy_version == version,
        CheckInAttempt.attempted_at >= since,
        CheckInAttempt.distance.is_not(None),
    )
    accepted = db.scalar(judged.where(CheckInAttempt.result.in_(ACCEPTED))) or 0
    overridden = db.scalar(
        select(func.count(func.distinct(CheckIn.id)))
        .join(
            CheckInAttempt,
            and_(
                CheckInAttempt.session_id == CheckIn.session_id,
                CheckInAttempt.person_id == CheckIn.person_id,
                CheckInAttempt.direction == CheckIn.direction,
            ),
        )
        .where(
            CheckInAttempt.policy_version == version,
            CheckInAttempt.attempted_at >= since,
            CheckInAttempt.result.in_(DOUBTED),
            or_(CheckIn.method == CheckInMethod.STAFF, _accepted_by_staff()),
        )
    )
    return _share(overridden or 0, accepted + (overridden or 0))


def _accepted_by_staff() -> ColumnElement[bool]:
    return exists().where(CheckInReview.check_in_id == CheckIn.id, CheckInReview.decision == ReviewDecision.ACCEPT)


def _share(part: int, whole: int) -> SeenRejects:
    if not whole:
        return SeenRejects(0, 0, 0.0, 0.0, 1.0)
    low, high = share_interval(part, whole)
    return SeenRejects(whole, part, round(part / whole, 6), round(low, 6), round(high, 6))


def doubts_risen(db: Session, version: str, now: datetime) -> float:
    """Return by how many standard deviations the share of doubtful faces has risen in the last 30 days.

    It is compared with the time before. Returns 0 if there are too few check-ins.
    """
    counted = select(func.count()).where(CheckInAttempt.policy_version == version, CheckInAttempt.distance.is_not(None))
    recent, before = (CheckInAttempt.attempted_at >= now - RECENT, CheckInAttempt.attempted_at < now - RECENT)
    whole, earlier = (db.scalar(counted.where(when)) or 0 for when in (recent, before))
    if min(whole, earlier) < LEAST_DECISIONS:
        return 0.0
    doubted = counted.where(CheckInAttempt.result.in_(DOUBTED))
    now_doubted, then_doubted = (db.scalar(doubted.where(when)) or 0 for when in (recent, before))
    pooled = (now_doubted + then_doubted) / (whole + earlier)
    deviation = math.sqrt(pooled * (1 - pooled) * (1 / whole + 1 / earlier))
    return (now_doubted / whole - then_doubted / earlier) / deviation if deviation else 0.0
