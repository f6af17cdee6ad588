"""What organizers decide about check-ins that wait for review."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.check_in.receipts import Receipts
from attendance.errors import NotWaitingForReview
from attendance.projects.access import get_open_project
from attendance.sessions.windows import status_of
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.attendance import CheckIn, CheckInReview, CheckInStatus, ReviewDecision
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

    The same decision again changes nothing. Raises NotFound, Forbidden, ProjectClosed, NotWaitingForReview.
    """
    of_it = select(VenueSession).join(CheckIn, CheckIn.session_id == VenueSession.id).where(CheckIn.id == check_in_id)
    session = db.scalars(of_it).first()
    if session is None:
        raise NotFound
    get_open_project(db, project_id=session.project_id, caller=caller)  # locked first, as by whoever corrects by hand
    row = db.scalars(
        select(CheckIn).where(CheckIn.id == check_in_id).with_for_update().execution_options(populate_existing=True)
    ).one()
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
    before = {"status": CheckInStatus.NEEDS_REVIEW.value}
    after = {"status": row.status.value}
    audit.record(db, caller, now, "check_in.review", row, reason=reason, before=before, after=after)
    db.flush()
    return row, session


def _last_decision(db: Session, row: CheckIn) -> ReviewDecision | None:
    return db.scalars(
        select(CheckInReview.decision)
        .where(CheckInReview.check_in_id == row.id)
        .order_by(CheckInReview.id.desc())
        .limit(1)
    ).first()
