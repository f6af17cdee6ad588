"""Requests for a code by SMS, and their limits: for each phone, each device, and the installation (M-7.1).

Anybody can ask for a code to anybody's phone. So all strangers share the limits of a phone, and the devices that its
account knows have limits of their own, which no stranger can use up.
"""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from accounts.errors import SmsExhausted, TooManyPhones
from accounts.sign_in import devices
from accounts.sign_in.devices import Device
from accounts.sign_in.out_of_province import MOST_A_DAY, PAUSE_OUT_OF_PROVINCE, Papers
from accounts.sign_in.sms import SmsMessage
from accounts.sign_in.sms_codes import LIFETIME, PAUSE, code_hash
from foundation import throttles
from foundation.errors import TooManyAttempts
from foundation.sealing import FieldSeal
from models.accounts import Account, SmsCode, SmsPurpose
from models.people import Person

_DAY = timedelta(hours=24)
_PHONES_A_DAY = 20
_INSTALLATION = "sms-installation"
_ALARM_FROM = 0.8  # of the installation's cap

_TEXTS = {
    SmsPurpose.SIGN_IN: "登录验证码 {code}，5 分钟内有效，请勿告诉他人。",
    SmsPurpose.PASSWORD_RESET: "找回密码验证码 {code}，5 分钟内有效，请勿告诉他人。",
    SmsPurpose.OUT_OF_PROVINCE: "电子学分证书登录验证码 {code}，5 分钟内有效，请勿告诉他人。",
    SmsPurpose.PHONE_CHANGE: "更换手机号验证码 {code}，5 分钟内有效，请勿告诉他人。",
}


@dataclass(frozen=True)
class _Asked:
    """For what a code is asked. phone: it goes there; known_as: the phone, or phone and ID number, that it fits."""

    phone: str
    known_as: str
    purpose: SmsPurpose
    device: Device
    pause: timedelta = PAUSE


@dataclass(frozen=True)
class AskedCode:
    """The result of a request for a code. message: to send; None if no account has the phone."""

    expires_in: int
    retry_after: int
    message: SmsMessage | None


class SmsRequests:
    """Makes codes within the limits.

    daily_cap: codes to one phone in 24 hours; installation_cap: messages of the whole installation in 24 hours. alarm:
    called with the messages of this day, at 80% of that cap and when it is reached.
    """

    def __init__(self, seal: FieldSeal, *, daily_cap: int, installation_cap: int, alarm: Callable[[int], None]) -> None:
        self._seal = seal
        self._daily_cap = daily_cap
        self._installation_cap = installation_cap
        self._alarm = alarm

    def ask(self, db: Session, *, phone: str, purpose: SmsPurpose, device: Device, now: datetime) -> AskedCode:
        """Make a code for `phone` (E.164); return the message to send.

        A known and an unknown phone are counted the same. Raises TooManyAttempts within 60 s of the last code and above
        the daily cap of the phone, TooManyPhones for the 21st phone of one device in a day, SmsExhausted.
        """
        phone_hash = self._seal.blind("phone", phone)
        account_id = db.scalar(
            select(Account.id)
            .join(Person, Person.id == Account.person_id)
            .where(Person.phone_hash == phone_hash, Person.cme_number.is_not(None))  # the others also name their ID
        )
        is_own = account_id is not None and devices.is_known(db, account_id, device, now=now)
        asked = SmsCode.device_hash == device.hash
        wanted = _Asked(phone, phone, purpose, device)
        self._count(db, wanted, device.hash, asked, self._daily_cap, is_own, now)
        return self._make(db, wanted, now, is_sent=account_id is not None, account_id=None)

    def ask_out_of_province(self, db: Session, *, papers: Papers, device: Device, now: datetime) -> AskedCode:
        """Make a code for somebody without 继教编号, whose ID number and phone fit together (M-10.2).

        A code comes every 120 s and five times a day (O-26). Who knows only one of the two uses up nothing of theirs.
        Raises as `ask`.
        """
        wanted = _Asked(papers.phone, papers.together, SmsPurpose.OUT_OF_PROVINCE, device, PAUSE_OUT_OF_PROVINCE)
        asked = SmsCode.device_hash == device.hash
        self._count(db, wanted, device.hash, asked, MOST_A_DAY, False, now)
        is_sent = papers.find_person(db, self._seal) is not None
        return self._make(db, wanted, now, is_sent=is_sent, account_id=None)

    def ask_to_change(
        self, db: Session, *, phone: str, account_id: uuid.UUID, device: Device, now: datetime
    ) -> AskedCode:
        """Make a code for somebody signed in who changes a phone, their own or a person's. It is sent to any phone.

        Raises as `ask`; the limits are those of the account.
        """
        asker = self._seal.blind("account", str(account_id))
        wanted = _Asked(phone, phone, SmsPurpose.PHONE_CHANGE, device)
        self._count(db, wanted, asker, SmsCode.account_id == account_id, self._daily_cap, True, now)
        return self._make(db, wanted, now, is_sent=True, account_id=account_id)

    def _count(
        self,
        db: Session,
        wanted: _Asked,
        asker: bytes,
        asked: ColumnElement[bool],
        most: int,
        has_own_limits: bool,
        now: datetime,
    ) -> None:
        """Count a request.

        asker: a device or an account; asked: the codes that it asked for; most: codes in 24 hours; has_own_limits:
        whether strangers' requests don't matter.
        """
        phone_hash = self._seal.blind("phone", wanted.known_as)
        whose = f"{phone_hash.hex()}:{asker.hex()[:16]}" if has_own_limits else phone_hash.hex()
        throttles.take_turn(db, f"sms-pause:{whose}", pause=wanted.pause, now=now)
        throttles.count(db, f"sms-day:{whose}", limit=most, window=_DAY, now=now)
        if not _asked_before(db, phone_hash, asked, now):
            try:
                throttles.count(db, f"sms-device:{asker.hex()}", limit=_PHONES_A_DAY, window=_DAY, now=now)
            except TooManyAttempts as refused:
                raise TooManyPhones(retry_after=refused.retry_after, facts={"phones": _PHONES_A_DAY}) from None
        try:
            throttles.check_count(db, _INSTALLATION, limit=self._installation_cap, window=_DAY, now=now)
        except TooManyAttempts as refused:
            raise SmsExhausted(retry_after=refused.retry_after) from None

    def _make(
        self,
        db: Session,
        wanted: _Asked,
        now: datetime,
        *,
        is_sent: bool,
        account_id: uuid.UUID | None,
    ) -> AskedCode:
        """Store a code. A row is written for unknown phones too, so that the limits answer alike for both."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        db.add(
            SmsCode(
                phone_hash=self._seal.blind("phone", wanted.known_as),
                purpose=wanted.purpose,
                code_hash=code_hash(self._seal, wanted.known_as, wanted.purpose, code) if is_sent else None,
                account_id=account_id,
                device_hash=wanted.device.hash,
                sent_at=now,
                expires_at=now + LIFETIME,
            )
        )
        db.flush()
        if is_sent:
            sent = throttles.count_event(db, _INSTALLATION, window=_DAY, now=now)
            if sent in (int(self._installation_cap * _ALARM_FROM), self._installation_cap):
                self._alarm(sent)
        text = _TEXTS[wanted.purpose].format(code=code)
        message = SmsMessage(phone=wanted.phone, purpose=wanted.purpose.value, code=code, text=text)
        return AskedCode(
            expires_in=int(LIFETIME.total_seconds()),
            retry_after=int(wanted.pause.total_seconds()),
            message=message if is_sent else None,
        )


def _asked_before(db: Session, phone_hash: bytes, asked: ColumnElement[bool], now: datetime) -> bool:
    """Return whether a code to this phone was asked for today. asked: by whom."""
    earlier = select(SmsCode.id).where(SmsCode.phone_hash == phone_hash, asked, SmsCode.sent_at > now - _DAY)
    return db.scalars(earlier.limit(1)).first() is not None
