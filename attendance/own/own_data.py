"""All that is stored of one person, for that person to take away (PRIVACY L-14, X-6): rows by part, in plain values.

Each part names its columns, so that a new column is in it only once somebody has decided so. Never in it: embeddings,
keys, secrets, distances, right answers of exams, and who of the staff did something.
"""

import enum
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from attendance.check_in.location_consents import TEXTS
from attendance.own.own_data_parts import PARTS, Part
from foundation import throttles
from foundation.errors import NotFound
from foundation.sealing import FieldSeal
from models.accounts import Account
from models.consent import Consent, ConsentText
from models.people import Person, Unit
from models.projects import Project
from models.projects import Session as VenueSession
from models.scans import LocationConsent

MOST_A_DAY = 5
MOST_ROWS = 5000
"""Of one part: more than anybody gathers in a working life. The newest are given."""
_LAST = 4


@dataclass(frozen=True)
class OwnPart:
    """The rows of a part, newest first. is_whole: False if only the newest `MOST_ROWS` are in it."""

    name: str
    rows: list[dict[str, Any]]
    is_whole: bool


@dataclass(frozen=True)
class AgreedText:
    """A text that the person agreed to, in Chinese and English."""

    version: str
    zh: str
    en: str


@dataclass(frozen=True)
class OwnData:
    """What is stored of a person. phone_end, id_number_end: the last four characters; None where there is none."""

    person: Person
    phone_end: str | None
    id_number_end: str | None
    account: Account | None
    consent_texts: list[AgreedText]
    parts: list[OwnPart]


def collect(db: Session, *, person_id: uuid.UUID, seal: FieldSeal, now: datetime) -> OwnData:
    """Return all that is stored of a person. Raises TooManyAttempts beyond `MOST_A_DAY` times in a day."""
    throttles.count(db, f"own_data:{person_id}", limit=MOST_A_DAY, window=timedelta(days=1), now=now)
    person = db.get(Person, person_id, options=[joinedload(Person.unit)])
    if person is None:
        raise NotFound
    parts = [_read(db, part, person_id, seal) for part in PARTS]
    _add_names(db, parts)
    return OwnData(
        person=person,
        phone_end=_end(seal, "phone", person.phone_sealed),
        id_number_end=_end(seal, "id_number", person.id_number_sealed),
        account=db.scalars(select(Account).where(Account.person_id == person_id)).first(),
        consent_texts=_agreed_texts(db, person_id),
        parts=parts,
    )


def _read(db: Session, part: Part, person_id: uuid.UUID, seal: FieldSeal) -> OwnPart:
    table = part.table.__table__
    wanted: Select[Any] = select(*(table.c[name] for name in (*part.columns, *part.opened)))
    if part.through is None:
        wanted = wanted.where(table.c[part.owner] == person_id)
    else:
        above = part.through.__table__
        wanted = wanted.join(above, above.c["id"] == table.c[part.owner]).where(above.c["person_id"] == person_id)
    wanted = wanted.where(*part.only).order_by(table.c[part.newest].desc()).limit(MOST_ROWS + 1)
    rows = [
        {name: _plain(value) for name, value in row.items() if name not in part.opened}
        | {name.removesuffix("_sealed"): _opened(seal, kind, row[name]) for name, kind in part.opened.items()}
        for row in db.execute(wanted).mappings()
    ]
    return OwnPart(part.name, rows[:MOST_ROWS], len(rows) <= MOST_ROWS)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: times in ISO 8601, amounts as texts, enums as their words."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID | Decimal) else value


def _add_names(db: Session, parts: Sequence[OwnPart]) -> None:
    """Put the names of sessions, projects and units beside their ids, with one statement for each of the three."""
    rows = [row for part in parts for row in part.rows]
    for named, name in ((VenueSession.title, "session"), (Project.name, "project"), (Unit.name, "unit")):
        key, table = f"{name}_id", named.class_
        wanted = {uuid.UUID(row[key]) for row in rows if row.get(key)}
        found = {str(each[0]): each[1] for each in _named(db, table.id, named, wanted)}
        for row in rows:
            if row.get(key):
                row[name] = found.get(row[key])


def _named(db: Session, key: Any, named: Any, wanted: Iterable[uuid.UUID]) -> Iterable[Any]:
    ids = list(wanted)
    for start in range(0, len(ids), 500):
        yield from db.execute(select(key, named).where(key.in_(ids[start : start + 500])))


def _agreed_texts(db: Session, person_id: uuid.UUID) -> list[AgreedText]:
    """Return the texts of the person's consents, also of those that were withdrawn."""
    of_face = select(Consent.version).where(Consent.person_id == person_id)
    texts = db.scalars(
        select(ConsentText).where(ConsentText.version.in_(of_face)).order_by(ConsentText.published_at)
    ).all()
    located = db.scalars(select(LocationConsent.version).where(LocationConsent.person_id == person_id)).all()
    return [
        *(AgreedText(text.version, text.text_zh, text.text_en) for text in texts),
        *(AgreedText(version, *TEXTS[version]) for version in sorted(set(located)) if version in TEXTS),
    ]


def _opened(seal: FieldSeal, kind: str, sealed: bytes | None) -> str | None:
    return seal.open(kind, sealed) if sealed is not None else None


def _end(seal: FieldSeal, kind: str, sealed: bytes | None) -> str | None:
    return seal.open(kind, sealed)[-_LAST:] if sealed is not None else None
