"""Each use of a person's face (X-6), as that person reads it: when, where, what for, with which result and model.

It is read from attempts and the audit trail, which outlast the face. There is no photo, and no number of a face.
"""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from attendance.door.attempt_cards import FACE_REFUSALS
from models.attendance import CheckInAttempt, Direction
from models.edge import AuditEntry
from models.projects import Session as VenueSession


class FaceUseKind(enum.StrEnum):
    """What a face was used for."""

    CHECK_IN = "check_in"
    ENROL = "enrol"
    RENEW = "renew"
    RECOMPUTE = "recompute"


@dataclass(frozen=True)
class FaceUse:
    """One use. session, direction: of a check-in, None for others.

    result: of a check-in its status or the code of the refusal, of others the state of the stored face, `active` or
    `held`; None for one that was computed anew. model: the model that looked at the photos; None where none came so
    far.
    """

    id: uuid.UUID
    at: datetime
    kind: FaceUseKind
    session: VenueSession | None
    direction: Direction | None
    result: str | None
    model: str | None


_ACTIONS = {
    "face.enrol": FaceUseKind.ENROL,
    "face.renew": FaceUseKind.RENEW,
    "face.recompute": FaceUseKind.RECOMPUTE,
}


def list_uses(db: Session, *, person_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> Sequence[FaceUse]:
    """Return the uses of a person's face, newest first, beginning after `after`.

    The ids of both tables are in order of time. So the newest of both are among the newest of each.
    """
    found = [*_check_ins(db, person_id, after, limit), *_enrolments(db, person_id, after, limit)]
    return sorted(found, key=lambda use: use.id, reverse=True)[:limit]


def _check_ins(db: Session, person_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> list[FaceUse]:
    is_use = or_(CheckInAttempt.distance.is_not(None), CheckInAttempt.result.in_(FACE_REFUSALS))
    wanted = (
        select(CheckInAttempt, VenueSession)
        .join(VenueSession, VenueSession.id == CheckInAttempt.session_id)
        .where(CheckInAttempt.person_id == person_id, is_use)
    )
    if after is not None:
        wanted = wanted.where(CheckInAttempt.id < after)
    return [
        FaceUse(
            id=attempt.id,
            at=attempt.attempted_at,
            kind=FaceUseKind.CHECK_IN,
            session=session,
            direction=attempt.direction,
            result=attempt.result,
            model=attempt.engine,
        )
        for attempt, session in db.execute(wanted.order_by(CheckInAttempt.id.desc()).limit(limit))
    ]


def _enrolments(db: Session, person_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> list[FaceUse]:
    wanted = select(AuditEntry).where(
        AuditEntry.subject_kind == "person", AuditEntry.subject_id == person_id, AuditEntry.action.in_(_ACTIONS)
    )
    if after is not None:
        wanted = wanted.where(AuditEntry.id < after)
    entries = db.scalars(wanted.order_by(AuditEntry.id.desc()).limit(limit))
    return [_enrolment(entry) for entry in entries]


def _enrolment(entry: AuditEntry) -> FaceUse:
    stored = entry.after or {}
    return FaceUse(
        id=entry.id,
        at=entry.at,
        kind=_ACTIONS[entry.action],
        session=None,
        direction=None,
        result=stored.get("status"),
        model=stored.get("model"),
    )
