"""Check-in (签到): a ticket and a face make exactly one check-in for each session, person and direction."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from accounts.enrolment.enrolment import look_at_each, open_template
from accounts.errors import FaceNotEnrolled
from accounts.thresholds.policies import FacePolicies
from attendance.check_in import check_in_rows, observations
from attendance.check_in.attempts import Attempt, keep, refusals_written_down
from attendance.check_in.check_in_rows import COUNTING, Passed, Slot, stays
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
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.windows import is_open, status_of
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import FaceCovered
from faces.matching.policy import Band, Decision, PolicySet
from faces.matching.template import Template
from faces.matching.vault import KeyRing
from faces.matching.verify import verify
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.transactions import read_only
from models.attendance import CheckIn, CheckInAttempt, CheckInStatus
from models.projects import Project, ProjectStatus, RosterEntry
from models.projects import Session as VenueSession

# Share of the accepted distance within which a covered face still passes. Of strangers in sunglasses like the enrolled
# ones 0.05% come as near, and 0.24% within the whole distance.
CLEARLY = 0.9


@dataclass(frozen=True)
class CheckedIn:
    """The check-in, and whether this call made it. decision: None if no face was compared."""

    check_in: CheckIn
    session: VenueSession
    is_new: bool
    decision: Decision | None = None


@dataclass(frozen=True)
class _Facts:
    """Facts known before the face is compared. first: the check-in that exists already, or None.

    tries: the number of refused faces with this ticket.
    """

    session: VenueSession
    status: ProjectStatus
    first: CheckIn | None
    tries: int
    is_on_roster: bool


class CheckInDesk:
    """Checks people in with their ticket and their face. ring: the keys that decrypt enrolled faces."""

    def __init__(
        self, *, engine: FaceEngine, policies: FacePolicies, ring: KeyRing, tickets: Tickets, receipts: Receipts
    ) -> None:
        self._engine = engine
        self._policies = policies
        self._ring = ring
        self._tickets = tickets
        self._receipts = receipts

    def check_in(
        self,
        db: Session,
        *,
        caller: Caller,
        ticket: str,
        device_id: str | None,
        photos: Sequence[bytes],
        now: datetime,
    ) -> CheckedIn:
        """Check the caller in with a signed ticket and one to five photos of their face.

        Repeated and parallel requests all return the one check-in. A refusal is stored as an attempt, unless its person
        is unknown. Raises TicketInvalid, TicketNotYours, TicketExpired, SessionNotOpen, NotOnRoster,
        ProjectNotAnnounced, SessionCancelled, FaceNotEnrolled, FaceMismatch, TooManyAttempts, and FaceError, such as
        FaceCovered for a face that is covered and doesn't pass. EngineUnavailable stores nothing: send the same request
        again.
        """
        opened = self._tickets.open(ticket)
        attempt = Attempt.with_ticket(opened, caller.person_id)  # of the caller, not of the ticket's owner
        with refusals_written_down(db, attempt=attempt, now=now):
            if not opened.is_for(caller.person_id, device_id):
                raise TicketNotYours(field="ticket")
            with read_only(db):
                facts = _look_up(db, opened)
                is_spent = now >= opened.expires_at or facts.tries >= TRIES
                if facts.first is not None and _is_final(facts.first, opened, is_spent):
                    return CheckedIn(facts.first, facts.session, is_new=False)
                if is_spent:
                    raise TicketExpired(field="ticket")
                _check_may_attend(facts, opened)
                in_force = self._policies.in_force(db)
                template = self._open_face(db, caller.person_id, in_force)
            decision = self._compare(photos, template, in_force[template.engine])  # no transaction is open here
            if decision.band is Band.REJECT:
                raise FaceMismatch(decision)
            return self._write(db, opened, facts, decision, now)

    def _open_face(self, db: Session, person_id: uuid.UUID, in_force: Mapping[str, PolicySet]) -> Template:
        """Return the enrolled face. Raises FaceNotEnrolled, also if its model can't be compared any more."""
        template = open_template(db, person_id=person_id, ring=self._ring)
        if template.engine not in in_force:
            raise FaceNotEnrolled
        return template

    def _compare(self, photos: Sequence[bytes], template: Template, policies: PolicySet) -> Decision:
        looks = look_at_each(self._engine, photos, Purpose.CHECK_IN, template.engine)
        policy = policies.choose([template.descriptors, *(look.descriptors for look in looks)])
        decision = verify(looks, template, policy)
        _refuse_covered(looks, decision)
        return decision

    def _write(self, db: Session, ticket: Ticket, facts: _Facts, decision: Decision, now: datetime) -> CheckedIn:
        """Store the check-in of an accepted face, or one for review, in the transaction that the request commits."""
        attempt, session = Attempt.with_ticket(ticket, ticket.person_id), _lock_session(db, ticket)
        is_clear = decision.band is Band.ACCEPT
        status = status_of(session, ticket.direction, ticket.scanned_at) if is_clear else CheckInStatus.NEEDS_REVIEW
        slot = Slot.of(ticket)
        is_new = is_clear and facts.first is None  # usually; the insert below finds out if another request was first
        first = None if is_new else check_in_rows.find_locked(db, slot)
        if first is not None and first.status is CheckInStatus.REJECTED and not is_clear:
            # Staff have rejected this check-in already: another doubtful photo does not start a new review.
            raise FaceMismatch(decision)
        row = keep(db, attempt=attempt, result=status.value, now=now, decision=decision)
        passed = Passed(slot, status, row, at=now, scanned_at=ticket.scanned_at, ticket_id=ticket.id)
        if first is None:
            made = check_in_rows.insert(db, passed, self._receipts)
            if made is not None:
                return CheckedIn(made, session, is_new=True, decision=decision)
            first = check_in_rows.find_locked(db, slot)
            assert first is not None  # noqa: S101 - the constraint that refused the insert says it is there
        if first.status is CheckInStatus.VOID or (is_clear and not stays(first)):
            check_in_rows.replace(db, first, passed, self._receipts)
            observations.stand_beside(db, session, first)
            return CheckedIn(first, session, is_new=True, decision=decision)
        row.result = "again"
        db.flush()
        return CheckedIn(first, session, is_new=False, decision=decision)


def _refuse_covered(looks: Sequence[Look], decision: Decision) -> None:
    """Raise FaceCovered for a covered face that does not pass clearly.

    The distance of a covered face says little about its owner. So the attempt is stored without it, and costs no try.
    """
    if decision.distance <= CLEARLY * decision.accept_at and decision.band is Band.ACCEPT:
        return
    for place, look in enumerate(looks):
        if look.quality.is_covered:
            raise FaceCovered().at(place)


def _select_facts() -> Select[VenueSession, ProjectStatus, CheckIn | None, int, bool]:
    """Return one statement for all facts about a ticket's session and person."""
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    tries = (
        select(func.count())
        .where(
            CheckInAttempt.ticket_id == bindparam("ticket_id"),
            CheckInAttempt.distance.is_not(None),  # a photo without a usable face does not count as a try
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


_FACTS = _select_facts()  # built once: building it takes longer than running it


def _look_up(db: Session, ticket: Ticket) -> _Facts:
    about = {
        "ticket_id": ticket.id,
        "session_id": ticket.session_id,
        "person_id": ticket.person_id,
        "direction": ticket.direction,
    }
    found = db.execute(_FACTS, about).first()
    if found is None:
        raise NotFound
    session, status, first, tries, is_on_roster = found
    return _Facts(session, status, first, tries, bool(is_on_roster))


# made once, as above
_SESSION = (
    select(VenueSession)
    .where(VenueSession.id == bindparam("session_id"))
    .with_for_update(read=True)
    .execution_options(populate_existing=True)
)


def _lock_session(db: Session, ticket: Ticket) -> VenueSession:
    """Return the session as it is now: it may have been moved, closed or cancelled while the face was looked at.

    Nobody changes it until this transaction ends; check-ins don't wait for each other. Raises SessionCancelled,
    SessionNotOpen.
    """
    session = db.scalars(_SESSION, {"session_id": ticket.session_id}).one()
    check_not_cancelled(session)
    if not is_open(session, ticket.direction, ticket.scanned_at):
        raise SessionNotOpen
    return session


def _is_final(first: CheckIn, ticket: Ticket, is_spent: bool) -> bool:
    """Return whether the check-in stays as it is: it counts already, or this ticket made it and is used."""
    return stays(first) or (is_spent and first.ticket_id == ticket.id)


def _check_may_attend(facts: _Facts, ticket: Ticket) -> None:
    """Raise the refusal for a change since the scan: a cancelled session, moved windows, an ended project, a roster."""
    check_not_cancelled(facts.session)
    if not is_open(facts.session, ticket.direction, ticket.scanned_at):
        raise SessionNotOpen
    if facts.status in FROZEN:  # the project was sent for review within the ticket's two minutes
        raise SessionNotOpen
    if not facts.is_on_roster:
        raise NotOnRoster
    if facts.status in NOT_ANNOUNCED:
        raise ProjectNotAnnounced
