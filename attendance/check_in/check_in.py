"""Check-in (签到): a ticket and a face make exactly one check-in for each session, person and direction."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from accounts.enrolment import used_pictures
from accounts.enrolment.enrolment import EnrolledFace, note_shown, open_face
from accounts.enrolment.used_pictures import Mark, Use
from accounts.errors import FaceNotEnrolled
from accounts.thresholds.policies import FacePolicies
from attendance.check_in import check_in_rows, observations
from attendance.check_in.attempts import Attempt, keep, refusals_written_down
from attendance.check_in.check_in_rows import COUNTING, NOT_REFUSED, CheckInKey, Passed, stays
from attendance.check_in.comparison import Shown, compare
from attendance.check_in.receipts import Receipts
from attendance.check_in.tickets import MOST_REFUSALS, TRIES, Ticket, Tickets
from attendance.errors import (
    FaceInQuestion,
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
from faces.engine import FaceEngine
from faces.errors import PhotoUsedBefore
from faces.matching.policy import Band, Decision, PolicySet
from faces.matching.vault import KeyRing
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.transactions import read_only
from models.attendance import CheckIn, CheckInAttempt, CheckInStatus, ReviewReason
from models.faces import FaceTemplate, TemplateStatus, UsedPicture
from models.projects import Project, ProjectStatus, RosterEntry
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class CheckedIn:
    """The check-in, and whether this call made it. decision: None if no face was compared."""

    check_in: CheckIn
    session: VenueSession
    is_new: bool
    decision: Decision | None = None
    review_reason: ReviewReason | None = None


@dataclass(frozen=True)
class _Facts:
    """Facts known before the face is compared. first: the check-in that exists already, or None.

    is_used_up: whether the ticket bears no further try.
    """

    session: VenueSession
    status: ProjectStatus
    first: CheckIn | None
    is_used_up: bool
    is_on_roster: bool


@dataclass(frozen=True)
class _Locked:
    """What stays as it is until the transaction of the check-in ends. use: what is known of the pictures.

    is_in_question: whether the owner has yet to say that the face is theirs.
    """

    session: VenueSession
    is_in_question: bool
    use: Use


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
        is unknown. A face whose owner has not said yet that it is theirs, after a password reset, needs review. Raises
        TicketInvalid, TicketNotYours, TicketExpired, SessionNotOpen, NotOnRoster, ProjectNotAnnounced,
        SessionCancelled, FaceNotEnrolled, FaceInQuestion, FaceMismatch, TooManyAttempts, and FaceError. Of these,
        PhotoUsedBefore is for a picture that was enrolled or brought a check-in, where nobody is checked in yet;
        LowQuality also for a photo that doesn't pass and tells too little; FaceCovered for a covered face that doesn't
        pass clearly; EngineUnavailable stores nothing: send the same request again.
        """
        opened = self._tickets.open(ticket)
        attempt = Attempt.with_ticket(opened, caller.person_id)  # of the caller, not of the ticket's owner
        with refusals_written_down(db, attempt=attempt, now=now):
            if not opened.is_for(caller.person_id, device_id):
                raise TicketNotYours(field="ticket")
            with read_only(db):
                facts = _look_up(db, opened)
                is_spent = now >= opened.expires_at or facts.is_used_up
                if facts.first is not None and _is_final(facts.first, opened, is_spent):
                    return CheckedIn(facts.first, facts.session, is_new=False)
                if is_spent:
                    raise TicketExpired(field="ticket")
                _check_may_attend(facts, opened)
                in_force = self._policies.in_force(db)
                face = self._open_face(db, caller.person_id, in_force)
            shown = compare(self._engine, photos, face, in_force[face.template.engine])  # no transaction is open here
            if shown.decision.band is Band.REJECT and shown.copied is None:
                raise FaceMismatch(shown.decision)
            locked = _lock(db, opened, face, shown.marks)
            checked_in = self._write(db, opened, facts, shown, locked, now)
            if face.last_shown_on < now.date() and not locked.is_in_question:
                note_shown(db, person_id=caller.person_id, today=now.date())
            return checked_in

    def _open_face(self, db: Session, person_id: uuid.UUID, in_force: Mapping[str, PolicySet]) -> EnrolledFace:
        """Return the enrolled face. Raises FaceNotEnrolled, also if its model can't be compared any more."""
        face = open_face(db, person_id=person_id, ring=self._ring)
        if face.template.engine not in in_force:
            raise FaceNotEnrolled
        return face

    def _write(
        self, db: Session, ticket: Ticket, facts: _Facts, shown: Shown, locked: _Locked, now: datetime
    ) -> CheckedIn:
        """Store the check-in of an accepted face, or one for review, in the transaction that the request commits."""
        session = locked.session
        use = locked.use if shown.copied is None else Use(shown.copied)
        if use.place is not None:
            return _repeat(db, ticket, session, shown, use, now)
        attempt, decision = Attempt.with_ticket(ticket, ticket.person_id), shown.decision
        reason = _reason_to_review(locked.is_in_question, use)
        is_clear = decision.band is Band.ACCEPT and reason is None
        status = status_of(session, ticket.direction, ticket.scanned_at) if is_clear else CheckInStatus.NEEDS_REVIEW
        key = CheckInKey.of(ticket)
        is_new = is_clear and facts.first is None  # usually; the insert below finds out if another request was first
        first = None if is_new else check_in_rows.find_locked(db, key)
        if first is not None and first.status is CheckInStatus.REJECTED and not is_clear:
            # Staff have rejected this check-in already: another doubtful photo does not start a new review.
            raise _refusal_of_doubt(decision, reason)
        row = keep(db, attempt=attempt, result=status.value, now=now, decision=decision, review_reason=reason)
        passed = Passed(key, status, row, at=now, scanned_at=ticket.scanned_at, ticket_id=ticket.id)
        if first is None:
            made = check_in_rows.insert(db, passed, self._receipts)
            if made is not None:
                _mark(db, made, shown, now)
                return CheckedIn(made, session, is_new=True, decision=decision, review_reason=reason)
            first = check_in_rows.find_locked(db, key)
            assert first is not None  # noqa: S101 - the constraint that refused the insert says it is there
        if first.status is CheckInStatus.VOID or (is_clear and not stays(first)):
            check_in_rows.replace(db, first, passed, self._receipts)
            observations.stand_beside(db, session, first)
            _mark(db, first, shown, now)
            return CheckedIn(first, session, is_new=True, decision=decision, review_reason=reason)
        row.result = "again"
        db.flush()
        return CheckedIn(first, session, is_new=False, decision=decision)


def _reason_to_review(is_in_question: bool, use: Use) -> ReviewReason | None:
    """Return why staff must look although the face may pass; None for most people."""
    if is_in_question:
        return ReviewReason.FACE_IN_QUESTION
    return ReviewReason.LIKE_A_USED_PICTURE if use.is_like_another else None


def _refusal_of_doubt(decision: Decision, reason: ReviewReason | None) -> Exception:
    """Return the refusal of another doubtful photo, after staff have rejected the check-in."""
    if decision.band is not Band.ACCEPT:
        return FaceMismatch(decision)
    return FaceInQuestion() if reason is ReviewReason.FACE_IN_QUESTION else PhotoUsedBefore()


def _repeat(db: Session, ticket: Ticket, session: VenueSession, shown: Shown, use: Use, now: datetime) -> CheckedIn:
    """Return the check-in that is there already, made while the face was looked at or by this very picture.

    Raises PhotoUsedBefore if there is none.
    """
    first = check_in_rows.find_locked(db, CheckInKey.of(ticket))
    is_own = first is not None and first.id == use.check_in_id and first.status is CheckInStatus.NEEDS_REVIEW
    if first is None or not (stays(first) or is_own):
        raise PhotoUsedBefore(photo=use.place)
    keep(db, attempt=Attempt.with_ticket(ticket, ticket.person_id), result="again", now=now, decision=shown.decision)
    return CheckedIn(first, session, is_new=False, decision=shown.decision)


def _mark(db: Session, check_in: CheckIn, shown: Shown, now: datetime) -> None:
    """Store that the pictures brought this check-in.

    Raises PhotoUsedBefore if one of them has brought another one at the same moment. Then nothing of this one is left.
    """
    use = used_pictures.store(db, person_id=check_in.person_id, marks=shown.marks, check_in_id=check_in.id, now=now)
    if use.place is not None:
        db.rollback()  # this transaction began after the look and holds nothing but this check-in
        raise PhotoUsedBefore(photo=use.place)


def _select_facts() -> Select[VenueSession, ProjectStatus, CheckIn | None, bool, bool]:
    """Return one statement for all facts about a ticket's session and person."""
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    result = CheckInAttempt.result
    tried = CheckInAttempt.distance.is_not(None) & result.not_in(COUNTING)  # without a usable face it is no try
    is_used_up = (
        select(or_(_count_where(tried) >= TRIES, _count_where(result.not_in(NOT_REFUSED)) >= MOST_REFUSALS))
        # of the owner: others who send the ticket are refused too, and must not use it up
        .where(CheckInAttempt.ticket_id == bindparam("ticket_id"), CheckInAttempt.person_id == person_id)
        .scalar_subquery()
    )
    expected = exists().where(RosterEntry.project_id == VenueSession.project_id, RosterEntry.person_id == person_id)
    made_before = and_(
        CheckIn.session_id == VenueSession.id,
        CheckIn.person_id == person_id,
        CheckIn.direction == bindparam("direction"),
    )
    return (
        select(VenueSession, Project.status, CheckIn, is_used_up, expected)
        .join(Project, Project.id == VenueSession.project_id)
        .outerjoin(CheckIn, made_before)
        .where(VenueSession.id == bindparam("session_id"))
    )


def _count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


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
    session, status, first, is_used_up, is_on_roster = found
    return _Facts(session, status, first, bool(is_used_up), bool(is_on_roster))


# Made once, as above; one statement for all, because each check-in runs it. The face's own lock is one that lets
# `note_shown` update it: two check-ins of a person that share a lock would wait for each other there.
_LOCKED = (
    select(VenueSession, FaceTemplate.question_at, *used_pictures.COLUMNS)
    .select_from(VenueSession)
    .join(FaceTemplate, FaceTemplate.id == bindparam("template_id"))
    .outerjoin(UsedPicture, used_pictures.may_be_used())
    .where(VenueSession.id == bindparam("session_id"), FaceTemplate.status == TemplateStatus.ACTIVE)
    .with_for_update(read=True, of=VenueSession)
    .suffix_with("FOR NO KEY UPDATE OF face_template", dialect="postgresql")
    .execution_options(populate_existing=True)
)


def _lock(db: Session, ticket: Ticket, face: EnrolledFace, marks: Sequence[Mark]) -> _Locked:
    """Return the session and the face as they are now, and what is known of the pictures.

    The session may have been moved, closed or cancelled while the face was looked at, and the face withdrawn, replaced
    or questioned. Nobody changes either until this transaction ends; check-ins of different people don't wait for each
    other. Raises SessionCancelled, SessionNotOpen; FaceNotEnrolled if that face was deleted or replaced meanwhile.
    """
    about = {
        "session_id": ticket.session_id,
        "template_id": face.id,
        **used_pictures.parameters(ticket.person_id, marks),
    }
    rows = db.execute(_LOCKED, about).all()
    if not rows:
        raise FaceNotEnrolled
    session, question_at = rows[0][:2]
    check_not_cancelled(session)
    if not is_open(session, ticket.direction, ticket.scanned_at):
        raise SessionNotOpen
    use = used_pictures.judge(marks, (row[2:] for row in rows))
    return _Locked(session, question_at is not None, use)


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
