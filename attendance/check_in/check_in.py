"""Checking in (签到): a ticket and a face become exactly one check-in a session, person and direction."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from accounts.enrolment.enrolment import look_at_each, open_template
from accounts.errors import FaceNotEnrolled
from accounts.thresholds.policies import FacePolicies
from attendance.check_in import check_in_rows
from attendance.check_in.attempts import Attempt, Refused, keep, refuse
from attendance.check_in.check_in_rows import COUNTING, Passed, Slot
from attendance.check_in.receipts import Receipts
from attendance.check_in.tickets import TRIES, Ticket, Tickets
from attendance.errors import (
    FaceMismatch,
    NotOnRoster,
    ProjectNotAnnounced,
    SessionNotOpen,
    TicketExpired,
    TicketNotYours,
)
from attendance.projects.states import FROZEN, NOT_ANNOUNCED
from attendance.sessions.windows import is_open, status_of
from faces.engine import FaceEngine, Purpose
from faces.errors import EngineUnavailable, FaceError
from faces.matching.policy import Band, Decision
from faces.matching.policy_set import PolicySet
from faces.matching.template import Template
from faces.matching.vault import KeyRing
from faces.matching.verify import verify
from foundation.callers import Caller
from foundation.errors import NotFound, Refusal
from foundation.transactions import read_only
from models.attendance import CheckIn, CheckInAttempt, CheckInStatus
from models.projects import Project, ProjectStatus, RosterEntry
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class CheckedIn:
    """The check-in, and whether this call made it. decision: set where a face was compared."""

    check_in: CheckIn
    session: VenueSession
    is_new: bool
    decision: Decision | None = None


@dataclass(frozen=True)
class _Standing:
    """What holds before the face is looked at. first: the check-in made before, if there is one."""

    session: VenueSession
    status: ProjectStatus
    first: CheckIn | None
    tries: int
    is_on_roster: bool


def check_in(
    db: Session,
    *,
    caller: Caller,
    ticket: str,
    device_id: str | None,
    photos: Sequence[bytes],
    now: datetime,
    engine: FaceEngine,
    policies: FacePolicies,
    ring: KeyRing,
    tickets: Tickets,
    receipts: Receipts,
) -> CheckedIn | Refused:
    """Check the caller in with a signed ticket and one to five photos of their face.

    Whatever is retried, doubled or raced, there is one check-in, and everybody gets that one. A refusal is written down
    as an attempt, unless it can't be told whose it is. Raises TicketInvalid, EngineUnavailable (try the same again),
    TooManyAttempts.
    """
    opened = tickets.open(ticket)
    attempt = Attempt.with_ticket(opened, caller.person_id)  # of who tries it, not of who it was given to
    if not opened.is_for(caller.person_id, device_id):
        return refuse(db, attempt=attempt, error=TicketNotYours(field="ticket"), now=now)
    template, in_force = None, dict[str, PolicySet]()
    with read_only(db):
        standing = _stand(db, opened)
        is_over = now >= opened.expires_at or standing.tries >= TRIES
        if standing.first is not None and _settles(standing.first, opened, is_over):
            return CheckedIn(standing.first, standing.session, is_new=False)
        error = TicketExpired(field="ticket") if is_over else _find_refusal(standing, opened)
        if error is None:
            in_force = policies.in_force(db)
            template, error = _open(db, caller.person_id, ring, in_force)
    if template is None:
        return refuse(db, attempt=attempt, error=error or FaceNotEnrolled(), now=now)
    try:  # no transaction is open from here ...
        looks = look_at_each(engine, photos, Purpose.CHECK_IN, template.engine)
    except EngineUnavailable:
        raise
    except FaceError as unusable:
        return refuse(db, attempt=attempt, error=unusable, now=now)
    policy = in_force[template.engine].choose([template.descriptors, *(look.descriptors for look in looks)])
    decision = verify(looks, template, policy)  # ... to here
    if decision.band is Band.REJECT:
        return refuse(db, attempt=attempt, error=FaceMismatch(), now=now, decision=decision)
    return _write(db, opened, standing, decision, now, receipts)


def _select_standing() -> Select[VenueSession, ProjectStatus, CheckIn | None, int, bool]:
    """Everything about a ticket's session and person, in one statement."""
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    tries = (
        select(func.count())
        .where(
            CheckInAttempt.ticket_id == bindparam("ticket_id"),
            CheckInAttempt.distance.is_not(None),  # a photo without a face to compare costs no try
            CheckInAttempt.result.not_in(COUNTING),
        )
        .scalar_subquery()
    )
    expected = exists().where(RosterEntry.project_id == VenueSession.project_id, RosterEntry.person_id == person_id)
    made_before = and_(
        CheckIn.session_id == VenueSession.id,
        CheckIn.person_id == person_id,
        CheckIn.direction == bindparam("direction"),
    )
    return (
        select(VenueSession, Project.status, CheckIn, tries, expected)
        .join(Project, Project.id == VenueSession.project_id)
        .outerjoin(CheckIn, made_before)
        .where(VenueSession.id == bindparam("session_id"))
    )


_STANDING = _select_standing()  # made once: making it costs more than asking it


def _stand(db: Session, ticket: Ticket) -> _Standing:
    about = {
        "ticket_id": ticket.id,
        "session_id": ticket.session_id,
        "person_id": ticket.person_id,
        "direction": ticket.direction,
    }
    found = db.execute(_STANDING, about).first()
    if found is None:
        raise NotFound
    session, status, first, tries, is_on_roster = found
    return _Standing(session, status, first, tries, bool(is_on_roster))


def _settles(first: CheckIn, ticket: Ticket, is_over: bool) -> bool:
    """Whether there is nothing more to do: it counts already, or this ticket made it and is good for nothing else."""
    return first.status in COUNTING or (is_over and first.ticket_id == ticket.id)


def _find_refusal(standing: _Standing, ticket: Ticket) -> Refusal | None:
    if not is_open(standing.session, ticket.direction, ticket.scanned_at):  # the organizer may have moved the windows
        return SessionNotOpen()
    if standing.status in FROZEN:  # ended and sent for review within the ticket's two minutes
        return SessionNotOpen()
    if not standing.is_on_roster:
        return NotOnRoster()
    if standing.status in NOT_ANNOUNCED:
        return ProjectNotAnnounced()
    return None


def _open(
    db: Session, person_id: uuid.UUID, ring: KeyRing, policies: Mapping[str, PolicySet]
) -> tuple[Template | None, FaceNotEnrolled | None]:
    """The enrolled face; one of a model that is no longer understood can't be compared, and so is none."""
    try:
        template = open_template(db, person_id=person_id, ring=ring)
    except FaceNotEnrolled as missing:
        return None, missing
    return (template, None) if template.engine in policies else (None, FaceNotEnrolled())


def _write(
    db: Session, ticket: Ticket, standing: _Standing, decision: Decision, now: datetime, receipts: Receipts
) -> CheckedIn | Refused:
    """Write what a face in the upper two bands leads to. From here on the request's transaction is open."""
    attempt, session = Attempt.with_ticket(ticket, ticket.person_id), standing.session
    is_clear = decision.band is Band.ACCEPT
    status = status_of(session, ticket.direction, ticket.scanned_at) if is_clear else CheckInStatus.NEEDS_REVIEW
    slot = Slot.of(ticket)
    is_new = is_clear and standing.first is None  # very likely: the insert below says if another one came meanwhile
    first = None if is_new else check_in_rows.find_locked(db, slot)
    if first is not None and first.status is CheckInStatus.REJECTED and not is_clear:
        # staff have looked and said no: another doubtful photo doesn't ask them again
        return refuse(db, attempt=attempt, error=FaceMismatch(), now=now, decision=decision)
    row = keep(db, attempt=attempt, result=status.value, now=now, decision=decision)
    passed = Passed(slot, status, row, at=now, scanned_at=ticket.scanned_at, ticket_id=ticket.id)
    if first is None:
        made = check_in_rows.insert(db, passed, receipts)
        if made is not None:
            return CheckedIn(made, session, is_new=True, decision=decision)
        first = check_in_rows.find_locked(db, slot)
        assert first is not None  # noqa: S101 - the constraint that refused the insert says it is there
    if is_clear and first.status not in COUNTING:
        check_in_rows.replace(db, first, passed, receipts)
        return CheckedIn(first, session, is_new=True, decision=decision)
    row.result = "again"
    db.flush()
    return CheckedIn(first, session, is_new=False, decision=decision)
