"""What organizers decide about check-ins that wait for review."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.callers import Caller, require
from accounts.errors import NotFound
from attendance.access import ORGANIZERS
from attendance.errors import NotWaitingForReview
from attendance.receipts import Receipts
from attendance.windows import status_of
from models.attendance import CheckIn, CheckInReview, CheckInStatus, ReviewDecision
from models.people import Unit
from models.projects import Project
from models.projects import Session as VenueSession

_OUTCOMES = {
    ReviewDecision.ACCEPT: (CheckInStatus.PRESENT, CheckInStatus.LATE),
    ReviewDecision.REJECT: (CheckInStatus.REJECTED,),
}


def decide(
    db: Session,
    *,
    check_in_id: uuid.UUID,
    decision: ReviewDecision,
    reason: str,
    caller: Caller,
    now: datetime,
    receipts: Receipts,
) -> tuple[CheckIn, VenueSession]:
    """Accept a check-in that needs review, as present or late by the instant of its scan, or reject it.

    The same decision again changes nothing. Raises NotFound, Forbidden, NotWaitingForReview.
    """
    found = db.execute(
        select(CheckIn, VenueSession, Unit.path)
        .join(VenueSession, VenueSession.id == CheckIn.session_id)
        .join(Project, Project.id == VenueSession.project_id)
        .join(Unit, Unit.id == Project.unit_id)
        .where(CheckIn.id == check_in_id)
        .with_for_update(of=CheckIn)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    row, session, path = found
    require(caller, ORGANIZERS, path)
    if row.status is not CheckInStatus.NEEDS_REVIEW:
        if _last_decision(db, row) is decision and row.status in _OUTCOMES[decision]:
            return row, session
        raise NotWaitingForReview
    accepted = status_of(session, row.direction, row.scanned_at)
    row.status = accepted if decision is ReviewDecision.ACCEPT else CheckInStatus.REJECTED
    row.receipt = receipts.sign(row, now)
    db.add(
        CheckInReview(check_in_id=row.id, decision=decision, reason=reason, decided_by=caller.person_id, decided_at=now)
    )
    audit.record(
        db,
        now=now,
        actor_id=caller.person_id,
        action="check_in.review",
        subject_kind="check_in",
        subject_id=row.id,
        reason=reason,
        before={"status": CheckInStatus.NEEDS_REVIEW.value},
        after={"status": row.status.value},
    )
    db.flush()
    return row, session


def _last_decision(db: Session, row: CheckIn) -> ReviewDecision | None:
    return db.scalars(
        select(CheckInReview.decision)
        .where(CheckInReview.check_in_id == row.id)
        .order_by(CheckInReview.id.desc())
        .limit(1)
    ).first()
