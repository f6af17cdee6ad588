"""Check-in (签到): a ticket and a face make exactly one check-in for each session, person and direction."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.enrolment import used_pictures
from accounts.enrolment.enrolment import EnrolledFace, note_shown, open_face
from accounts.enrolment.used_pictures import PictureUse
from accounts.face_errors import FaceNotEnrolled
from accounts.thresholds.policies import FacePolicies
from attendance.attempts import check_in_rows, liveness, observations
from attendance.attempts.attempts import Attempt, keep, refusals_written_down
from attendance.attempts.check_in_rows import AcceptedAttempt, CheckInKey, stays
from attendance.attempts.devices import check_device
from attendance.attempts.explanations import Scan, explained
from attendance.attempts.receipts import Receipts
from attendance.attempts.tickets import Ticket, Tickets, expired
from attendance.check_in.comparison import ComparedPhotos, compare
from attendance.check_in.facts import Facts, LockedFacts, check_may_attend, lock, look_up
from attendance.check_in.photo_times import check_captured_at, is_taken_late
from attendance.errors import (
    FaceInQuestion,
    FaceMismatch,
    TicketNotYours,
)
from attendance.sessions.windows import status_of
from faces.engine import FaceEngine
from faces.errors import PhotoUsedBefore
from faces.matching.policy import Band, Decision, PolicySet
from faces.matching.vault import KeyRing
from foundation.callers import Caller
from foundation.clock import day_at_home
from foundation.transactions import read_only
from models.attendance import CheckIn, CheckInStatus, ReviewReason
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
class Evidence:
    """What a phone sent with a ticket: one to five photos, which phone it is, and when it took them, if it says so."""

    photos: Sequence[bytes]
    device_id: str | None = None
    captured_at: datetime | None = None


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

    def check_in(self, db: Session, *, caller: Caller, ticket: str, evidence: Evidence, now: datetime) -> CheckedIn:
        """Check the caller in with a signed ticket and one to five photos of their face.

        Repeated and parallel requests all return the one check-in. A refusal is stored as an attempt, unless its person
        is unknown. A face whose owner has not said yet that it is theirs, after a password reset, needs review; so does
        a photo that was taken in time and comes after the ticket's end.

        Raises TicketInvalid, TicketNotYours, TicketExpired, CapturedAtInvalid, DeviceShared, SessionNotOpen,
        NotOnRoster, ProjectNotAnnounced, SessionCancelled, FaceNotEnrolled, FaceInQuestion, FaceMismatch,
        TooManyAttempts, and FaceError. Of these, PhotoUsedBefore is for a picture that was enrolled or brought a
        check-in, where nobody is checked in yet; LowQuality also for a photo that doesn't pass and tells too little;
        FaceCovered for a covered face that doesn't pass clearly; EngineUnavailable stores nothing: send the same
        request again. Where the ticket has a challenge, the photos are its frames: LivenessFailed if they don't show
        it, TooManyAttempts after five such failures.
        """
        opened = self._tickets.open(ticket)
        attempt = Attempt.with_ticket(opened, caller.person_id)  # of the caller, not of the ticket's owner
        scan = Scan(caller.person_id, opened.session_id, opened.direction, opened.scanned_at)
        with refusals_written_down(db, attempt=attempt, now=now), explained(db, scan, now=now):
            if not opened.is_for(caller.person_id, evidence.device_id):
                raise TicketNotYours(field="ticket")
            with read_only(db):
                facts = look_up(db, opened)
                is_spent = now >= opened.expires_at or facts.is_used_up
                if facts.first is not None and _is_final(facts.first, opened, is_spent):
                    return CheckedIn(facts.first, facts.session, is_new=False)
                if evidence.captured_at is not None:
                    check_captured_at(opened, facts.session, evidence.captured_at, now)
                if is_spent and not self._is_taken_late(opened, facts, evidence, now):
                    raise expired(opened, now)
                check_may_attend(facts, opened)
                liveness.check_block(db, opened, now)
                in_force = self._policies.in_force(db)
                face = self._open_face(db, caller.person_id, in_force)
            policies = in_force[face.template.engine]
            shown = compare(self._engine, evidence.photos, face, policies, opened.steps)  # no transaction is open here
            if shown.decision.band is Band.REJECT and shown.copied is None:
                raise FaceMismatch(shown.decision)
            locked = lock(db, opened, face, shown.marks)
            liveness.check_block(db, opened, now)  # tries made at the same time may have failed too often meanwhile
            with liveness.frames_used_before(opened):
                checked_in = self._write(db, opened, facts, evidence, shown, locked, now)
            liveness.forget_failures(db, opened)
            today = day_at_home(now)
            if face.last_shown_on < today and not locked.is_in_question:
                note_shown(db, person_id=caller.person_id, today=today)
            return checked_in

    def _is_taken_late(self, ticket: Ticket, facts: Facts, evidence: Evidence, now: datetime) -> bool:
        """Return whether the photos of an old ticket are accepted for review, as the phone took them in time."""
        if evidence.captured_at is None or facts.is_used_up:
            return False
        return is_taken_late(ticket, facts.session, now, self._tickets.late_limit)

    def _open_face(self, db: Session, person_id: uuid.UUID, in_force: Mapping[str, PolicySet]) -> EnrolledFace:
        """Return the enrolled face. Raises FaceNotEnrolled, also if its model can't be compared any more."""
        face = open_face(db, person_id=person_id, ring=self._ring)
        if face.template.engine not in in_force:
            raise FaceNotEnrolled
        return face

    def _write(
        self,
        db: Session,
        ticket: Ticket,
        facts: Facts,
        evidence: Evidence,
        shown: ComparedPhotos,
        locked: LockedFacts,
        now: datetime,
    ) -> CheckedIn:
        """Store the check-in of an accepted face, or one for review, in the transaction that the request commits."""
        session = locked.session
        use = locked.use if shown.copied is None else PictureUse(shown.copied)
        if use.place is not None:
            return _repeat(db, ticket, session, shown, use, now)
        device = check_device(db, session, ticket, evidence.device_id)
        attempt, decision = Attempt.with_ticket(ticket, ticket.person_id, device), shown.decision
        captured_at = evidence.captured_at if now >= ticket.expires_at else None
        reason = _reason_to_review(locked.is_in_question, use, is_late=captured_at is not None)
        is_clear = decision.band is Band.ACCEPT and reason is None
        status = status_of(session, ticket.direction, ticket.scanned_at) if is_clear else CheckInStatus.NEEDS_REVIEW
        key = CheckInKey.of(ticket)
        is_new = is_clear and facts.first is None  # usually; the insert below finds out if another request was first
        first = None if is_new else check_in_rows.find_locked(db, key)
        if first is not None and first.status is CheckInStatus.REJECTED and not is_clear:
            # Staff have rejected this check-in already: another doubtful photo does not start a new review.
            raise _refusal_of_doubt(decision, reason, ticket, now)
        row = keep(db, attempt=attempt, result=status.value, now=now, decision=decision, review_reason=reason)
        accepted = AcceptedAttempt(
            key, status, row.id, at=now, scanned_at=ticket.scanned_at, ticket_id=ticket.id, captured_at=captured_at
        )
        if first is None:
            made = check_in_rows.insert(db, accepted, self._receipts)
            if made is not None:
                _mark(db, made, shown, now)
                return CheckedIn(made, session, is_new=True, decision=decision, review_reason=reason)
            first = check_in_rows.find_locked(db, key)
            assert first is not None  # noqa: S101 - the constraint that refused the insert says it is there
        if first.status is CheckInStatus.VOID or (is_clear and not stays(first)):
            check_in_rows.replace(db, first, accepted, self._receipts)
            observations.stand_beside(db, session, first)
            _mark(db, first, shown, now)
            return CheckedIn(first, session, is_new=True, decision=decision, review_reason=reason)
        row.result = "again"
        db.flush()
        return CheckedIn(first, session, is_new=False, decision=decision)


def _reason_to_review(is_in_question: bool, use: PictureUse, *, is_late: bool) -> ReviewReason | None:
    """Return why staff must look although the face may pass; None for most people."""
    if is_in_question:
        return ReviewReason.FACE_IN_QUESTION
    if use.is_like_another:
        return ReviewReason.LIKE_A_USED_PICTURE
    return ReviewReason.SENT_LATE if is_late else None


def _refusal_of_doubt(decision: Decision, reason: ReviewReason | None, ticket: Ticket, now: datetime) -> Exception:
    """Return the refusal of another doubtful photo, after staff have rejected the check-in."""
    if decision.band is not Band.ACCEPT:
        return FaceMismatch(decision)
    match reason:
        case ReviewReason.FACE_IN_QUESTION:
            return FaceInQuestion()
        case ReviewReason.SENT_LATE:
            return expired(ticket, now)
        case _:
            return PhotoUsedBefore()


def _repeat(
    db: Session, ticket: Ticket, session: VenueSession, shown: ComparedPhotos, use: PictureUse, now: datetime
) -> CheckedIn:
    """Return the check-in that is there already, made while the face was looked at or by this very picture.

    Raises PhotoUsedBefore if there is none.
    """
    first = check_in_rows.find_locked(db, CheckInKey.of(ticket))
    is_own = first is not None and first.id == use.check_in_id and first.status is CheckInStatus.NEEDS_REVIEW
    if first is None or not (stays(first) or is_own):
        raise PhotoUsedBefore(photo=use.place)
    keep(db, attempt=Attempt.with_ticket(ticket, ticket.person_id), result="again", now=now, decision=shown.decision)
    return CheckedIn(first, session, is_new=False, decision=shown.decision)


def _mark(db: Session, check_in: CheckIn, shown: ComparedPhotos, now: datetime) -> None:
    """Store that the pictures brought this check-in.

    Raises PhotoUsedBefore if one of them has brought another one at the same moment. Then nothing of this one is left.
    """
    use = used_pictures.store(db, person_id=check_in.person_id, marks=shown.marks, check_in_id=check_in.id, now=now)
    if use.place is not None:
        db.rollback()  # this transaction began after the look and holds nothing but this check-in
        raise PhotoUsedBefore(photo=use.place)


def _is_final(first: CheckIn, ticket: Ticket, is_spent: bool) -> bool:
    """Return whether the check-in stays as it is: it counts already, or this ticket made it and is used."""
    return stays(first) or (is_spent and first.ticket_id == ticket.id)
