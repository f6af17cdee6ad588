"""Changes the password of an account, or resets it by SMS (M-2.6, O-3)."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from accounts.errors import BadCode, CurrentPasswordWrong, PasswordNotSet, PasswordTooWeak, TokenInvalid
from accounts.sign_in import devices, failures, owner_locks, sign_ins, slips, sms_codes
from accounts.sign_in.by_password import throttle_key
from accounts.sign_in.devices import Device
from accounts.sign_in.password_queue import PasswordQueue
from accounts.sign_in.passwords import check_new_password
from foundation import audit, throttles
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.sealing import FieldSeal
from foundation.transactions import read_only
from models.accounts import Account, SignInEnd, SmsPurpose
from models.people import Person


def list_changed(db: Session, numbers: Collection[str]) -> set[str]:
    """Return those of the 继教编号 whose initial password opens nothing any more."""
    is_changed = or_(Account.must_change_password.is_(False), Account.password_hash.is_(None))
    wanted = select(Person.cme_number).join(Account, Account.person_id == Person.id)
    found = db.scalars(wanted.where(Person.cme_number.in_(numbers), is_changed))
    return {number for number in found if number is not None}


def change(
    db: Session, *, caller: Caller, current: str, new: str, now: datetime, seal: FieldSeal, queue: PasswordQueue
) -> Account:
    """Change the caller's password, end all sign-ins of the account, and return the account.

    current: the old password, or the slip that opened this sign-in. It commits before it looks at the password. Raises
    CurrentPasswordWrong, which keeps the count of the try; PasswordTooWeak; PasswordNotSet; TooManyAttempts, which
    strangers' failed sign-ins never cause; SignInBusy, after which nothing is counted.
    """
    with read_only(db):
        account = db.get(Account, caller.account_id, options=[joinedload(Account.person)])
        if account is None:
            raise NotFound
        is_slip = slips.opened(db, caller.sign_in_id, current, seal=seal) if account.password_hash is None else None
    if account.password_hash is None and is_slip is None:
        raise PasswordNotSet
    key = f"password-change:{account.id}"
    with queue.place() as hasher:
        throttles.take_try(db, key, now=now)
        db.commit()  # of tries at once only the free ones go on; no transaction is open while the password waits
        if not (hasher.fits(account.password_hash, current) if is_slip is None else is_slip):
            raise CurrentPasswordWrong(field="current_password")
        throttles.forget(db, key)
        db.commit()  # also where the new password is refused; no transaction is open while its hash waits
        if new == current:
            raise PasswordTooWeak(field="new_password", facts={"why": "same"})  # the new password is the old one
        _check(account, new, seal)
        hashed = hasher.hash(new)
    if not owner_locks.is_unchanged(db, account, sign_in_id=caller.sign_in_id):
        raise TokenInvalid
    _set(db, account, hashed, now, how="account.password_change")
    return account


def reset(
    db: Session,
    *,
    phone: str,
    code: str,
    new: str,
    device: Device,
    now: datetime,
    seal: FieldSeal,
    queue: PasswordQueue,
) -> uuid.UUID:
    """Set a new password with an SMS code; return the id of the person.

    phone: E.164. Raises BadCode, which keeps the count of tries; PasswordTooWeak or SignInBusy, after which the
    code can be used again.
    """
    check_new_password(new, cme_number=None, phone=phone)
    purpose = SmsPurpose.PASSWORD_RESET
    with queue.place() as hasher:
        checked = sms_codes.check(db, phone=phone, purpose=purpose, code=code, device=device, now=now, seal=seal)
        if checked is not None:
            db.commit()  # no transaction is open while the hash waits
            hashed = hasher.hash(new)
    if checked is None or not sms_codes.spend(db, checked, now=now):
        failures.note_phone(db, seal.blind("phone", phone), device, now=now)
        raise BadCode(field="code").keeping_writes()
    person_id = db.scalar(select(Person.id).where(Person.phone_hash == checked.phone_hash))
    account = sign_ins.find_account(db, person_id=person_id) if person_id is not None else None
    if account is None:
        raise BadCode(field="code").keeping_writes()
    check_new_password(new, cme_number=account.person.cme_number, phone=phone)
    throttles.forget(db, throttle_key(seal, account.person.cme_number or str(account.id)))
    owner_locks.lock_owner(db, account)
    devices.forget(db, account.id, but=device.hash)
    slips.end_open(db, account.id, now=now)
    _set(db, account, hashed, now, how="account.password_reset")
    return account.person_id


def retire_initial(db: Session, account: Account, *, now: datetime) -> None:
    """End the initial password of an account, if it still has one: its owner signs in by SMS (M-2.3).

    A number that everybody knows then opens nothing any more. The owner sets a password with `reset`.
    """
    if account.must_change_password:
        owner_locks.lock_owner(db, account)
        account.password_hash, account.must_change_password = None, False
        sign_ins.end_all(db, account_id=account.id, reason=SignInEnd.PASSWORD_CHANGED, now=now)
        audit.record(db, account.person_id, now, "account.initial_password_end", account)
        db.flush()


def _check(account: Account, new: str, seal: FieldSeal) -> None:
    sealed = account.person.phone_sealed
    phone = seal.open("phone", sealed) if sealed is not None else None
    check_new_password(new, cme_number=account.person.cme_number, phone=phone)


def _set(db: Session, account: Account, hashed: str, now: datetime, *, how: str) -> None:
    account.password_hash = hashed
    account.must_change_password = False
    sign_ins.end_all(db, account_id=account.id, reason=SignInEnd.PASSWORD_CHANGED, now=now)
    audit.record(db, account.person_id, now, how, account)
    db.flush()
