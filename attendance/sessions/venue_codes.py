"""The venue code (考勤二维码): what the screen shows, and what a scanned text is worth.

A rotating code is an RFC 6238 TOTP of a secret that is derived from the venue key and the session, by the server's
clock: no row is written for it, and any number of screens show the same one.
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
_STEPS_TOLD_APART = 3600 // STEP_SECONDS  # a code of the last hour is told to be old, any other to be none
_LONGEST_BEYOND_BASE = 60
_SHORT_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without what people mix up when they type it


class Verdict(enum.Enum):
    """What a scanned code is worth."""

    GOOD = "good"
    EXPIRED = "expired"
    WRONG = "wrong"


@dataclass(frozen=True)
class Scan:
    """A scanned text that has the form of a venue code."""

    short_code: str
    code: str


@dataclass(frozen=True)
class ShownCode:
    """What a screen shows. expires_at: when the next one takes its place; None, as `rotates_every`, for a printed one.

    rotates_every: seconds.
    """

    url: str
    expires_at: datetime | None
    rotates_every: int | None


def new_short_code() -> str:
    """Return a short name for a session, for its URL; eight characters, one of 8.5e11."""
    return "".join(secrets.choice(_SHORT_ALPHABET) for _ in range(8))


class VenueCodes:
    """Makes and judges the codes of all sessions. key: 32 bytes; base_url: as phones see it, no slash at the end."""

    def __init__(self, key: bytes, base_url: str) -> None:
        self._key = key
        self._base_url = base_url
        self._form = re.compile(re.escape(base_url) + r"/s/([0-9a-z]{4,12})\?c=([0-9a-z]{8,20})", re.ASCII)

    def show(self, session: VenueSession, now: datetime) -> ShownCode:
        """Return the code that the venue's screens show now."""
        url = f"{self._base_url}/s/{session.short_code}?c="
        if session.qr_mode is QrMode.PRINTED:
            return ShownCode(url + self._printed(session), None, None)
        step = _step(now)
        next_at = datetime.fromtimestamp((step + 1) * STEP_SECONDS, UTC)
        return ShownCode(url + self._totp(session).generate_otp(step), next_at, STEP_SECONDS)

    def read(self, text: str) -> Scan:
        """Read a scanned text. Raises QrInvalid unless it has the form of one of our own venue codes."""
        if len(text) > len(self._base_url) + _LONGEST_BEYOND_BASE:
            raise QrInvalid(field="qr")
        found = self._form.fullmatch(text)
        if found is None:
            raise QrInvalid(field="qr")
        return Scan(short_code=found[1], code=found[2])

    def judge(self, session: VenueSession, code: str, now: datetime) -> Verdict:
        """Judge a code by the server's clock: the present step and the one before it are good.

        A step that is yet to come was never shown, so it is wrong: after the clock was set back too.
        """
        if session.qr_mode is QrMode.PRINTED:
            return Verdict.GOOD if _same(code, self._printed(session)) else Verdict.WRONG
        totp, step = self._totp(session), _step(now)
        good = [_same(code, totp.generate_otp(each)) for each in (step, step - 1)]  # both, whichever it is
        if any(good):
            return Verdict.GOOD
        old = [_same(code, totp.generate_otp(each)) for each in range(step - _STEPS_TOLD_APART, step - 1)]
        return Verdict.EXPIRED if any(old) else Verdict.WRONG

    def _totp(self, session: VenueSession) -> pyotp.TOTP:
        secret = derive(self._key, b"rotating venue code " + session.id.bytes, length=20)
        return pyotp.TOTP(base64.b32encode(secret).decode(), digits=_DIGITS, interval=STEP_SECONDS)

    def _printed(self, session: VenueSession) -> str:
        """80 bits that never change."""
        code = derive(self._key, b"printed venue code " + session.id.bytes, length=10)
        return base64.b32encode(code).decode().lower()


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
