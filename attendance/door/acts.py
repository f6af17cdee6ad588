"""Writes down what staff do about attendance in one step, so that people see by whom and why, and it can be undone."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.callers import Caller
from models.attendance import CheckIn, CheckInMethod, CheckInStatus, Direction
from models.attendance_acts import ActKind, ActPerson, AttendanceAct
from models.base import new_id
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Prior:
    """A check-in as it was before an act."""

    status: CheckInStatus
    method: CheckInMethod
    scanned_at: datetime
    checked_in_at: datetime
    ticket_id: uuid.UUID | None
    attempt_id: uuid.UUID
    captured_at: datetime | None

    @classmethod
    def of(cls, row: CheckIn) -> "Prior":
        """Return a check-in as it is now."""
        times = row.scanned_at, row.checked_in_at
        return cls(row.status, row.method, *times, row.ticket_id, row.attempt_id, row.captured_at)


@dataclass(frozen=True)
class Effect:
    """What an act made of one person. check_in, prior: of a check-in; correction_id: of a correction.

    entry_id: the entry that it added to the roster; took_place: it gave the person a place at the session.
    """

    person_id: uuid.UUID
    check_in: CheckIn | None = None
    prior: Prior | None = None
    correction_id: uuid.UUID | None = None
    entry_id: uuid.UUID | None = None
    took_place: bool = False


@dataclass(frozen=True)
class Step:
    """What staff do at a session, and why. direction: None for a correction."""

    kind: ActKind
    reason: str
    direction: Direction | None = None


def write(
    db: Session, session: VenueSession, step: Step, effects: Sequence[Effect], *, caller: Caller, now: datetime
) -> AttendanceAct:
    """Add an act with the people whom it concerns, and return it."""
    act = AttendanceAct(
        id=new_id(),
        project_id=session.project_id,
        session_id=session.id,
        kind=step.kind,
        direction=step.direction,
        reason=step.reason,
        made_by=caller.person_id,
        made_at=now,
    )
    db.add(act)
    db.flush()  # SQLAlchemy doesn't know that the people of an act refer to it
    db.add_all(_person(act, effect) for effect in effects)
    db.flush()
    return act


def _person(act: AttendanceAct, effect: Effect) -> ActPerson:
    row, prior = effect.check_in, effect.prior
    return ActPerson(
        act_id=act.id,
        person_id=effect.person_id,
        check_in_id=row.id if row else None,
        attempt_id=row.attempt_id if row else None,
        status=row.status if row else None,
        correction_id=effect.correction_id,
        entry_id=effect.entry_id,
        took_place=effect.took_place,
        prior_status=prior.status if prior else None,
        prior_method=prior.method if prior else None,
        prior_scanned_at=prior.scanned_at if prior else None,
        prior_checked_in_at=prior.checked_in_at if prior else None,
        prior_ticket_id=prior.ticket_id if prior else None,
        prior_attempt_id=prior.attempt_id if prior else None,
        prior_captured_at=prior.captured_at if prior else None,
    )
