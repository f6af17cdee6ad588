"""One-time codes by SMS: six digits, five tries, five minutes, one use, one purpose (M-7.1, O-3).

The five tries are of the device that asked for the code. All other devices share ten of their own, so that strangers
can't use up the owner's.
"""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, case, select, update
from sqlalchemy.orm import Session

from accounts.errors import BadCode
from accounts.sign_in import failures
from accounts.sign_in.devices import Device
from foundation.errors import TooManyAttempts
from foundation.sealing import FieldSeal
from models.accounts import SmsCode, SmsPurpose
from models.people import Person

LIFETIME = timedelta(minutes=5)
PAUSE = timedelta(seconds=60)
_SECOND = timedelta(seconds=1)
_TRIES, _STRANGER_TRIES = 5, 10


def redeem(
    db: Session, *, phone: str, purpose: SmsPurpose, code: str, device: Device, now: datetime, seal: FieldSeal
) -> uuid.UUID:
    """Use the newest code of `phone` and `purpose`; return the person's id. All other codes of both end with it.

    Raises BadCode, which keeps the count of tries, if the code is wrong; TooManyAttempts once the tries are used up.
    """
    checked = check(db, phone=phone, purpose=purpose, code=code, device=device, now=now, seal=seal)
    person_id = None
    if checked is not None and spend(db, checked, now=now):
        has_number = Person.cme_number.is_not(None)  # who has none signs in with the ID number too
        person_id = db.scalar(select(Person.id).where(Person.phone_hash == checked.phone_hash, has_number))
    if person_id is None:
        failures.note_phone(db, seal.blind("phone", phone), device, now=now)
        raise BadCode(field="code").keeping_writes()
    return person_id


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """A right code that is not used up yet."""

    id: uuid.UUID
    phone_hash: bytes
    purpose: SmsPurpose


def check(
    db: Session,
    *,
    phone: str,
    purpose: SmsPurpose,
    code: str,
    device: Device,
    now: datetime,
    seal: FieldSeal,
    account_id: uuid.UUID | None = None,
) -> CheckedCode | None:
    """Count a try of this device at the newest code; return the code if it is right. `spend` uses it up.

    The code is the newest that this device asked for; if it asked for none, the newest of all. account_id: who asked
    for it, signed in, to change a phone. Raises TooManyAttempts once the tries are used up.
    """
    phone_hash = seal.blind("phone", phone)
    own_first = case((SmsCode.device_hash == device.hash, 0), else_=1)  # a stranger's newer code ends nobody else's
    row = db.scalars(
        select(SmsCode)
        .where(*_unused(phone_hash, purpose), SmsCode.expires_at > now, SmsCode.account_id == account_id)
        .order_by(own_first, SmsCode.sent_at.desc(), SmsCode.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    is_asker = row.device_hash == device.hash
    tries, most = (SmsCode.tries, _TRIES) if is_asker else (SmsCode.stranger_tries, _STRANGER_TRIES)
    counted = db.execute(update(SmsCode).where(SmsCode.id == row.id, tries < most).values({tries: tries + 1}))
    if not cast(CursorResult[tuple[()]], counted).rowcount:
        raise TooManyAttempts(field="code", retry_after=int(max(row.sent_at + PAUSE - now, _SECOND).total_seconds()))
    if row.code_hash is None or not hmac.compare_digest(row.code_hash, code_hash(seal, phone, purpose, code)):
        return None
    return CheckedCode(row.id, phone_hash, purpose)


def spend(db: Session, checked: CheckedCode, *, now: datetime) -> bool:
    """Use a code up, and all others of its phone and purpose. Return False if it was used in the meantime."""
    unused = SmsCode.id == checked.id, SmsCode.used_at.is_(None)
    used = db.execute(update(SmsCode).where(*unused).values(used_at=now))
    if not cast(CursorResult[tuple[()]], used).rowcount:
        return False
    db.execute(update(SmsCode).where(*_unused(checked.phone_hash, checked.purpose)).values(used_at=now))
    return True


def _unused(phone_hash: bytes, purpose: SmsPurpose) -> tuple[ColumnElement[bool], ...]:
    return SmsCode.phone_hash == phone_hash, SmsCode.purpose == purpose, SmsCode.used_at.is_(None)


def code_hash(seal: FieldSeal, phone: str, purpose: SmsPurpose, code: str) -> bytes:
    """Return what is stored of a code. It fits this phone and purpose alone."""
    return seal.blind("sms code", f"{phone}\0{purpose}\0{code}")
