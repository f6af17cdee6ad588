"""Adds people and units, gives and takes roles, suspends accounts."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from accounts.errors import LastSystemAdmin, NumberTaken, OwnRole, RolesExclusive, RoleTooHigh, UnitKindInvalid
from accounts.people.readings import set_name
from accounts.same_human import is_same_human
from accounts.sign_in import sign_ins
from foundation import audit
from foundation.callers import Caller, require
from foundation.errors import Forbidden, NotFound
from foundation.sealing import FieldSeal
from foundation.transactions import insert_new
from models.accounts import Account, SignInEnd
from models.base import new_id
from models.people import Person, Role, RoleGrant, Unit, UnitKind

PROVINCE_AUTHORITY = (Role.AUTHORITY,)
"""Who decides what holds for the whole province, with `require_province`."""
PEOPLE_ADMINS = (Role.UNIT_ADMIN, Role.AUTHORITY, Role.SYSTEM_ADMIN)
GIVERS = {
    Role.LEARNER: PEOPLE_ADMINS,
    Role.ORGANIZER: PEOPLE_ADMINS,
    Role.DEPARTMENT_ADMIN: PEOPLE_ADMINS,
    Role.UNIT_ADMIN: (Role.AUTHORITY, Role.SYSTEM_ADMIN),
    Role.AUTHORITY: (Role.SYSTEM_ADMIN,),
    Role.SYSTEM_ADMIN: (Role.SYSTEM_ADMIN,),
    Role.AUDITOR: (Role.SYSTEM_ADMIN,),
}
"""Who may give which role. Nobody may give a role that reaches further than their own."""
_EXCLUSIVE = {Role.AUDITOR: Role.SYSTEM_ADMIN, Role.SYSTEM_ADMIN: Role.AUDITOR}
_LEVELS = tuple(UnitKind)
_MAY_NEST = (UnitKind.HOSPITAL, UnitKind.DEPARTMENT)


@dataclass(frozen=True)
class NewPerson:
    """The details of a new person. phone: E.164. id_number: in the form of `accounts.id_numbers`."""

    cme_number: str
    name: str
    phone: str | None = None
    birth_on: date | None = None
    id_number: str | None = None


def add_unit(
    db: Session, *, name: str, kind: UnitKind, parent: Unit | None, caller: Caller | None, now: datetime
) -> Unit:
    """Add a unit under `parent`, or a root if it is None. caller: None for the system itself.

    Raises UnitKindInvalid unless it is of a lower kind than its parent: a second province would be one of its maker's
    own. Hospitals and departments may have others of their kind.
    """
    if parent is not None and not is_below(kind, parent.kind):
        raise UnitKindInvalid(field="kind")
    if parent is not None:
        db.refresh(parent, with_for_update={"read": True})  # it does not move meanwhile, so that the path is right
    ident = new_id()
    path = f"{parent.path if parent else ''}{ident.hex}/"
    unit = Unit(id=ident, parent_id=parent.id if parent else None, kind=kind, name=name, path=path)
    db.add(unit)
    after = {"name": name, "kind": kind.value, "parent_id": str(parent.id) if parent else None}
    audit.record(db, caller, now, "unit.create", unit, after=after)
    db.flush()
    return unit


def require_province(db: Session, caller: Caller, roles: Collection[Role]) -> None:
    """Raise Forbidden unless one of `roles` reaches the whole province: what they decide then holds for everybody."""
    root = find_province(db)
    if root is None or not caller.may(roles, root.path):
        raise Forbidden


def find_province(db: Session) -> Unit | None:
    """Return the root of the unit tree; None where nothing is set up yet."""
    return db.scalar(select(Unit).where(Unit.kind == UnitKind.PROVINCE, Unit.parent_id.is_(None)))


def get_unit(db: Session, unit_id: uuid.UUID) -> Unit:
    """Return the unit. Raises NotFound."""
    unit = db.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    return unit


def add_person(
    db: Session,
    *,
    new: NewPerson,
    unit: Unit,
    initial_hash: str | None,
    seal: FieldSeal,
    caller: Caller | None,
    now: datetime,
) -> Person:
    """Add a person as a learner of their unit, with an account whose initial password must be changed.

    initial_hash: of the initial password; None for somebody who gets a one-time slip. caller: None for the system
    itself. Raises NumberTaken if another person has the 继教编号, the phone or the ID number.
    """
    person = Person(
        cme_number=new.cme_number,
        unit_id=unit.id,
        birth_on=new.birth_on,
        created_at=now,
        phone_sealed=seal.seal("phone", new.phone) if new.phone else None,
        phone_hash=seal.blind("phone", new.phone) if new.phone else None,
        id_number_sealed=seal.seal("id_number", new.id_number) if new.id_number else None,
        id_number_hash=seal.blind("id_number", new.id_number) if new.id_number else None,
    )
    set_name(person, new.name)
    try:
        with db.begin_nested():
            db.add(person)
            db.flush()
    except IntegrityError:
        raise NumberTaken(field=_taken(db, person)) from None
    db.add(Account(person_id=person.id, password_hash=initial_hash, must_change_password=True, created_at=now))
    db.add(RoleGrant(person_id=person.id, role=Role.LEARNER, unit_id=unit.id, granted_at=now))
    after = {"unit_id": str(unit.id), "role": Role.LEARNER.value}
    audit.record(db, caller, now, "person.create", person, after=after)
    db.flush()
    return person


def _taken(db: Session, person: Person) -> str:
    """Return the field of a new person whose number is another person's."""
    for field, column, value in (
        ("phone", Person.phone_hash, person.phone_hash),
        ("id_number", Person.id_number_hash, person.id_number_hash),
    ):
        if value is not None and db.scalar(select(Person.id).where(column == value)) is not None:
            return field
    return "cme_number"


def give_role(db: Session, *, person: Person, role: Role, unit: Unit, giver: Caller | None, now: datetime) -> RoleGrant:
    """Give a role over a unit; a second call returns the same grant. giver: None for the system itself.

    Raises OwnRole for oneself, also on another account; Forbidden unless the giver may give this role there;
    RolesExclusive where the person would be auditor and system admin at once, over whatever units.
    """
    if giver is not None and is_same_human(db, giver.person_id, person.id):
        raise OwnRole
    if giver is not None:
        require(giver, GIVERS[role], unit.path)
    lock_person(db, person.id)
    _require_no_exclusive(db, person, role)
    wanted = RoleGrant.person_id == person.id, RoleGrant.role == role, RoleGrant.unit_id == unit.id
    grant = db.scalars(select(RoleGrant).where(*wanted)).first()
    if grant is None:
        insert_new(db, RoleGrant, id=new_id(), person_id=person.id, role=role, unit_id=unit.id, granted_at=now)
        grant = db.scalars(select(RoleGrant).where(*wanted)).one()
        audit.record(db, giver, now, "role.give", person, after=_told(grant))
    return grant


def take_role(db: Session, *, person: Person, grant_id: uuid.UUID, taker: Caller, now: datetime) -> None:
    """Take a role away. Raises NotFound; Forbidden unless the taker may give this role; LastSystemAdmin."""
    grant = db.scalars(
        select(RoleGrant)
        .where(RoleGrant.id == grant_id, RoleGrant.person_id == person.id)
        .options(joinedload(RoleGrant.unit))
        .with_for_update(of=RoleGrant)
    ).first()
    if grant is None:
        raise NotFound
    require(taker, GIVERS[grant.role], grant.unit.path)
    if grant.role is Role.SYSTEM_ADMIN and grant.unit.kind is UnitKind.PROVINCE:
        _keep_a_system_admin(db, person)
    audit.record(db, taker, now, "role.take", person, before=_told(grant))
    db.delete(grant)
    db.flush()


def get_person(db: Session, *, person_id: uuid.UUID, caller: Caller) -> Person:
    """Return the person, locked, for an admin whose reach covers them and who may act on them.

    Their roles and their unit don't change until this transaction ends. Raises NotFound beyond the reach, so that the
    answer does not tell whether the person exists; RoleTooHigh for somebody who holds a role that the caller could not
    give them, because it is higher or reaches further.
    """
    lock_person(db, person_id)
    person = db.get(Person, person_id, options=[joinedload(Person.unit)], populate_existing=True)
    if person is None or not caller.may(PEOPLE_ADMINS, person.unit.path):
        raise NotFound
    if person.id != caller.person_id:
        held = select(RoleGrant.role, Unit.path).join(Unit).where(RoleGrant.person_id == person.id)
        for role, over in db.execute(held.where(RoleGrant.role != Role.LEARNER)):
            if not caller.may(GIVERS[role], over):
                raise RoleTooHigh(facts={"role": role.value})
    return person


def lock_person(db: Session, person_id: uuid.UUID) -> None:
    """Lock a person until this transaction ends: of two changes of their roles, unit or state, one waits.

    Rows that only refer to the person, as a check-in does, don't wait.
    """
    db.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def find_by_number(db: Session, *, cme_number: str, caller: Caller) -> Person | None:
    """Return the person with this 继教编号, if they are within the caller's reach."""
    person = db.scalars(select(Person).where(Person.cme_number == cme_number).options(joinedload(Person.unit))).first()
    return person if person is not None and caller.may(PEOPLE_ADMINS, person.unit.path) else None


def suspend(db: Session, *, person: Person, reason: str, caller: Caller, now: datetime) -> None:
    """Suspend the person's account, which ends their sign-ins at once.

    Raises Forbidden on one's own account, LastSystemAdmin.
    """
    if person.id == caller.person_id:
        raise Forbidden
    _keep_a_system_admin(db, person)
    account = _account(db, person)
    if account.suspended_at is None:
        account.suspended_at = now
        sign_ins.end_all(db, account_id=account.id, reason=SignInEnd.SUSPENDED, now=now)
        audit.record(db, caller, now, "account.suspend", person, reason=reason)
        db.flush()


def _keep_a_system_admin(db: Session, person: Person) -> None:
    """Raise LastSystemAdmin if the person is the last system admin of the whole province who can sign in.

    The rows are locked: of two who act on each other at the same time, one waits and is refused.
    """
    holders = db.scalars(
        select(RoleGrant.person_id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .join(Account, Account.person_id == RoleGrant.person_id)
        .where(RoleGrant.role == Role.SYSTEM_ADMIN, Unit.kind == UnitKind.PROVINCE, Account.suspended_at.is_(None))
        .order_by(RoleGrant.id)
        .with_for_update(of=[RoleGrant, Account])
    ).all()
    if set(holders) == {person.id}:
        raise LastSystemAdmin


def reinstate(db: Session, *, person: Person, reason: str, caller: Caller, now: datetime) -> None:
    """Let a suspended account sign in again."""
    account = _account(db, person)
    if account.suspended_at is not None:
        account.suspended_at = None
        audit.record(db, caller, now, "account.reinstate", person, reason=reason)
        db.flush()


def is_below(kind: UnitKind, above: UnitKind) -> bool:
    """Return whether a unit of a kind may be below one of another."""
    return _LEVELS.index(kind) > _LEVELS.index(above) or (kind is above and kind in _MAY_NEST)


def _require_no_exclusive(db: Session, person: Person, role: Role) -> None:
    other = _EXCLUSIVE.get(role)
    if other is None:
        return
    held = select(RoleGrant.id).where(RoleGrant.person_id == person.id, RoleGrant.role == other)
    if db.scalars(held.limit(1)).first() is not None:
        raise RolesExclusive(facts={"role": other.value})


def _account(db: Session, person: Person) -> Account:
    return db.scalars(select(Account).where(Account.person_id == person.id).with_for_update()).one()


def _told(grant: RoleGrant) -> dict[str, str]:
    return {"role": grant.role.value, "unit_id": str(grant.unit_id)}
