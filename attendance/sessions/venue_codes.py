"""The venue code (考勤二维码): what the screen shows, and whether a scanned code is valid.

A rotating code is an RFC 6238 TOTP by the server's clock. Its secret is derived from the venue key and the session, so
that no row is stored for it and all screens of a session show the same code.
"""

import base64
import enum
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp

from attendance.errors import QrInvalid
from attendance.sessions.signed_tokens import derive
from models.projects import QrMode
from models.projects import Session as VenueSession

STEP_SECONDS = 15
_DIGITS = 8
_EXPIRED_STEPS = 3600 // STEP_SECONDS  # a code of the last hour is called expired, an older one wrong
_LONGEST_BEYOND_BASE = 60
_SHORT_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without characters that look alike


class Verdict(enum.Enum):
    """The result of judging a scanned code."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    WRONG = "wrong"


@dataclass(frozen=True)
class Scan:
    """The parts of a scanned text in the form of a venue code."""

    short_code: str
    code: str


@dataclass(frozen=True)
class ShownCode:
    """The code that a screen shows. expires_at: when the next code replaces it; rotates_every: seconds.

    Both are None for a printed code.
    """

    url: str
    expires_at: datetime | None
    rotates_every: int | None


def new_short_code() -> str:
    """Return a random name for the URL of a session: eight characters, one of 8.5e11."""
    return "".join(secrets.choice(_SHORT_ALPHABET) for _ in range(8))


class VenueCodes:
    """The venue codes of all sessions. key: 32 bytes; base_url: the public address without a final slash."""

    def __init__(self, key: bytes, base_url: str) -> None:
        self._key = key
        self._base_url = base_url
        self._form = re.compile(re.escape(base_url) + r"/s/([0-9a-z]{4,12})\?c=([0-9a-z]{8,20})", re.ASCII)

    def show(self, session: VenueSession, now: datetime) -> ShownCode:
        """Return the code that the screens of the venue show at `now`."""
        url = f"{self._base_url}/s/{session.short_code}?c="
        if session.qr_mode is QrMode.PRINTED:
            return ShownCode(url + self._printed(session), None, None)
        step = _step(now)
        next_at = datetime.fromtimestamp((step + 1) * STEP_SECONDS, UTC)
        return ShownCode(url + self._totp(session).generate_otp(step), next_at, STEP_SECONDS)

    def read(self, text: str) -> Scan:
        """Return the parts of a scanned text. Raises QrInvalid unless it has the form of our venue codes."""
        if len(text) > len(self._base_url) + _LONGEST_BEYOND_BASE:
            raise QrInvalid(field="qr")
        found = self._form.fullmatch(text)
        if found is None:
            raise QrInvalid(field="qr")
        return Scan(short_code=found[1], code=found[2])

    def judge(self, session: VenueSession, code: str, now: datetime) -> Verdict:
        """Judge a code by the server's clock: the codes of the present step and of the step before are valid.

        The code of the next step is shown already where another machine's clock is ahead by seconds: it is not good
        yet, and no guess. A later one was never shown, so it is wrong.
        """
        if session.qr_mode is QrMode.PRINTED:
            return Verdict.GOOD if _same(code, self._printed(session)) else Verdict.WRONG
        totp, step = self._totp(session), _step(now)
        good = [
            _same(code, totp.generate_otp(each)) for each in (step, step - 1)
        ]  # both are always computed, so that the time tells nothing
        if any(good):
            return Verdict.GOOD
        if _same(code, totp.generate_otp(step + 1)):
            return Verdict.NOT_YET
        old = [_same(code, totp.generate_otp(each)) for each in range(step - _EXPIRED_STEPS, step - 1)]
        return Verdict.EXPIRED if any(old) else Verdict.WRONG

    def _totp(self, session: VenueSession) -> pyotp.TOTP:
        secret = derive(self._key, b"rotating venue code " + session.id.bytes, length=20)
        return pyotp.TOTP(base64.b32encode(secret).decode(), digits=_DIGITS, interval=STEP_SECONDS)

    def _printed(self, session: VenueSession) -> str:
        """Return the printed code of a session: 80 bits that never change."""
        code = derive(self._key, b"printed venue code " + session.id.bytes, length=10)
        return base64.b32encode(code).decode().lower()


def seconds_of_step_left(now: datetime) -> int:
    """Return how many seconds the present step goes on, rounded up."""
    return STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
