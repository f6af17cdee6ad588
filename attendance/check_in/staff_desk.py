"""What staff do at check-in: they check somebody in by hand, and decide on check-ins that wait for review.

By hand is the way without a face, of equal worth (PRIVACY L-8), with who, when and why.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.check_in import check_in_rows, observations
from attendance.check_in.attempts import Attempt, keep
from attendance.check_in.check_in import CheckedIn
from attendance.check_in.check_in_rows import CheckInKey, Passed, stays
from attendance.check_in.receipts import Receipts
from attendance.errors import NotWaitingForReview
from attendance.projects.access import get_open_project, get_session_under_way
from attendance.projects.staff import refuse_own
from attendance.roster.person_refs import PersonRef, find_on_roster
from attendance.sessions.held import check_not_cancelled, check_not_on_a_later_day
from attendance.sessions.windows import status_of
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.attendance import CheckIn, CheckInMethod, CheckInReview, CheckInStatus, Direction, ReviewDecision
from models.projects import Session as VenueSession

_OUTCOMES = {
    ReviewDecision.ACCEPT: (CheckInStatus.PRESENT, CheckInStatus.LATE),
    ReviewDecision.REJECT: (CheckInStatus.REJECTED,),
}


class StaffDesk:
    """Does what staff decide about check-ins. receipts: signs every check-in that it changes."""

    def __init__(self, *, receipts: Receipts) -> None:
        self._receipts = receipts

    def check_in_by_hand(
        self,
        db: Session,
        *,
        session_id: uuid.UUID,
        person: PersonRef,
        direction: Direction,
        reason: str,
        caller: Caller,
        now: datetime,
    ) -> CheckedIn:
        """Check in a person of the roster; return the check-in and whether this call made it. An earlier one stays.

        One that waits for review, was rejected or is void is replaced. The windows are not checked, because the
        organizer saw the person, but nobody is seen at a session of a later day. Raises NotFound, Forbidden,
        PersonNotOnRoster, OwnAttendance, ProjectClosed, ProjectNotAnnounced, SessionCancelled, SessionNotOpen.
        """
        session = get_session_under_way(db, session_id=session_id, caller=caller)
        check_not_cancelled(session)
        check_not_on_a_later_day(session, now)
        person_id = find_on_roster(db, project_id=session.project_id, person=person)
        refuse_own(caller, [person_id])
        key = CheckInKey(session_id, person_id, direction)
        first = check_in_rows.find_locked(db, key)
        if first is not None and stays(first):
            return CheckedIn(first, session, is_new=False)
        status = status_of(session, direction, now)
        attempt = keep(db, attempt=Attempt(person_id, session_id, direction, None, None), result=status.value, now=now)
        passed = Passed(
            key, status, attempt, at=now, scanned_at=now, method=CheckInMethod.STAFF, actor_id=caller.person_id,
            reason=reason,
        )  # fmt: skip
        if first is not None:
            check_in_rows.replace(db, first, passed, self._receipts)
            self._follow(db, session, first, now)
            return CheckedIn(first, session, is_new=True)
        made = check_in_rows.insert(db, passed, self._receipts)
        if made is None:  # checked in by another request meanwhile
            found = check_in_rows.find_locked(db, key)
            assert found is not None  # noqa: S101 - the constraint that refused the insert says it is there
            attempt.result = "again"
            db.flush()
            return CheckedIn(found, session, is_new=False)
        after = {"person": str(person_id), "direction": direction.value, "status": status.value}
        audit.record(db, caller, now, "check_in.by_hand", made, reason=reason, after=after)
        return CheckedIn(made, session, is_new=True)

    def decide(
        self,
        db: Session,
        *,
        check_in_id: uuid.UUID,
        decision: ReviewDecision,
        reason: str,
        caller: Caller,
        now: datetime,
    ) -> tuple[CheckIn, VenueSession]:
        """Accept a check-in that needs review, as present or late by the instant of its scan, or reject it.

        The same decision again changes nothing. Raises NotFound, Forbidden, ProjectClosed, OwnAttendance,
        NotWaitingForReview.
        """
        of_it = select(VenueSession).join(CheckIn, CheckIn.session_id == VenueSession.id)
        session = db.scalars(of_it.where(CheckIn.id == check_in_id)).first()
        if session is None:
            raise NotFound
        get_open_project(db, project_id=session.project_id, caller=caller)  # locked first, as by a correction
        row = db.scalars(
            select(CheckIn).where(CheckIn.id == check_in_id).with_for_update().execution_options(populate_existing=True)
        ).one()
        refuse_own(caller, [row.person_id])
        if row.status is not CheckInStatus.NEEDS_REVIEW:
            if _last_decision(db, row) is decision and row.status in _OUTCOMES[decision]:
                return row, session
            raise NotWaitingForReview
        accepted = status_of(session, row.direction, row.scanned_at)
        row.status = accepted if decision is ReviewDecision.ACCEPT else CheckInStatus.REJECTED
        row.receipt = self._receipts.sign(row, now)
        self._follow(db, session, row, now)
        db.add(
            CheckInReview(
                check_in_id=row.id, decision=decision, reason=reason, decided_by=caller.person_id, decided_at=now
            )
        )
        before = {"status": CheckInStatus.NEEDS_REVIEW.value}
        after = {"status": row.status.value}
        audit.record(db, caller, now, "check_in.review", row, reason=reason, before=before, after=after)
        db.flush()
        return row, session

    def _follow(self, db: Session, session: VenueSession, row: CheckIn, now: datetime) -> None:
        """Have the person's check-ins follow what machines observed, beside a row that counts differently now."""
        key = session.id, row.person_id
        observations.follow(db, {session.id: session}, [key], receipts=self._receipts, now=now)


def _last_decision(db: Session, row: CheckIn) -> ReviewDecision | None:
    return db.scalars(
        select(CheckInReview.decision)
        .where(CheckInReview.check_in_id == row.id)
        .order_by(CheckInReview.id.desc())
        .limit(1)
    ).first()
