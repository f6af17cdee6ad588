"""People whose faces an admin looks after, each with what is known of their face and what the admin may do about it."""

import enum
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.face_decisions.face_resets import has_status
from accounts.people import search
from accounts.people.search import PeopleSought
from accounts.ranks import is_within_rank
from accounts.whom_to_ask import FACE_ADMINS
from foundation.callers import Caller
from foundation.listing import Count
from models.faces import FaceCase, FaceCaseStatus, FaceReset, FaceResetStatus, FaceTemplate, TemplateStatus
from models.people import Person


class FaceAct(enum.StrEnum):
    """What an admin may do about a person's face."""

    ENROL = "enrol"
    REQUEST_RESET = "request_reset"


@dataclass(frozen=True)
class FacePerson:
    """A person and their face. face: None if none is stored. case, reset: the open ones, oldest first, or None."""

    id: uuid.UUID
    cme_number: str | None
    name: str
    unit_id: uuid.UUID
    face: TemplateStatus | None
    enrolled_at: datetime | None
    case: uuid.UUID | None
    reset: uuid.UUID | None
    acts: tuple[FaceAct, ...]


def list_people(
    db: Session, *, caller: Caller, sought: PeopleSought, after: Sequence[Any] | None, limit: int
) -> list[FacePerson]:
    """Return people of the units whose faces the caller looks after."""
    found = search.list_people(db, caller=caller, sought=sought, after=after, limit=limit, roles=FACE_ADMINS)
    ids = [person.id for person in found]
    faces = {row.person_id: row for row in db.scalars(select(FaceTemplate).where(FaceTemplate.person_id.in_(ids)))}
    cases, resets = _open_cases(db, ids), _open_resets(db, ids)
    reached = _within_rank(db, ids, caller)
    return [
        FacePerson(
            id=person.id,
            cme_number=person.cme_number,
            name=person.name,
            unit_id=person.unit_id,
            face=face.status if (face := faces.get(person.id)) else None,
            enrolled_at=face.enrolled_at if face else None,
            case=cases.get(person.id),
            reset=resets.get(person.id),
            acts=_acts(face, case=cases.get(person.id), reset=resets.get(person.id)) if person.id in reached else (),
        )
        for person in found
    ]


def count_people(db: Session, *, caller: Caller, sought: PeopleSought) -> Count:
    """Return how many people `list_people` has."""
    return search.count_people(db, caller=caller, sought=sought, roles=FACE_ADMINS)


def _acts(face: FaceTemplate | None, *, case: uuid.UUID | None, reset: uuid.UUID | None) -> tuple[FaceAct, ...]:
    enrol = (FaceAct.ENROL,) if face is None else ()
    may_reset = reset is None and not (face is None and case is None)
    return (*enrol, FaceAct.REQUEST_RESET) if may_reset else enrol


def _open_cases(db: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    wanted = select(FaceCase.person_id, FaceCase.id).where(
        FaceCase.person_id.in_(ids), FaceCase.status == FaceCaseStatus.OPEN
    )
    return {row[0]: row[1] for row in db.execute(wanted.order_by(FaceCase.id.desc()))}


def _open_resets(db: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    wanted = select(FaceReset.person_id, FaceReset.id).where(
        FaceReset.person_id.in_(ids), has_status(FaceResetStatus.OPEN)
    )
    return {row[0]: row[1] for row in db.execute(wanted.order_by(FaceReset.id.desc()))}


def _within_rank(db: Session, ids: Collection[uuid.UUID], caller: Caller) -> set[uuid.UUID]:
    """Return those who hold no higher role than the caller. Nobody is an admin of their own face."""
    grants = [each for each in caller.grants if each.role in FACE_ADMINS]
    wanted = select(Person.id).where(Person.id.in_(ids), is_within_rank(Person.id, grants))
    return set(db.scalars(wanted)) - {caller.person_id}
