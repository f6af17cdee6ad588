"""Changes of a person's name and unit, and of a unit's name and place in the tree, by admins, with a reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.errors import OwnDetails, UnitKindInvalid
from accounts.people.people import PEOPLE_ADMINS, is_below
from accounts.people.readings import set_name
from accounts.same_human import is_same_human
from foundation import audit, jobs
from foundation.callers import Caller, require
from foundation.errors import Forbidden
from models.people import Person, Role, RoleGrant, Unit

NAME_JOB = "name_corrected"
"""The job that follows a corrected name, with the person as its subject. What was printed before is outdated."""


@dataclass(frozen=True)
class PersonEdit:
    """What changes about a person; None for what stays."""

    name: str | None
    unit: Unit | None
    reason: str


@dataclass(frozen=True)
class UnitEdit:
    """What changes about a unit; None for what stays. parent: the unit that it is below from now on."""

    name: str | None
    parent: Unit | None
    reason: str


def edit_person(db: Session, *, person: Person, edit: PersonEdit, caller: Caller, now: datetime) -> None:
    """Change a person's name, or move them to another unit, with their role of learner. Other roles stay.

    person: locked, as `people.get_person` returns them. Raises OwnDetails for oneself, also on another account;
    Forbidden unless the caller administers the new unit too.
    """
    if is_same_human(db, caller.person_id, person.id):
        raise OwnDetails
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    if edit.unit is not None and edit.unit.id != person.unit_id:
        require(caller, PEOPLE_ADMINS, edit.unit.path)
        before["unit_id"], after["unit_id"] = str(person.unit_id), str(edit.unit.id)
        _move_learner(db, person, edit.unit)
        person.unit_id = edit.unit.id
    changed = [*after]
    if edit.name is not None and edit.name != person.name:
        set_name(person, edit.name)
        changed.append("name")  # and not the name itself: the trail holds no personal data
        jobs.enqueue(db, kind=NAME_JOB, subject_id=person.id, now=now, actor_id=caller.person_id)
    if changed:
        db.flush()
        audit.record(
            db,
            caller,
            now,
            "person.edit",
            person,
            reason=edit.reason,
            before=before,
            after=after | {"changed": changed},
        )


def _move_learner(db: Session, person: Person, unit: Unit) -> None:
    """Move the role of learner from the old unit to the new one, unless they are a learner there already."""
    of_person = RoleGrant.person_id == person.id, RoleGrant.role == Role.LEARNER
    there = db.scalars(select(RoleGrant.id).where(*of_person, RoleGrant.unit_id == unit.id)).first()
    old = db.scalars(select(RoleGrant).where(*of_person, RoleGrant.unit_id == person.unit_id)).first()
    if old is not None and there is None:
        old.unit_id = unit.id


def edit_unit(db: Session, *, unit: Unit, edit: UnitEdit, caller: Caller, now: datetime) -> None:
    """Rename a unit, or move it with all below it to another parent.

    Roles reach where their units are: those over the new parent reach what was moved from now on. Raises Forbidden
    unless the caller administers the unit, for a move also the unit above it and the new parent; UnitKindInvalid for a
    parent of a lower kind, or one below the unit itself.
    """
    require(caller, PEOPLE_ADMINS, unit.path)
    before: dict[str, str | None] = {}
    after: dict[str, str | None] = {}
    if edit.parent is not None and edit.parent.id != unit.parent_id:
        before["parent_id"], after["parent_id"] = str(unit.parent_id), str(edit.parent.id)
        _move_unit(db, unit, edit.parent, caller)
    if edit.name is not None and edit.name != unit.name:
        before["name"], after["name"] = unit.name, edit.name
        unit.name = edit.name
    if after:
        db.flush()
        audit.record(db, caller, now, "unit.edit", unit, reason=edit.reason, before=before, after=after)


def _move_unit(db: Session, unit: Unit, parent: Unit, caller: Caller) -> None:
    """Move a subtree. The whole tree is locked, so that of two moves at once one waits and sees the other's tree.

    New people and projects of these units don't wait.
    """
    db.scalars(select(Unit.id).order_by(Unit.id).with_for_update(key_share=True)).all()
    db.refresh(unit)
    db.refresh(parent)
    require(caller, PEOPLE_ADMINS, unit.path)
    if unit.parent_id is None:
        raise Forbidden
    above = db.get_one(Unit, unit.parent_id)
    require(caller, PEOPLE_ADMINS, above.path)
    require(caller, PEOPLE_ADMINS, parent.path)
    if parent.path.startswith(unit.path) or not is_below(unit.kind, parent.kind):
        raise UnitKindInvalid(field="parent_id")
    old, new = unit.path, f"{parent.path}{unit.id.hex}/"
    unit.parent_id = parent.id
    rest = func.substr(Unit.path, len(old) + 1)
    db.flush()
    moved = update(Unit).where(Unit.path.startswith(old)).values(path=new + rest)
    db.execute(moved, execution_options={"synchronize_session": False})
    db.expire_all()
