"""Who may claim credits, through which review: each unit says it, or the one above; and one person apart (O-4)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.ranks import require_rank
from accounts.whom_to_ask import whom_to_ask
from credit.access import CREDIT_ADMINS, get_person_within
from credit.errors import ClaimsNotOpened
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.claims import ClaimPermission, ClaimSetting, ReviewLevel
from models.people import Person, Unit

DEFAULT_LEVELS = (ReviewLevel.DEPARTMENT, ReviewLevel.UNIT)
"""科室 -> 单位 (M-3.3.4)."""
DEFAULT_YEARS = 2
"""This year and the one before (A): what was done in December is claimed in January."""
_HEX = 33  # characters of one unit in a path, with its slash


@dataclass(frozen=True)
class Terms:
    """What holds for the claims of a unit's people, or of one person. opened_by: the unit that says so, if any does."""

    is_open: bool
    levels: tuple[ReviewLevel, ...]
    open_years: int
    opened_by: uuid.UUID | None = None
    is_exception: bool = False
    """Whether the person has a permission, or the lack of it, of their own."""


@dataclass(frozen=True)
class NewSetting:
    """What a unit says. None: as the unit above."""

    is_open: bool | None
    levels: Sequence[ReviewLevel] | None
    open_years: int | None


def terms_of_unit(db: Session, path: str) -> Terms:
    """Return what holds at the unit of a path: of each point, what the nearest unit says. One statement."""
    above = [path[:end] for end in range(_HEX, len(path) + 1, _HEX)]
    rows = db.scalars(
        select(ClaimSetting)
        .join(Unit, Unit.id == ClaimSetting.unit_id)
        .where(Unit.path.in_(above))
        .order_by(func.length(Unit.path).desc())
    ).all()
    opening = next((row for row in rows if row.is_open is not None), None)
    levels = next((row.levels for row in rows if row.levels is not None), None)
    years = next((row.open_years for row in rows if row.open_years is not None), None)
    return Terms(
        bool(opening and opening.is_open),
        DEFAULT_LEVELS if levels is None else tuple(map(ReviewLevel, levels)),
        DEFAULT_YEARS if years is None else years,
        opening.unit_id if opening else None,
    )


def terms_of(db: Session, person_id: uuid.UUID) -> Terms:
    """Return what holds for a person: their own permission comes before the unit's. Three statements at most."""
    path = db.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id)) or ""
    terms = terms_of_unit(db, path)
    own = db.get(ClaimPermission, person_id)
    if own is None:
        return terms
    return Terms(own.is_open, terms.levels, terms.open_years, terms.opened_by, is_exception=True)


def require_open(db: Session, person_id: uuid.UUID) -> Terms:
    """Return what holds for a person's claims. Raises ClaimsNotOpened, with whom to ask, if they may not claim."""
    terms = terms_of(db, person_id)
    if not terms.is_open:
        raise ClaimsNotOpened(facts=admins_to_ask(db, person_id))
    return terms


def admins_to_ask(db: Session, person_id: uuid.UUID) -> dict[str, Any]:
    """Return the nearest admins who can open claims for a person, as the fact `ask` of a refusal."""
    return whom_to_ask(db, person_id, CREDIT_ADMINS)


def get_unit_within(db: Session, *, unit_id: uuid.UUID, caller: Caller) -> Unit:
    """Return a unit whose claims the caller looks after. Raises NotFound."""
    unit = db.get(Unit, unit_id)
    if unit is None or not caller.may(CREDIT_ADMINS, unit.path):
        raise NotFound
    return unit


def get_setting(db: Session, *, unit_id: uuid.UUID, caller: Caller) -> tuple[ClaimSetting | None, Terms]:
    """Return what a unit says itself, and what holds for its people. Raises NotFound."""
    unit = get_unit_within(db, unit_id=unit_id, caller=caller)
    return db.get(ClaimSetting, unit.id), terms_of_unit(db, unit.path)


def set_unit(
    db: Session, *, unit_id: uuid.UUID, new: NewSetting, reason: str | None, caller: Caller, now: datetime
) -> tuple[ClaimSetting | None, Terms]:
    """Store what a unit says, with an audit entry. Claims that wait go on as they began. Raises NotFound."""
    unit = get_unit_within(db, unit_id=unit_id, caller=caller)
    setting = db.get(ClaimSetting, unit.id, with_for_update=True)
    before = None if setting is None else _shown(setting)
    if setting is None:
        setting = ClaimSetting(unit_id=unit.id)
        db.add(setting)
    setting.is_open, setting.open_years = new.is_open, new.open_years
    setting.levels = None if new.levels is None else [level.value for level in new.levels]
    setting.set_by, setting.set_at = caller.person_id, now
    audit.record(db, caller, now, "claims.set", unit, reason=reason, before=before, after=_shown(setting))
    db.flush()
    return setting, terms_of_unit(db, unit.path)


def open_claims(db: Session, *, unit: Unit, now: datetime) -> None:
    """Open claims for a unit whose service is being set up, with the review of department and unit."""
    levels = [level.value for level in DEFAULT_LEVELS]
    db.add(ClaimSetting(unit_id=unit.id, is_open=True, levels=levels, set_at=now))
    audit.record(db, None, now, "claims.set", unit, after={"is_open": True, "levels": levels})
    db.flush()


def set_person(
    db: Session, *, person_id: uuid.UUID, is_open: bool | None, reason: str, caller: Caller, now: datetime
) -> Terms:
    """Open or close claims for one person whatever their unit says; None: as their unit says. It is audited.

    Raises NotFound for somebody outside the caller's reach; RoleTooHigh. Admins may do so for themselves: others review
    what they claim.
    """
    person = get_person_within(db, person_id=person_id, caller=caller)
    require_rank(db, person_id=person.id, caller=caller, roles=CREDIT_ADMINS)
    own = db.get(ClaimPermission, person.id, with_for_update=True)
    before = None if own is None else {"is_open": own.is_open}
    if is_open is None:
        if own is not None:
            db.delete(own)
    elif own is None:
        db.add(
            ClaimPermission(person_id=person.id, is_open=is_open, reason=reason, set_by=caller.person_id, set_at=now)
        )
    else:
        own.is_open, own.reason, own.set_by, own.set_at = is_open, reason, caller.person_id, now
    audit.record(db, caller, now, "claims.set_person", person, reason=reason, before=before, after={"is_open": is_open})
    db.flush()
    return terms_of(db, person.id)


def _shown(setting: ClaimSetting) -> dict[str, Any]:
    return {"is_open": setting.is_open, "levels": setting.levels, "open_years": setting.open_years}
