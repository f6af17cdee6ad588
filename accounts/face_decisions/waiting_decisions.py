"""Counts what waits for an admin of faces: open cases and reset requests that this admin may decide."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from accounts.face_decisions.face_cases import within_reach
from accounts.face_decisions.face_resets import has_status
from accounts.ranks import is_within_rank
from accounts.same_human import same_human
from accounts.whom_to_ask import FACE_ADMINS
from foundation.callers import Caller
from models.faces import FaceCase, FaceCaseStatus, FaceReset, FaceResetStatus
from models.people import Person, Unit


@dataclass(frozen=True)
class WaitingFaces:
    """How many decisions about faces wait. resets: requests of other admins."""

    cases: int
    resets: int


def count_waiting(db: Session, caller: Caller) -> WaitingFaces:
    """Return how many open cases and reset requests the caller may decide; none for people who decide on no faces.

    Their own case is left out, and so is a person whose role is higher than theirs: another admin decides those.
    """
    if not caller.has(FACE_ADMINS):
        return WaitingFaces(0, 0)
    cases = select(func.count()).select_from(FaceCase).join(Person, Person.id == FaceCase.person_id)
    cases = cases.where(FaceCase.status == FaceCaseStatus.OPEN, ~same_human(FaceCase.person_id, caller.person_id))
    resets = select(func.count()).select_from(FaceReset).join(Person, Person.id == FaceReset.person_id)
    resets = resets.where(
        has_status(FaceResetStatus.OPEN),
        ~same_human(FaceReset.person_id, caller.person_id),
        ~same_human(FaceReset.requested_by, caller.person_id),
    )
    return WaitingFaces(*(db.scalar(each.join(Unit, Unit.id == Person.unit_id).where(*_decidable(caller))) or 0
                          for each in (cases, resets)))  # fmt: skip


def _decidable(caller: Caller) -> tuple[ColumnElement[bool], ...]:
    grants = [each for each in caller.grants if each.role in FACE_ADMINS]
    return within_reach(caller), is_within_rank(Person.id, grants)
