"""Resets: an admin asks that a person may enrol again, and a second human approves or refuses (O-18)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from accounts.enrolment import holds
from accounts.enrolment.enrolment import find_template
from accounts.face_decisions.face_cases import check_may_decide, end_face, require_reach, tell_owner, within_reach
from accounts.face_errors import FaceNotEnrolled, ResetAskedAlready, ResetOutdated
from accounts.notices import Notices
from accounts.ranks import require_rank
from accounts.same_human import is_same_human
from accounts.whom_to_ask import FACE_ADMINS
from foundation import audit
from foundation.callers import Caller
from foundation.errors import AlreadyDecided, NotFound, SecondAdminNeeded
from models.face_erasures import FaceErasureCause
from models.faces import FaceHold, FaceReset, FaceResetStatus, FaceTemplate
from models.people import Person, Unit

_OUTDATED = "the face has changed since"


@dataclass(frozen=True)
class ResetPerson:
    """A person of a request. unit: its name."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str


@dataclass(frozen=True)
class ResetView:
    """A request, with the person it is for and the admin who asked."""

    reset: FaceReset
    person: ResetPerson
    requester: ResetPerson


def list_resets(
    db: Session, *, caller: Caller, status: FaceResetStatus | None, after: uuid.UUID | None, limit: int
) -> list[FaceReset]:
    """Return the requests for people in the caller's units, oldest first, after the request `after`."""
    wanted = select(FaceReset).join(Person, Person.id == FaceReset.person_id).join(Unit, Unit.id == Person.unit_id)
    wanted = wanted.where(within_reach(caller))
    if status is not None:
        wanted = wanted.where(has_status(status))
    if after is not None:
        wanted = wanted.where(FaceReset.id > after)
    return list(db.scalars(wanted.order_by(FaceReset.id).limit(limit)))


def show_resets(db: Session, resets: Sequence[FaceReset]) -> list[ResetView]:
    """Return the requests with their people, in the same order. The caller must have been allowed to see them."""
    wanted = {each for reset in resets for each in (reset.person_id, reset.requested_by)}
    rows = db.execute(
        select(Person.id, Person.name, Person.cme_number, Unit.name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_(wanted))
    )
    people = {row[0]: ResetPerson(*row) for row in rows}
    return [ResetView(reset, people[reset.person_id], people[reset.requested_by]) for reset in resets]


def request_reset(db: Session, *, person_id: uuid.UUID, reason: str, caller: Caller, now: datetime) -> FaceReset:
    """Request that a person may enrol again; return the request. Nothing is deleted before a second admin approves.

    It is for people who have a face, also a held one, or who may not enrol before an admin decides. Raises NotFound,
    Forbidden, RoleTooHigh, FaceNotEnrolled.
    """
    require_reach(db, caller, person_id)
    require_rank(db, person_id=person_id, caller=caller, roles=FACE_ADMINS)
    hold = holds.lock(db, person_id)
    face = find_template(db, person_id)
    if face is None and not holds.is_held(db, person_id):
        raise FaceNotEnrolled(facts={"why": "of_another"})
    is_open = FaceReset.person_id == person_id, has_status(FaceResetStatus.OPEN)
    for earlier in db.scalars(select(FaceReset).where(*is_open)):
        if _is_about(earlier, face, hold):
            raise ResetAskedAlready(facts={"face_reset": str(earlier.id)})
        earlier.refused_at, earlier.refusal_reason = now, _OUTDATED
    reset = FaceReset(
        person_id=person_id,
        reason=reason,
        enrolled_at=None if face is None else face.enrolled_at,
        faces_withdrawn=hold.faces_withdrawn,
        requested_by=caller.person_id,
        requested_at=now,
    )
    db.add(reset)
    db.flush()
    after = {"face_reset": str(reset.id)}
    audit.record(db, caller, now, "face_reset.request", ("person", person_id), reason=reason, after=after)
    return reset


def approve_reset(db: Session, *, reset_id: uuid.UUID, caller: Caller, now: datetime, notices: Notices) -> FaceReset:
    """Approve a reset, delete the face at once, lift what holds the next enrolment, and return the request.

    Raises NotFound, Forbidden, AlreadyDecided; ResetOutdated; SecondAdminNeeded if the caller made the request; OwnFace
    if the caller is the person.
    """
    reset, hold = _get_to_decide(db, reset_id, caller)
    if is_same_human(db, reset.requested_by, caller.person_id):
        raise SecondAdminNeeded
    _check_open(reset)
    face = find_template(db, reset.person_id)
    if not _is_about(reset, face, hold):
        raise ResetOutdated
    reset.approved_by, reset.approved_at = caller.person_id, now
    if face is not None:
        holds.close_cases_of(db, face, now)
    holds.lift_all(db, hold, now, caller.person_id)
    end_face(db, person_id=reset.person_id, cause=FaceErasureCause.RESET, now=now, notices=notices)
    tell_owner(db, reset.person_id, "reset", reason=reset.reason, now=now)
    subject, before, after = ("person", reset.person_id), {"face": face is not None}, {"face": False}
    audit.record(db, caller, now, "face_reset.approve", subject, reason=reset.reason, before=before, after=after)
    db.flush()
    return reset


def refuse_reset(db: Session, *, reset_id: uuid.UUID, reason: str, caller: Caller, now: datetime) -> FaceReset:
    """Refuse a reset and return the request. The admin who asked may take it back so.

    Raises NotFound, Forbidden, AlreadyDecided; OwnFace if the caller is the person.
    """
    reset, _ = _get_to_decide(db, reset_id, caller)
    _check_open(reset)
    reset.refused_by, reset.refused_at, reset.refusal_reason = caller.person_id, now, reason
    subject, after = ("person", reset.person_id), {"face_reset": str(reset.id)}
    audit.record(db, caller, now, "face_reset.refuse", subject, reason=reason, after=after)
    db.flush()
    return reset


def _get_to_decide(db: Session, reset_id: uuid.UUID, caller: Caller) -> tuple[FaceReset, FaceHold]:
    """Return a request and its person's hold, both locked.

    Raises NotFound, Forbidden, RoleTooHigh; OwnFace, because nobody decides on their own face.
    """
    person_id = db.scalar(select(FaceReset.person_id).where(FaceReset.id == reset_id))
    if person_id is None:
        raise NotFound
    check_may_decide(db, person_id=person_id, caller=caller)
    hold = holds.lock(db, person_id)
    return db.scalars(select(FaceReset).where(FaceReset.id == reset_id).with_for_update()).one(), hold


def _is_about(reset: FaceReset, face: FaceTemplate | None, hold: FaceHold) -> bool:
    """Return whether a request is about the face and the hold of now."""
    enrolled_at = None if face is None else face.enrolled_at
    return reset.enrolled_at == enrolled_at and reset.faces_withdrawn == hold.faces_withdrawn


def _check_open(reset: FaceReset) -> None:
    if reset.status is not FaceResetStatus.OPEN:
        raise AlreadyDecided


def has_status(status: FaceResetStatus) -> ColumnElement[bool]:
    """Return the condition that a request stands there."""
    match status:
        case FaceResetStatus.APPROVED:
            return FaceReset.approved_at.is_not(None)
        case FaceResetStatus.REFUSED:
            return FaceReset.refused_at.is_not(None)
        case FaceResetStatus.OPEN:
            return and_(FaceReset.approved_at.is_(None), FaceReset.refused_at.is_(None))
