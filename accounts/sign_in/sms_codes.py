"""One-time codes by SMS: six digits, five tries, five minutes, one use, one purpose (M-7.1, O-3)."""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from accounts.errors import BadCode
from accounts.sign_in.sms import SmsMessage
from foundation import throttles
from foundation.errors import TooManyAttempts
from foundation.sealing import FieldSeal
from models.accounts import SmsCode, SmsPurpose
from models.people import Person

LIFETIME = timedelta(minutes=5)
PAUSE = timedelta(seconds=60)
_DAY = timedelta(hours=24)
_TRIES = 5

_TEXTS = {
    SmsPurpose.SIGN_IN: "登录验证码 {code}，5 分钟内有效，请勿告诉他人。",
    SmsPurpose.PASSWORD_RESET: "找回密码验证码 {code}，5 分钟内有效，请勿告诉他人。",
}


@dataclass(frozen=True)
class AskedCode:
    """The result of a request for a code. message: to send; None if no account has the phone."""

    expires_in: int
    retry_after: int
    message: SmsMessage | None


def ask(db: Session, *, phone: str, purpose: SmsPurpose, now: datetime, seal: FieldSeal, daily_cap: int) -> AskedCode:
    """Make a code for `phone` (E.164). A known and an unknown phone give the same answer and are counted the same.

    Raises TooManyAttempts within 60 s of the last code, or above the daily cap.
    """
    phone_hash = seal.blind("phone", phone)
    throttles.count(db, f"sms-day:{phone_hash.hex()}", limit=daily_cap, window=_DAY, now=now)
    last = db.scalar(
        select(SmsCode.sent_at).where(SmsCode.phone_hash == phone_hash).order_by(SmsCode.sent_at.desc()).limit(1)
    )
    if last is not None and timedelta(0) <= now - last < PAUSE:
        raise TooManyAttempts(retry_after=int((last + PAUSE - now).total_seconds()) + 1)
    is_known = db.scalar(select(Person.id).where(Person.phone_hash == phone_hash)) is not None
    code = f"{secrets.randbelow(1_000_000):06d}"
    row_hash = _hash(seal, phone, purpose, code) if is_known else None
    db.add(SmsCode(phone_hash=phone_hash, purpose=purpose, code_hash=row_hash, sent_at=now, expires_at=now + LIFETIME))
    db.flush()
    message = SmsMessage(phone=phone, purpose=purpose.value, code=code, text=_TEXTS[purpose].format(code=code))
    return AskedCode(
        expires_in=int(LIFETIME.total_seconds()),
        retry_after=int(PAUSE.total_seconds()),
        message=message if is_known else None,
    )


def redeem(db: Session, *, phone: str, purpose: SmsPurpose, code: str, now: datetime, seal: FieldSeal) -> uuid.UUID:
    """Use the newest code of `phone` and `purpose`; return the person's id.

    Each call counts as a try. Raises BadCode, which keeps that count, if the code is wrong.
    """
    person_id = _redeem(db, phone, purpose, code, now, seal)
    if person_id is None:
        raise BadCode(field="code").keeping_writes()
    return person_id


def _redeem(
    db: Session, phone: str, purpose: SmsPurpose, code: str, now: datetime, seal: FieldSeal
) -> uuid.UUID | None:
    phone_hash = seal.blind("phone", phone)
    row = db.scalars(
        select(SmsCode)
        .where(SmsCode.phone_hash == phone_hash, SmsCode.purpose == purpose)
        .order_by(SmsCode.sent_at.desc(), SmsCode.id.desc())
        .limit(1)
    ).first()
    if row is None or row.used_at is not None or now >= row.expires_at:
        return None
    counted = db.execute(
        update(SmsCode).where(SmsCode.id == row.id, SmsCode.tries < _TRIES).values(tries=SmsCode.tries + 1)
    )
    if not cast(CursorResult[tuple[()]], counted).rowcount:
        return None
    if row.code_hash is None or not hmac.compare_digest(row.code_hash, _hash(seal, phone, purpose, code)):
        return None
    used = db.execute(update(SmsCode).where(SmsCode.id == row.id, SmsCode.used_at.is_(None)).values(used_at=now))
    if not cast(CursorResult[tuple[()]], used).rowcount:
        return None
    return db.scalar(select(Person.id).where(Person.phone_hash == phone_hash))


def _hash(seal: FieldSeal, phone: str, purpose: SmsPurpose, code: str) -> bytes:
    return seal.blind("sms code", f"{phone}\0{purpose}\0{code}")
