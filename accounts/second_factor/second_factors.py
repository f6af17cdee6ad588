"""Second factors: set up, confirmed by a first code, replaced and removed. docs/decisions/0040-second-factor.md."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, and_, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from accounts.second_factor import one_time_codes
from accounts.sign_in import sign_ins
from accounts.sign_in.errors import OtpWrong, SecondFactorMissing, SecondFactorNotBegun
from foundation import audit, throttles
from foundation.callers import Caller
from foundation.sealing import FieldSeal
from foundation.transactions import insert_new, read_only
from models.accounts import Account, SignInEnd
from models.people import Person
from models.sign_in_proofs import RecoveryCode, SecondFactor


@dataclass(frozen=True)
class SetUp:
    """What the owner's app needs, shown once. uri: the otpauth address for a QR code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    recovery_codes: list[str] = field(repr=False)


@dataclass(frozen=True)
class State:
    """The second factor of an account. recovery_codes_left: how many are not used."""

    is_confirmed: bool
    recovery_codes_left: int


def get_state(db: Session, account_id: uuid.UUID) -> State:
    """Return what is known of the second factor of an account."""
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    confirmed_at = db.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.account_id == account_id))
    return State(is_confirmed=confirmed_at is not None, recovery_codes_left=db.scalar(unused) or 0)


def begin(db: Session, account_id: uuid.UUID, *, now: datetime, seal: FieldSeal) -> SetUp:
    """Make a new secret and return it. It is asked for once `confirm` has seen a code of it; until then an old one is.

    The caller has checked the old second factor, if one is confirmed.
    """
    secret = one_time_codes.new_secret()
    sealed = one_time_codes.seal_secret(secret, seal)
    insert_new(db, SecondFactor, account_id=account_id, secret_sealed=sealed, created_at=now)
    this = SecondFactor.account_id == account_id
    is_new = SecondFactor.confirmed_at.is_(None)
    db.execute(update(SecondFactor).where(this, is_new).values(secret_sealed=sealed, created_at=now))
    db.execute(update(SecondFactor).where(this, ~is_new).values(next_secret_sealed=sealed))
    number = db.scalar(select(Person.cme_number).join(Account).where(Account.id == account_id))
    return SetUp(
        secret=secret,
        uri=one_time_codes.address_of(secret, number or "CME"),
        recovery_codes=one_time_codes.recovery_codes_of(secret, seal),
    )


def confirm(db: Session, caller: Caller, *, code: str, now: datetime, seal: FieldSeal) -> None:
    """Confirm the newest secret with a code of it, which ends all other sign-ins of the account.

    It commits the count of the try before it looks at the code. Raises SecondFactorNotBegun; OtpWrong; TooManyAttempts.
    """
    with read_only(db):
        factor = db.get(SecondFactor, caller.account_id)
    sealed = None if factor is None else factor.next_secret_sealed if factor.confirmed_at else factor.secret_sealed
    if sealed is None:
        raise SecondFactorNotBegun
    key = f"otp-set-up:{caller.account_id}"
    throttles.take_try(db, key, now=now)
    db.commit()  # of many tries at once only the free ones are judged
    secret = one_time_codes.open_secret(sealed, seal)
    step = one_time_codes.find_step(secret, code, now=now)
    if step is None or not _put_in_force(db, caller.account_id, sealed, step, now):
        raise OtpWrong(field="code", facts={"factors": ["totp"]})
    throttles.forget(db, key)
    one_time_codes.replace_recovery_codes(db, caller.account_id, secret, seal)
    sign_ins.end_others(db, caller, reason=SignInEnd.SECOND_FACTOR_CHANGED, now=now)
    audit.record(db, caller, now, "account.second_factor_confirm", ("account", caller.account_id))


def _put_in_force(db: Session, account_id: uuid.UUID, sealed: bytes, step: int, now: datetime) -> bool:
    """Make the secret the one that is asked for; return False if it was replaced or confirmed meanwhile."""
    row = SecondFactor
    is_waiting = or_(
        and_(row.confirmed_at.is_(None), row.secret_sealed == sealed),
        and_(row.confirmed_at.is_not(None), row.next_secret_sealed == sealed),
    )
    done = db.execute(
        update(row)
        .where(row.account_id == account_id, is_waiting)
        .values(secret_sealed=sealed, next_secret_sealed=None, confirmed_at=now, last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(cast(CursorResult[tuple[()]], done).rowcount)


def remove_own(db: Session, caller: Caller, *, now: datetime) -> None:
    """Remove the caller's second factor, whose code they have just shown. Raises SecondFactorMissing."""
    _remove(db, caller.account_id)
    audit.record(db, caller, now, "account.second_factor_remove", ("account", caller.account_id))


def remove_for(db: Session, *, person: Person, reason: str, caller: Caller | None, now: datetime) -> None:
    """Remove the second factor of somebody who has lost it, and end their sign-ins. Raises SecondFactorMissing.

    caller: an admin who may act on the person (`people.get_person`) and is not the person; None on the machine itself.
    """
    account = db.scalars(
        select(Account).where(Account.person_id == person.id).options(joinedload(Account.person))
    ).one()
    _remove(db, account.id)
    sign_ins.end_all(db, account_id=account.id, reason=SignInEnd.SECOND_FACTOR_CHANGED, now=now)
    audit.record(db, caller, now, "account.second_factor_remove", account, reason=reason)


def _remove(db: Session, account_id: uuid.UUID) -> None:
    factor = db.get(SecondFactor, account_id, with_for_update=True, populate_existing=True)
    if factor is None or factor.confirmed_at is None:
        raise SecondFactorMissing
    one_time_codes.forget_recovery_codes(db, account_id)
    db.delete(factor)
    db.flush()
