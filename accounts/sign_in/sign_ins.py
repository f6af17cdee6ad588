"""Sign-ins: each has a family of tokens, which begins with the sign-in, is renewed, and ends."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, Uuid, bindparam, or_, select, update
from sqlalchemy.orm import Session, joinedload

from accounts.errors import AccountSuspended, TokenInvalid
from accounts.sign_in import devices
from accounts.sign_in.devices import Device
from accounts.sign_in.errors import SignInIdle
from foundation.callers import Caller, Grant
from models.accounts import Account, SignIn, SignInEnd
from models.base import new_id
from models.people import Person, Role, RoleGrant, Unit

LIFETIME = timedelta(days=30)
BY_ID_NUMBER = "id_number"
"""The method of a sign-in of somebody from another province, which opens only their own credits and certificates."""
NOTED_EVERY = timedelta(minutes=1)
"""How often the use of a sign-in is stored."""


def find_account(db: Session, *, person_id: uuid.UUID | None = None, cme_number: str | None = None) -> Account | None:
    """Return the account of a person, with the person loaded; None if there is none."""
    wanted = Person.id == person_id if person_id is not None else Person.cme_number == cme_number
    return db.scalars(select(Account).join(Person).where(wanted).options(joinedload(Account.person))).first()


def start(
    db: Session,
    *,
    account: Account,
    method: str,
    device: Device | None = None,
    is_second_factor_due: bool = False,
    now: datetime,
) -> SignIn:
    """Begin a family of tokens and return its row. From now on, its device is known. Raises AccountSuspended.

    method: `password`, `slip`, `sms` or BY_ID_NUMBER. device: None for a sign-in that no device asked for.
    """
    if account.suspended_at is not None:
        raise AccountSuspended
    sign_in = SignIn(
        id=new_id(),
        account=account,
        refresh_id=new_id(),
        method=method,
        device=device.words if device else "",
        device_hash=device.hash if device else None,
        is_second_factor_due=is_second_factor_due,
        last_used_at=now,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    db.add(sign_in)
    db.flush()
    if device is not None:
        devices.remember(db, account.id, device, now=now)
    return sign_in


@dataclass(frozen=True, slots=True)
class Step:
    """One pair of tokens of a family, named by the id of its refresh token."""

    sign_in_id: uuid.UUID
    refresh_id: uuid.UUID


def step_of(claims: Mapping[str, Any]) -> Step:
    """Return the step from verified claims. Raises TokenInvalid if they have none."""
    try:
        return Step(uuid.UUID(str(claims["family"])), uuid.UUID(str(claims["step"])))
    except (KeyError, ValueError):
        raise TokenInvalid from None


def find(db: Session, sign_in_id: uuid.UUID) -> SignIn | None:
    """Return the sign-in with its account and person, as they are in the database now."""
    return db.scalars(
        select(SignIn)
        .where(SignIn.id == sign_in_id)
        .options(joinedload(SignIn.account).joinedload(Account.person))
        .execution_options(populate_existing=True)
    ).first()


def rotate(db: Session, step: Step, *, staff_idle: timedelta, now: datetime) -> SignIn:
    """Exchange the refresh token of `step` for the next one; return the row that it is made from.

    A client that lost the answer may call again: until the next refresh token is exchanged in its turn, the same row
    is returned. A call after that ends the whole family. Raises TokenInvalid for such a call, which keeps the end, and
    for an ended family; AccountSuspended; SignInIdle, which keeps the end.

    staff_idle: how long the sign-in of somebody with a role lasts without a request. A refresh is none.
    """
    is_staff = select(RoleGrant.id).where(RoleGrant.person_id == Account.person_id, RoleGrant.role != Role.LEARNER)
    row = db.execute(
        select(SignIn, is_staff.exists())
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.id == step.sign_in_id)
        .options(joinedload(SignIn.account).joinedload(Account.person))
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise TokenInvalid
    found, holds_role = row
    if found.ended_at is not None or now >= found.expires_at:
        raise TokenInvalid
    if holds_role and is_idle(found.last_used_at, staff_idle, now=now):
        end(db, sign_in_id=step.sign_in_id, reason=SignInEnd.IDLE, now=now)
        raise SignInIdle().keeping_writes()
    if found.account.suspended_at is not None:
        raise AccountSuspended
    if found.replaced_id == step.refresh_id:
        return found
    used = {} if holds_role else {SignIn.last_used_at: now}
    taken = db.execute(
        update(SignIn)
        .where(SignIn.id == step.sign_in_id, SignIn.refresh_id == step.refresh_id, SignIn.ended_at.is_(None))
        .values(
            {
                SignIn.refresh_id: new_id(),
                SignIn.replaced_id: step.refresh_id,
                SignIn.expires_at: now + LIFETIME,
                **used,
            }
        )
        .execution_options(synchronize_session=False)
    )
    db.refresh(found, ["refresh_id", "replaced_id", "expires_at", "ended_at"])
    if cast(CursorResult[tuple[()]], taken).rowcount:
        return found
    if found.replaced_id == step.refresh_id and found.ended_at is None:  # an equal request was first
        return found
    end(db, sign_in_id=step.sign_in_id, reason=SignInEnd.REFRESH_REUSED, now=now)
    raise TokenInvalid().keeping_writes()


def is_idle(last_used_at: datetime | None, staff_idle: timedelta, *, now: datetime) -> bool:
    """Return whether the last request was too long ago. last_used_at: None for a sign-in from before it was kept."""
    return last_used_at is not None and now - last_used_at >= staff_idle


def note_use(db: Session, *, sign_in_id: uuid.UUID, now: datetime) -> None:
    """Store that somebody with a role made a request, unless the last one is less than NOTED_EVERY ago."""
    is_old = or_(SignIn.last_used_at.is_(None), SignIn.last_used_at <= now - NOTED_EVERY)
    db.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None), is_old)
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def renew(db: Session, *, sign_in_id: uuid.UUID, now: datetime) -> SignIn:
    """Take the next step of a family whose owner has confirmed a second factor; return its row."""
    sign_in = db.scalars(
        select(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        .options(joinedload(SignIn.account).joinedload(Account.person))
        .with_for_update(of=SignIn)
        .execution_options(populate_existing=True)
    ).first()
    if sign_in is None:
        raise TokenInvalid
    sign_in.replaced_id, sign_in.refresh_id = sign_in.refresh_id, new_id()
    sign_in.is_second_factor_due, sign_in.last_used_at = False, now
    db.flush()
    return sign_in


def end(db: Session, *, sign_in_id: uuid.UUID, reason: SignInEnd, now: datetime) -> None:
    """End one family. From the commit on, all its tokens are invalid."""
    db.execute(
        update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now, end_reason=reason)
    )


def end_all(db: Session, *, account_id: uuid.UUID, reason: SignInEnd, now: datetime) -> None:
    """End all families of an account."""
    db.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )


def end_others(db: Session, caller: Caller, *, reason: SignInEnd, now: datetime) -> None:
    """End all sign-ins of the caller but this one."""
    others = SignIn.account_id == caller.account_id, SignIn.id != caller.sign_in_id, SignIn.ended_at.is_(None)
    db.execute(update(SignIn).where(*others).values(ended_at=now, end_reason=reason))


def device_of(db: Session, sign_in_id: uuid.UUID) -> bytes | None:
    """Return the hash of the device of a sign-in; None if it sent no id."""
    return db.scalar(select(SignIn.device_hash).where(SignIn.id == sign_in_id))


def require_second_factor(db: Session, *, account_id: uuid.UUID) -> None:
    """Let the running sign-ins of an account open only the set-up of a second factor: its owner got a role."""
    db.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(is_second_factor_due=True)
        .execution_options(synchronize_session=False)
    )


def _select_by_sign_in() -> Select[*tuple[Any, ...]]:
    """Return the statement for a sign-in with its state and person, and one row for each role."""
    sign_in, account, person, held = SignIn.__table__, Account.__table__, Person.__table__, RoleGrant.__table__
    home, scope = Unit.__table__.alias(), Unit.__table__.alias()
    return (
        select(
            account.c.id,
            account.c.person_id,
            sign_in.c.ended_at,
            account.c.suspended_at,
            person.c.unit_id,
            home.c.path,
            sign_in.c.is_second_factor_due,
            sign_in.c.last_used_at,
            sign_in.c.method,
            held.c.role,
            held.c.unit_id,
            scope.c.path,
        )
        .select_from(sign_in)
        .join(account, account.c.id == sign_in.c.account_id)
        .join(person, person.c.id == account.c.person_id)
        .join(home, home.c.id == person.c.unit_id)
        .outerjoin(held, held.c.person_id == person.c.id)
        .outerjoin(scope, scope.c.id == held.c.unit_id)
        .where(sign_in.c.id == bindparam("sign_in_id"))
    )


# Built once, as each request runs it: building takes six times as long. Mapped classes would take a quarter longer.
_BY_SIGN_IN = _select_by_sign_in()


HOLDER = (
    select(Account.person_id)
    .join(SignIn, SignIn.account_id == Account.id)
    .where(SignIn.id == bindparam("sign_in_id", type_=Uuid), Account.id == bindparam("account_id", type_=Uuid))
    .where(SignIn.ended_at.is_(None), SignIn.is_second_factor_due.is_(False), Account.suspended_at.is_(None))
    .where(SignIn.method != BY_ID_NUMBER)
    .scalar_subquery()
)
"""The id of the person that `caller_of` returns, NULL if it raises or the sign-in opens only a part of the service.

It is for a statement that checks the sign-in itself.
"""


@dataclass(frozen=True, slots=True)
class Bearer:
    """The owner of a verified token. `caller_of` or `HOLDER` checks that the sign-in has not ended."""

    sign_in_id: uuid.UUID
    account_id: uuid.UUID


def bearer_of(claims: Mapping[str, Any]) -> Bearer:
    """Return the owner from the verified claims of an access token. Raises TokenInvalid if they have none."""
    try:
        return Bearer(uuid.UUID(str(claims["family"])), uuid.UUID(str(claims["sub"])))
    except (KeyError, ValueError):
        raise TokenInvalid from None


def caller_of(db: Session, bearer: Bearer) -> Caller:
    """Return the caller with this token, by one statement.

    Raises TokenInvalid if its family has ended or the account is suspended.
    """
    rows = db.execute(_BY_SIGN_IN, {"sign_in_id": bearer.sign_in_id}).all()
    if not rows:
        raise TokenInvalid
    account_id, person_id, ended_at, suspended_at, unit_id, unit_path, is_due, last_used_at, method = rows[0][:9]
    if ended_at is not None or suspended_at is not None or account_id != bearer.account_id:
        raise TokenInvalid
    grants = tuple(Grant(role, over, path) for *_, role, over, path in rows if role is not None)
    facts = is_due, last_used_at, method == BY_ID_NUMBER
    return Caller(person_id, account_id, bearer.sign_in_id, unit_id, unit_path, grants, *facts)
