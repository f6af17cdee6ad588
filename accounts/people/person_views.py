"""One person as an admin of their unit sees them, with what that admin may do about them."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.people.people import GIVERS, PEOPLE_ADMINS
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.accounts import Account
from models.people import Person, Role, RoleGrant


class PersonState(enum.StrEnum):
    """What became of a person's account. `initial`: nobody has signed in with a password of their own yet."""

    NO_ACCOUNT = "no_account"
    INITIAL = "initial"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class PersonAct(enum.StrEnum):
    """What an admin may do about a person."""

    EDIT = "edit"
    GIVE_ROLE = "give_role"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    GIVE_PASSWORD_SLIP = "give_password_slip"  # noqa: S105 - an act, no password
    CHANGE_PHONE = "change_phone"


@dataclass(frozen=True)
class PersonView:
    """A person with their roles and the state of their account. acts: what the caller may do about them."""

    person: Person
    roles: Sequence[RoleGrant]
    state: PersonState
    acts: Sequence[PersonAct]


def look_at(db: Session, *, person_id: uuid.UUID, caller: Caller, now: datetime) -> PersonView:
    """Return a person of a unit that the caller administers, and write that look to the audit trail.

    Raises NotFound beyond the caller's reach, as for somebody who doesn't exist.
    """
    person = db.get(Person, person_id, options=[joinedload(Person.unit)])
    if person is None or not caller.may(PEOPLE_ADMINS, person.unit.path):
        raise NotFound
    audit.record(db, caller, now, "person.look", person)
    return view(db, person=person, caller=caller)


def view(db: Session, *, person: Person, caller: Caller) -> PersonView:
    """Return a person, who is within the caller's reach, as they are now."""
    held = select(RoleGrant).where(RoleGrant.person_id == person.id).options(joinedload(RoleGrant.unit))
    roles = db.scalars(held.order_by(RoleGrant.id)).all()
    account = db.scalars(select(Account).where(Account.person_id == person.id)).first()
    state = _state(account)
    is_above = all(caller.may(GIVERS[each.role], each.unit.path) for each in roles if each.role is not Role.LEARNER)
    return PersonView(person, roles, state, _acts(state) if is_above and person.id != caller.person_id else ())


def _state(account: Account | None) -> PersonState:
    if account is None:
        return PersonState.NO_ACCOUNT
    if account.suspended_at is not None:
        return PersonState.SUSPENDED
    return PersonState.INITIAL if account.must_change_password else PersonState.ACTIVE


def _acts(state: PersonState) -> list[PersonAct]:
    if state is PersonState.NO_ACCOUNT:
        return [PersonAct.EDIT, PersonAct.GIVE_ROLE]
    other = PersonAct.REINSTATE if state is PersonState.SUSPENDED else PersonAct.SUSPEND
    return [PersonAct.EDIT, PersonAct.GIVE_ROLE, other, PersonAct.GIVE_PASSWORD_SLIP, PersonAct.CHANGE_PHONE]
