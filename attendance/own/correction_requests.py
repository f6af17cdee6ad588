"""Requests of learners to correct their attendance, and the organizer's decisions on them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.errors import RequestInvalid, RequestOpen
from attendance.projects.access import OrganizedProject, get_session
from attendance.projects.closed import closed
from attendance.projects.staff import refuse_own
from attendance.projects.states import FROZEN
from attendance.record.corrections import correct_for
from attendance.record.history import get_attended
from attendance.roster.person_refs import PersonRef, find_on_roster
from attendance.sessions.held import check_not_cancelled, not_begun
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.errors import AlreadyDecided, NotFound
from foundation.inbox import News
from foundation.transactions import insert_object
from models.attendance import AttendanceMark, Direction
from models.base import new_id
from models.notices import CorrectionRequest, NoticeTopic, RequestStatus
from models.people import Person
from models.projects import Session as VenueSession

_MOST_OPEN = 20
"""Open requests of one person at one project: more than the sessions of a long course, and no flood."""


@dataclass(frozen=True)
class RequestedCorrection:
    """What a learner asks for. at: when they came or left; None if they don't say."""

    session_id: uuid.UUID
    direction: Direction
    reason: str
    at: datetime | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class ListedRequest:
    """A request with the person who asks and the session that it is about."""

    request: CorrectionRequest
    person: Person
    session: VenueSession


def ask(db: Session, *, asked: RequestedCorrection, caller: Caller, now: datetime) -> CorrectionRequest:
    """Ask the organizer for a correction at a session of the caller's. An equal open request is returned again.

    Raises NotFound for a session of no project of theirs; SessionCancelled; SessionNotOpen before it begins;
    RequestInvalid for a time in the future; ProjectClosed once the list is confirmed; RequestOpen beyond the limit.
    """
    session = db.get(VenueSession, asked.session_id)
    if session is None:
        raise NotFound
    project = get_attended(db, person_id=caller.person_id, project_id=session.project_id).project
    check_not_cancelled(session)
    if project.status in FROZEN:
        raise closed(project)
    if now < session.in_opens_at:
        raise not_begun(session)
    if asked.at is not None and asked.at > now:
        raise RequestInvalid(field="at")
    mine = CorrectionRequest.person_id == caller.person_id, CorrectionRequest.status == RequestStatus.OPEN
    same = CorrectionRequest.session_id == session.id, CorrectionRequest.direction == asked.direction
    earlier = db.scalars(select(CorrectionRequest).where(*mine, *same)).first()
    if earlier is not None:
        return earlier
    waiting = select(func.count()).where(*mine, CorrectionRequest.project_id == project.id)
    if (db.scalar(waiting) or 0) >= _MOST_OPEN:
        raise RequestOpen(facts={"most": _MOST_OPEN})
    made = CorrectionRequest(
        id=new_id(),
        project_id=project.id,
        session_id=session.id,
        person_id=caller.person_id,
        direction=asked.direction,
        at=asked.at,
        reason=asked.reason,
        evidence=asked.evidence,
        status=RequestStatus.OPEN,
        asked_at=now,
    )
    if insert_object(db, made):
        return made
    return db.scalars(select(CorrectionRequest).where(*mine, *same)).one()  # an equal one at the same time was first


def list_own(db: Session, *, person_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> Sequence[CorrectionRequest]:
    """Return the person's requests, newest first, beginning after `after`."""
    wanted = select(CorrectionRequest).where(CorrectionRequest.person_id == person_id)
    if after is not None:
        wanted = wanted.where(CorrectionRequest.id < after)
    return db.scalars(wanted.order_by(CorrectionRequest.id.desc()).limit(limit)).all()


def list_requests(
    db: Session, *, project: OrganizedProject, status: RequestStatus | None, after: uuid.UUID | None, limit: int
) -> list[ListedRequest]:
    """Return the requests at a project, oldest first, beginning after `after`."""
    wanted = (
        select(CorrectionRequest, Person, VenueSession)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .join(VenueSession, VenueSession.id == CorrectionRequest.session_id)
        .where(CorrectionRequest.project_id == project.id)
    )
    if status is not None:
        wanted = wanted.where(CorrectionRequest.status == status)
    if after is not None:
        wanted = wanted.where(CorrectionRequest.id > after)
    return [ListedRequest(*row) for row in db.execute(wanted.order_by(CorrectionRequest.id).limit(limit))]


def decide(
    db: Session,
    *,
    request_id: uuid.UUID,
    mark: AttendanceMark | None,
    reason: str,
    caller: Caller,
    now: datetime,
) -> CorrectionRequest:
    """Accept a request with a mark, or reject it (None), and tell the learner.

    Raises NotFound, Forbidden, AlreadyDecided, OwnAttendance, and where it is accepted what a correction raises.
    """
    request = db.get(CorrectionRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotFound
    session = get_session(db, session_id=request.session_id, caller=caller)
    refuse_own(caller, [request.person_id])
    if request.status is not RequestStatus.OPEN:
        raise AlreadyDecided
    if mark is not None:
        person_id = find_on_roster(db, project_id=request.project_id, person=PersonRef(person_id=request.person_id))
        correct_for(db, session_id=session.id, person_id=person_id, mark=mark, reason=reason, caller=caller, now=now)
    request.status = RequestStatus.REJECTED if mark is None else RequestStatus.ACCEPTED
    request.decided_by, request.decided_at, request.decision_reason = caller.person_id, now, reason
    after = {"status": request.status.value, "mark": mark.value if mark else None}
    audit.record(db, caller, now, "correction_request.decide", session, reason=reason, after=after)
    facts = {"decision": request.status.value, "reason": reason}
    news = News(NoticeTopic.REQUEST_DECIDED, now, request.project_id, request.session_id, facts=facts)
    inbox.tell(db, [request.person_id], news)
    return request
