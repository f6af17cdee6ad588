"""Sign-in with 继教编号 and password."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.errors import AccountSuspended, BadCredentials
from accounts.sign_in import failures, sign_ins
from accounts.sign_in.devices import Device
from accounts.sign_in.initial_passwords import Alarm, Connection, InitialPasswordBrake, is_initial_password
from accounts.sign_in.passwords import is_password
from foundation import throttles
from foundation.sealing import FieldSeal
from foundation.transactions import read_only
from models.accounts import Account, SignIn
from models.sign_in_proofs import SignInFailure

_TRIES_A_MINUTE = 30


def throttle_key(seal: FieldSeal, cme_number: str) -> str:
    """Return the key to count password failures of this number. The key does not show the number."""
    return f"password:{seal.blind('throttle', cme_number).hex()[:32]}"


class WrongPassword(BadCredentials):
    """The number is unknown or the password is wrong. alarms: raised by this failure, for the edge to report."""

    def __init__(self, *, with_initial_password: bool, alarms: tuple[Alarm, ...] = ()) -> None:
        super().__init__()
        self.with_initial_password = with_initial_password
        self.alarms = alarms


def check_password(
    db: Session,
    *,
    cme_number: str,
    password: str,
    device: Device,
    connection: Connection,
    now: datetime,
    seal: FieldSeal,
) -> Account:
    """Return the account with this number and password.

    Raises WrongPassword, which keeps the count of the failure; an unknown number takes the same time and is counted
    too. Raises TooManyAttempts while the number is blocked, InitialPasswordPaused during the pause of this device,
    AccountSuspended only with the right password.
    """
    key = throttle_key(seal, cme_number)
    brake = InitialPasswordBrake(connection, seal) if is_initial_password(password, cme_number) else None
    with read_only(db):
        throttles.check_block(db, key, now=now)
        if brake:
            brake.check(db, now=now)
        account = sign_ins.find_account(db, cme_number=cme_number)
    fits = is_password(account.password_hash if account else None, password)  # 33 ms, so no transaction is open
    if brake:
        brake.check(db, now=now)  # again, for parallel tries that began before the pause
    throttles.count(db, f"{key}:all", limit=_TRIES_A_MINUTE, window=timedelta(minutes=1), now=now)
    if account is None or not fits:
        if account is not None:
            failures.note(db, account.id, device, SignInFailure.WRONG_PASSWORD, now=now)
        throttles.count_failure(db, key, now=now)
        alarms = brake.count_failure(db, now=now) if brake else ()
        raise WrongPassword(with_initial_password=brake is not None, alarms=alarms).keeping_writes()
    if account.suspended_at is not None:
        raise AccountSuspended
    throttles.forget(db, key)
    if brake and not _has_signed_in(db, account):
        brake.forgive(db)
    return account


def _has_signed_in(db: Session, account: Account) -> bool:
    return db.scalars(select(SignIn.id).where(SignIn.account_id == account.id).limit(1)).first() is not None
