"""Check-in by hand: the equal way without a face (PRIVACY L-8), with an audit entry that has the reason."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.check_in import check_in_rows
from attendance.check_in.attempts import Attempt, keep
from attendance.check_in.check_in import CheckedIn
from attendance.check_in.check_in_rows import COUNTING, Passed, Slot
from attendance.check_in.receipts import Receipts
from attendance.projects.access import get_session_under_way
from attendance.roster.person_refs import PersonRef, find_on_roster
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.windows import status_of
from foundation import audit
from foundation.callers import Caller
from models.attendance import CheckInMethod, Direction


def check_in_by_hand(
    db: Session,
    *,
    session_id: uuid.UUID,
    person: PersonRef,
    direction: Direction,
    reason: str,
    caller: Caller,
    now: datetime,
    receipts: Receipts,
) -> CheckedIn:
    """Check in a person of the roster; return the check-in and whether this call made it. An earlier one stays.

    An earlier one that waits for review, was rejected or is void is replaced. The windows are not checked, because the
    organizer saw the person. Raises NotFound, Forbidden, PersonNotOnRoster, ProjectClosed, ProjectNotAnnounced,
    SessionCancelled.
    """
    session = get_session_under_way(db, session_id=session_id, caller=caller)
    check_not_cancelled(session)
    person_id = find_on_roster(db, project_id=session.project_id, person=person)
    slot = Slot(session_id, person_id, direction)
    first = check_in_rows.find_locked(db, slot)
    if first is not None and first.status in COUNTING:
        return CheckedIn(first, session, is_new=False)
    status = status_of(session, direction, now)
    attempt = keep(db, attempt=Attempt(person_id, session_id, direction, None, None), result=status.value, now=now)
    passed = Passed(
        slot, status, attempt, at=now, scanned_at=now, method=CheckInMethod.STAFF, actor_id=caller.person_id,
        reason=reason,
    )  # fmt: skip
    if first is not None:
        check_in_rows.replace(db, first, passed, receipts)
        return CheckedIn(first, session, is_new=True)
    made = check_in_rows.insert(db, passed, receipts)
    if made is None:  # another request has checked the person in meanwhile
        found = check_in_rows.find_locked(db, slot)
        assert found is not None  # noqa: S101 - the constraint that refused the insert says it is there
        attempt.result = "again"
        db.flush()
        return CheckedIn(found, session, is_new=False)
    after = {"person": str(person_id), "direction": direction.value, "status": status.value}
    audit.record(db, caller, now, "check_in.by_hand", made, reason=reason, after=after)
    return CheckedIn(made, session, is_new=True)
