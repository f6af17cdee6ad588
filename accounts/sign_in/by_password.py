"""Sign-in with 继教编号 and password."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.errors import AccountSuspended, BadCredentials
from accounts.sign_in import devices, failures, sign_ins
from accounts.sign_in.devices import Device
from accounts.sign_in.passwords import is_password
from accounts.sign_in.puzzles import Puzzles, Solution
from foundation import throttles
from foundation.sealing import FieldSeal
from foundation.transactions import read_only
from models.accounts import Account
from models.sign_in_proofs import SignInFailure


def throttle_key(seal: FieldSeal, cme_number: str) -> str:
    """Return the key to count strangers' password failures of this number. The key does not show the number."""
    return f"password:{seal.blind('throttle', cme_number).hex()[:32]}"


def throttle_key_of(db: Session, account: Account | None, device: Device, *, strangers: str, now: datetime) -> str:
    """Return the key to count password failures of this device: its own if it is known to the account.

    strangers: the key of `throttle_key`, which all other devices share. So nobody can lock the owner out.
    """
    if account is None or not devices.is_known(db, account.id, device, now=now):
        return strangers
    return f"{strangers}:{device.hash.hex()[:32]}"


class WrongPassword(BadCredentials):
    """The number is unknown or the password is wrong.

    alarming: the failures of the whole installation in this minute, if they raise an alarm; else None.
    """

    def __init__(self, *, alarming: int | None) -> None:
        super().__init__()
        self.alarming = alarming


def check_password(
    db: Session,
    *,
    cme_number: str,
    password: str,
    device: Device,
    solution: Solution | None,
    now: datetime,
    seal: FieldSeal,
) -> Account:
    """Return the account with this number and password. It commits before it looks at the password.

    Raises WrongPassword, which keeps the count of the failure; an unknown number takes the same time and is counted
    too. Raises TooManyAttempts while the number is blocked for this device, PuzzleRequired while many sign-ins fail and
    the account doesn't know the device, AccountSuspended only with the right password.
    """
    puzzles, strangers = Puzzles(seal), throttle_key(seal, cme_number)
    with read_only(db):
        account = sign_ins.find_account(db, cme_number=cme_number)
        key = throttle_key_of(db, account, device, strangers=strangers, now=now)
        throttles.check_block(db, key, now=now)
    if key == strangers:
        puzzles.require(db, solution, subject=strangers, now=now)
    throttles.take_try(db, key, now=now)
    db.commit()  # of tries at once only the free ones go on; and the password takes 33 ms, so no transaction is open
    fits = is_password(account.password_hash if account else None, password)
    if account is None or not fits:
        if account is not None:
            failures.note(db, account.id, device, SignInFailure.WRONG_PASSWORD, now=now)
        raise WrongPassword(alarming=puzzles.count_failure(db, now=now)).keeping_writes()
    throttles.forget(db, key)
    if account.suspended_at is not None:
        failures.note(db, account.id, device, SignInFailure.SUSPENDED, now=now)
        raise AccountSuspended().keeping_writes()
    return account
