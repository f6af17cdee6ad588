"""The card of an attempt (X-2): what was checked with which result, how many tries are left, and what to do next.

Its learner and the session's organizers read it. It is derived from the stored result; there is no photo and no number.
"""

import enum
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.attempts import tries
from attendance.attempts.check_in_rows import COUNTING, NOT_REFUSED
from attendance.attempts.devices import is_shared
from attendance.attempts.tickets import TRIES
from attendance.check_in.phone_places import place_check
from attendance.projects.access import DOOR, ORGANIZERS
from attendance.sessions.geofence import Place
from faces.errors import FaceError, FaceRefused, PhotoRefused
from foundation.callers import Caller
from foundation.errors import NotFound
from models.attendance import AttemptOverride, CheckInAttempt, CheckInStatus, CheckResult
from models.people import Person, Unit
from models.projects import Project, SharedDevices
from models.projects import Session as VenueSession


class CheckOf(enum.StrEnum):
    """What is checked of an attempt."""

    CODE = "code"
    PLACE = "place"
    FACE = "face"
    DEVICE = "device"


class NextStep(enum.StrEnum):
    """What the person can do after an attempt."""

    NOTHING = "nothing"
    WAIT = "wait"
    TRY_AGAIN = "try_again"
    SCAN_AGAIN = "scan_again"
    ENROL_FACE = "enrol_face"
    CONFIRM_FACE = "confirm_face"
    SEND_LOCATION = "send_location"
    COME_IN_TIME = "come_in_time"
    ASK_STAFF = "ask_staff"


@dataclass(frozen=True)
class Override:
    """Staff checked somebody in against a refusal. made_by, unit: the names of who did it and of their unit."""

    made_by: str
    unit: str
    made_at: datetime
    reason: str


@dataclass(frozen=True)
class AttemptCard:
    """An attempt with its person and session. unit: the name of the person's unit; tries_left: None without a ticket.

    override: what staff did against the refusal, or None.
    """

    attempt: CheckInAttempt
    person: Person
    unit: str
    session: VenueSession
    checks: dict[CheckOf, CheckResult]
    tries_left: int | None
    next: NextStep
    override: Override | None


ENOUGH = 3
"""After so many refused faces the staff are the next step (O-19): another photo rarely helps."""
_CODES_OF_CODE = frozenset({"qr_invalid", "qr_expired", "scan_not_yours", "ticket_expired", "captured_at_invalid"})
_NEXT = {
    "qr_invalid": NextStep.SCAN_AGAIN,
    "qr_expired": NextStep.SCAN_AGAIN,
    "scan_not_yours": NextStep.SCAN_AGAIN,
    "ticket_expired": NextStep.SCAN_AGAIN,
    "ticket_not_yours": NextStep.SCAN_AGAIN,
    "captured_at_invalid": NextStep.SCAN_AGAIN,
    "face_not_enrolled": NextStep.ENROL_FACE,
    "face_unreadable": NextStep.ENROL_FACE,
    "face_in_question": NextStep.CONFIRM_FACE,
    "location_needed": NextStep.SEND_LOCATION,
    "session_not_open": NextStep.COME_IN_TIME,
}
"""The next step after a refusal; for all others, ask the staff. A refused photo is another matter."""


def get_card(db: Session, *, attempt_id: uuid.UUID, caller: Caller) -> AttemptCard:
    """Return the card of an attempt, for its person and the organizers of its session. Raises NotFound for others."""
    found = db.execute(
        select(CheckInAttempt, Person, Unit.name, VenueSession)
        .join(Person, Person.id == CheckInAttempt.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .join(VenueSession, VenueSession.id == CheckInAttempt.session_id)
        .where(CheckInAttempt.id == attempt_id)
    ).first()
    if found is None:
        raise NotFound
    attempt, person, unit, session = found
    of_project = select(Unit.path).join(Project, Project.unit_id == Unit.id).where(Project.id == session.project_id)
    is_own = attempt.person_id == caller.person_id
    is_at_door = bool(caller.assigned(DOOR, session.project_id, session.id))
    if not is_own and not is_at_door and not caller.may(ORGANIZERS, db.scalars(of_project).one()):
        raise NotFound
    left = None
    if attempt.ticket_id is not None:
        left = tries.count_left(db, ticket_id=attempt.ticket_id, person_id=attempt.person_id)
    override = _find_override(db, attempt.id)
    return AttemptCard(
        attempt=attempt,
        person=person,
        unit=unit,
        session=session,
        checks=_checks(db, attempt, session),
        tries_left=left,
        next=NextStep.NOTHING if override is not None else next_step(attempt.result, left),
        override=override,
    )


@dataclass(frozen=True)
class OwnAttempt:
    """An attempt of somebody and its session."""

    attempt: CheckInAttempt
    session: VenueSession


def list_own(
    db: Session, *, person_id: uuid.UUID, session_id: uuid.UUID | None, after: uuid.UUID | None, limit: int
) -> list[OwnAttempt]:
    """Return a person's attempts, at all sessions or at one, newest first, beginning after `after`."""
    wanted = (
        select(CheckInAttempt, VenueSession)
        .join(VenueSession, VenueSession.id == CheckInAttempt.session_id)
        .where(CheckInAttempt.person_id == person_id)
    )
    if session_id is not None:
        wanted = wanted.where(CheckInAttempt.session_id == session_id)
    if after is not None:
        wanted = wanted.where(CheckInAttempt.id < after)
    return [OwnAttempt(*row) for row in db.execute(wanted.order_by(CheckInAttempt.id.desc()).limit(limit))]


def next_step(result: str, tries_left: int | None) -> NextStep:
    """Return what the person can do after a result: a status, or the code of a refusal."""
    if result == CheckInStatus.NEEDS_REVIEW:
        return NextStep.WAIT
    if result in NOT_REFUSED:
        return NextStep.NOTHING
    if result in FACE_REFUSALS:
        return NextStep.TRY_AGAIN if (tries_left or 0) > TRIES - ENOUGH else NextStep.ASK_STAFF
    return _NEXT.get(result, NextStep.ASK_STAFF)


def _find_override(db: Session, attempt_id: uuid.UUID) -> Override | None:
    found = db.execute(
        select(Person.name, Unit.name, AttemptOverride.made_at, AttemptOverride.reason)
        .join(Person, Person.id == AttemptOverride.made_by)
        .join(Unit, Unit.id == Person.unit_id)
        .where(AttemptOverride.attempt_id == attempt_id)
    ).first()
    return Override(*found) if found is not None else None


def _checks(db: Session, attempt: CheckInAttempt, session: VenueSession) -> dict[CheckOf, CheckResult]:
    place = place_check(Place(attempt.place) if attempt.place else None)
    device = attempt.device_check or CheckResult.NOT_ASKED
    is_looked_at = device is CheckResult.PASSED and session.shared_devices is not SharedDevices.ALLOWED
    if is_looked_at and is_shared(db, attempt):
        device = CheckResult.UNVERIFIED
    return {
        CheckOf.CODE: _check_of_code(attempt),
        CheckOf.PLACE: place,
        CheckOf.FACE: _check_of_face(attempt),
        CheckOf.DEVICE: device,
    }


def _check_of_code(attempt: CheckInAttempt) -> CheckResult:
    if attempt.result in _CODES_OF_CODE:
        return CheckResult.FAILED
    is_by_staff_or_machine = attempt.ticket_id is None and attempt.result in NOT_REFUSED
    return CheckResult.NOT_ASKED if is_by_staff_or_machine else CheckResult.PASSED


def _check_of_face(attempt: CheckInAttempt) -> CheckResult:
    if attempt.result in FACE_REFUSALS:
        return CheckResult.FAILED
    if attempt.distance is None:
        return CheckResult.NOT_ASKED
    return CheckResult.PASSED if attempt.result in (*COUNTING, "again") else CheckResult.UNVERIFIED


def _codes_below(kind: type[FaceError]) -> Iterator[str]:
    for each in kind.__subclasses__():
        yield each.code
        yield from _codes_below(each)


FACE_REFUSALS = frozenset({"face_mismatch", *_codes_below(FaceRefused), *_codes_below(PhotoRefused)})
"""The codes of refusals because of the photos."""
