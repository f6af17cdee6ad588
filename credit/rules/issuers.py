"""Who may have issued a certificate (发证机构, M-3.1.3): units of ours, and names that were typed and approved."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.listing import holds
from foundation.transactions import insert_new
from models.claim_catalogue import KnownIssuer
from models.people import Person, Unit, UnitKind

MOST = 20
_LONGEST = 100  # an issuer on a claim


@dataclass(frozen=True)
class Issuer:
    """A name to choose. id: of the unit, None for one that is no unit of ours; is_own: it is the caller's own unit."""

    name: str
    id: uuid.UUID | None
    is_own: bool


def find_issuers(db: Session, *, person_id: uuid.UUID, q: str | None) -> Sequence[Issuer]:
    """Return up to 20 issuers whose names hold a text, the caller's own unit first: it is the default (M-3.2.9).

    Then come units, then names typed before, each by name. Without a text only the own unit is returned.
    """
    own = _own_unit(db, person_id)
    found = [Issuer(own.name, own.id, is_own=True)] if not q or q.lower() in own.name.lower() else []
    if not q:
        return found
    units = db.scalars(
        select(Unit)
        .where(holds(q, Unit.name), Unit.kind != UnitKind.DEPARTMENT, Unit.id != own.id)
        .order_by(Unit.name, Unit.id)
        .limit(MOST)
    )
    found += [Issuer(each.name[:_LONGEST], each.id, is_own=False) for each in units]
    names = {each.name for each in found}
    typed = db.scalars(
        select(KnownIssuer.name).where(holds(q, KnownIssuer.name)).order_by(KnownIssuer.name).limit(MOST)
    )
    found += [Issuer(name, None, is_own=False) for name in typed if name not in names]
    return found[:MOST]


def remember_issuer(db: Session, *, name: str, now: datetime) -> None:
    """Let others choose an issuer, once a reviewer has approved a claim with it. A unit's own name adds nothing."""
    if db.scalar(select(Unit.id).where(Unit.name == name).limit(1)) is None:
        insert_new(db, KnownIssuer, name=name, known_at=now)


def _own_unit(db: Session, person_id: uuid.UUID) -> Unit:
    """Return the unit of a person; for a department the unit above it, which is what a certificate names."""
    unit = db.scalars(select(Unit).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id)).one()
    if unit.kind is UnitKind.DEPARTMENT and unit.parent_id is not None:
        return db.get_one(Unit, unit.parent_id)
    return unit
