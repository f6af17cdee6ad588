"""The people of a case, side by side, with what tells them apart: what an admin needs to decide it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation import audit
from foundation.callers import Caller
from foundation.sealing import FieldSeal
from models.faces import FaceCase, FaceTemplate, TemplateStatus
from models.people import Person, Unit

_FACTS = ("name", "cme_number", "unit", "employer", "birth_on", "id_number_hash")
_TOLD_AS = {"id_number_hash": "id_number"}
_LAST = 4  # characters of an ID number that are shown


@dataclass(frozen=True)
class CasePerson:
    """A person of a case. unit: its name; id_number_end: the last four characters; face: None if none is stored."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    employer: str | None
    birth_on: date | None
    id_number_end: str | None
    id_number_hash: bytes | None
    face: TemplateStatus | None
    enrolled_at: datetime | None


@dataclass(frozen=True)
class CaseView:
    """A case with its people. other: None if the case is about one person alone.

    differs, agrees: the facts that are known of both, by name.
    """

    case: FaceCase
    person: CasePerson
    other: CasePerson | None
    differs: tuple[str, ...]
    agrees: tuple[str, ...]


def show_cases(db: Session, cases: Sequence[FaceCase], *, seal: FieldSeal) -> list[CaseView]:
    """Return the cases with their people, in the same order. The caller must have been allowed to see them."""
    people = _people_of(db, cases, seal)
    return [_view(case, people) for case in cases]


def note_look(db: Session, cases: Sequence[FaceCase], *, caller: Caller, now: datetime) -> None:
    """Audit that an admin looked at the people of these cases."""
    for case in cases:
        audit.record(db, caller, now, "face_case.look", case, after={"people": [str(each) for each in _ids(case)]})
    db.flush()


def _ids(case: FaceCase) -> Iterator[uuid.UUID]:
    people: tuple[uuid.UUID | None, ...] = (case.person_id, case.other_person_id)
    return (each for each in people if each is not None)


def _people_of(db: Session, cases: Sequence[FaceCase], seal: FieldSeal) -> dict[uuid.UUID, CasePerson]:
    wanted = {each for case in cases for each in _ids(case)}
    rows = db.execute(
        select(Person, Unit.name, FaceTemplate.status, FaceTemplate.enrolled_at)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(FaceTemplate, FaceTemplate.person_id == Person.id)
        .where(Person.id.in_(wanted))
    )
    return {
        person.id: CasePerson(
            id=person.id,
            name=person.name,
            cme_number=person.cme_number,
            unit=unit,
            employer=person.employer,
            birth_on=person.birth_on,
            id_number_end=_end_of(person, seal),
            id_number_hash=person.id_number_hash,
            face=status,
            enrolled_at=enrolled_at,
        )
        for person, unit, status, enrolled_at in rows
    }


def _end_of(person: Person, seal: FieldSeal) -> str | None:
    return seal.open("id_number", person.id_number_sealed)[-_LAST:] if person.id_number_sealed is not None else None


def _view(case: FaceCase, people: Mapping[uuid.UUID, CasePerson]) -> CaseView:
    person = people[case.person_id]
    other = None if case.other_person_id is None else people.get(case.other_person_id)
    known = [name for name in _FACTS if other is not None and None not in (getattr(person, name), getattr(other, name))]
    differs = tuple(name for name in known if getattr(person, name) != getattr(other, name))
    return CaseView(
        case,
        person,
        other,
        differs=tuple(_TOLD_AS.get(name, name) for name in differs),
        agrees=tuple(_TOLD_AS.get(name, name) for name in known if name not in differs),
    )
