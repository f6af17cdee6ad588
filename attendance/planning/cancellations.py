"""Cancelling a session (停办), and taking that back, until the settlement is confirmed.

A cancelled session was never held: nobody gets a ticket, checks in or is marked there, and it counts for nobody. What
was recorded before stays on record, and counts again once the cancellation is taken back.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance.projects.access import lock_session
from attendance.projects.audience import tell_session
from attendance.projects.states import OVER
from attendance.sessions import places
from attendance.sessions.lengths import check_length
from attendance.sessions.sessions import check_day, plan_of
from foundation import audit
from foundation.callers import Caller
from foundation.inbox import News
from models.notices import NoticeTopic
from models.projects import Session as VenueSession


def cancel(
    db: Session, *, session_id: uuid.UUID, reason: str, caller: Caller, now: datetime, following: int | None = 0
) -> VenueSession:
    """Cancel a session and return it. For a cancelled session only the reason changes.

    following: as in `SessionEdit`.
    Raises NotFound, Forbidden, ProjectClosed.
    """
    session, project = lock_session(db, session_id=session_id, caller=caller)
    if session.cancellation_reason == reason:
        return session
    before, is_news = _state(session), session.cancelled_at is None and following is not None
    if session.cancelled_at is None:
        session.cancelled_at, session.cancelled_by = now, caller.person_id
    session.cancellation_reason = reason
    session.revision += 1
    audit.record(db, caller, now, "session.cancel", session, reason=reason, before=before, after=_state(session))
    db.flush()
    if is_news:
        facts = {"reason": reason, **({"following": following} if following else {})}
        news = News(NoticeTopic.SESSION_CANCELLED, now, project.id, session.id, facts=facts)
        tell_session(db, session, project, news)
    return session


def restore(db: Session, *, session_id: uuid.UUID, caller: Caller, now: datetime) -> VenueSession:
    """Take a cancellation back and return the session, with all that was recorded there.

    The plan is checked as in an edit: dates and conditions of the project may have changed meanwhile. Raises NotFound,
    Forbidden, ProjectClosed, PeriodInvalid, SessionTooLong.
    """
    session, project = lock_session(db, session_id=session_id, caller=caller)
    if session.cancelled_at is None:
        return session
    plan = plan_of(session)
    check_day(project, plan)
    check_length(plan.starts_at, plan.ends_at, plan.zone, counts=plan.counts, needs_check_out=project.needs_check_out)
    before = _state(session)
    session.cancelled_at = session.cancelled_by = session.cancellation_reason = None
    session.revision += 1
    audit.record(db, caller, now, "session.restore", session, before=before, after=_state(session))
    db.flush()
    tell_session(db, session, project, News(NoticeTopic.SESSION_RESTORED, now, project.id, session.id))
    if project.status not in OVER:
        places.fill(db, [session], now=now)
    return session


def _state(session: VenueSession) -> dict[str, Any]:
    at = session.cancelled_at
    return {"cancelled_at": at.isoformat() if at else None, "reason": session.cancellation_reason}
