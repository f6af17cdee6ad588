"""Stores each attempt to check in with its result, so that staff can explain a refusal. No photo is stored."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from accounts import damaged_faces
from accounts.face_errors import FaceUnreadable
from attendance.attempts import liveness, tries
from attendance.attempts.errors import DeviceShared
from attendance.attempts.tickets import Ticket
from attendance.errors import FaceMismatch, TicketNotYours
from attendance.sessions.geofence import Place
from faces.errors import EngineUnavailable, FaceError
from faces.matching.policy import Decision, GuardDecision, Thresholds, band_of, worse_band
from foundation import throttles
from foundation.errors import NotFound, Refusal
from foundation.transactions import insert_new, insert_object
from models.attendance import CheckInAttempt, CheckResult, Direction, ReviewReason
from models.base import new_id

_MOST_REFUSALS, _WINDOW = 30, timedelta(minutes=1)


@dataclass(frozen=True)
class Attempt:
    """A person's attempt to check in. ticket_id: None for a scan, before there is a ticket.

    device: the result of the check of the phone; None where no phone was compared.
    """

    person_id: uuid.UUID
    session_id: uuid.UUID
    direction: Direction | None
    device_id: str | None
    place: Place | None
    ticket_id: uuid.UUID | None = None
    device: CheckResult | None = None

    @classmethod
    def with_ticket(cls, ticket: Ticket, person_id: uuid.UUID, device: CheckResult | None = None) -> "Attempt":
        """Return the attempt of a person to use a ticket, which may belong to another person."""
        return cls(person_id, ticket.session_id, ticket.direction, ticket.device_id, ticket.place, ticket.id, device)


def keep(
    db: Session,
    *,
    attempt: Attempt,
    result: str,
    now: datetime,
    decision: Decision | None = None,
    review_reason: ReviewReason | None = None,
) -> CheckInAttempt:
    """Store an attempt, with the numbers of its face decision if there is one; return the row.

    review_reason: another reason than the distance for which staff must look.
    """
    row = CheckInAttempt(
        id=new_id(),
        person_id=attempt.person_id,
        session_id=attempt.session_id,
        direction=attempt.direction,
        device_id=attempt.device_id,
        place=attempt.place.value if attempt.place else None,
        device_check=attempt.device,
        ticket_id=attempt.ticket_id,
        attempted_at=now,
        result=result,
    )
    if review_reason is not None:
        row.review_reason = review_reason
    if decision is not None:
        row.distance, row.accept_at, row.review_to = decision.distance, decision.accept_at, decision.review_to
        row.policy_version, row.engine = decision.policy_version, decision.engine
        if decision.guard is not None:
            guard = decision.guard
            row.guard_distance, row.guard_accept_at = guard.distance, guard.accept_at
            row.guard_review_to = guard.review_to
    insert_object(db, row)
    return row


def note(db: Session, *, attempt: Attempt, result: str, now: datetime, review_reason: ReviewReason | None) -> uuid.UUID:
    """Store an attempt without a face as `keep` does, and return its id. It makes no object."""
    made = new_id()
    insert_new(
        db,
        CheckInAttempt,
        id=made,
        person_id=attempt.person_id,
        session_id=attempt.session_id,
        direction=attempt.direction,
        attempted_at=now,
        result=result,
        review_reason=review_reason,
    )
    return made


def find_decision(db: Session, attempt_id: uuid.UUID) -> Decision | None:
    """Return the face decision of a check-in; None if it was made without a face."""
    row = db.get(CheckInAttempt, attempt_id)
    return decision_of(row) if row is not None else None


def find_review_reason(db: Session, attempt_id: uuid.UUID) -> ReviewReason | None:
    """Return the reason, other than the distance, for which staff must look at a check-in; None if there is none."""
    row = db.get(CheckInAttempt, attempt_id)
    return row.review_reason if row is not None else None


def decision_of(row: CheckInAttempt) -> Decision | None:
    """Return the face decision of an attempt, with the thresholds of that time; None if no face was compared."""
    if row.distance is None or row.accept_at is None or row.review_to is None:
        return None
    guard = _guard_of(row)
    return Decision(
        band=worse_band(band_of(row.distance, Thresholds(row.accept_at, row.review_to)), guard),
        distance=row.distance,
        accept_at=row.accept_at,
        review_to=row.review_to,
        policy_version=row.policy_version or "",
        engine=row.engine or "",
        guard=guard,
    )


def _guard_of(row: CheckInAttempt) -> GuardDecision | None:
    if row.guard_distance is None or row.guard_accept_at is None or row.guard_review_to is None:
        return None
    return GuardDecision(row.guard_distance, row.guard_accept_at, row.guard_review_to)


@contextmanager
def refusals_written_down(db: Session, *, attempt: Attempt, now: datetime) -> Iterator[None]:
    """Return a context that stores a refusal of the attempt inside it and raises it again, with the row to keep.

    The id of the row is the fact `attempt` of the refusal: its card tells what was checked.
    Nothing is stored if the face workers did not answer or the session is deleted. Raises TooManyAttempts in place of
    the refusal after thirty refusals of one person in a minute.
    """
    try:
        yield
    except (EngineUnavailable, NotFound):
        raise
    except (Refusal, FaceError) as refusal:
        throttles.count(db, f"refused:{attempt.person_id}", limit=_MOST_REFUSALS, window=_WINDOW, now=now)
        liveness.count_failure(db, attempt.person_id, refusal, now)
        decision = refusal.decision if isinstance(refusal, FaceMismatch) else None
        if isinstance(refusal, TicketNotYours | DeviceShared):
            attempt = replace(attempt, device=CheckResult.FAILED)
        row = keep(db, attempt=attempt, result=refusal.code, now=now, decision=decision)
        refusal.facts["attempt"] = str(row.id)
        if attempt.ticket_id is not None and isinstance(refusal, (FaceMismatch, FaceError)):
            left = tries.count_left(db, ticket_id=attempt.ticket_id, person_id=attempt.person_id)
            refusal.facts["tries_left"] = left
        if isinstance(refusal, FaceUnreadable):
            damaged_faces.remember(db, [refusal.template_id], now=now)
        refusal.keeping_writes()
        raise
