"""Personal codes (我的二维码, M-9.7): they change every half minute, so that a picture of one is soon worthless.

A code is the person and the half minute, encrypted and authenticated by a key of its own (AES-SIV, RFC 5297). No row is
stored for it, nobody can read a person out of it, and nobody else can make one.
"""

import base64
import binascii
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from attendance.errors import QrInvalid
from attendance.sessions.signed_tokens import derive

SECONDS = 30
"""How long one code is shown (the issue's half a minute)."""
GRACE = timedelta(seconds=10)
"""How long after that a kiosk still takes it: somebody holds their phone up while the code changes."""
SKEW = timedelta(seconds=5)
"""How much sooner a kiosk takes it: the host that showed it may be ahead of the one that reads it."""
PERSONAL = {"why": "personal_code"}
"""Facts of a refusal of a code: it is the code of a person that was asked for, not the one of a venue."""
_PURPOSE = b"personal code"
_LENGTH = 58  # base32 of 16 bytes of tag, 16 of the person and 4 of the half minute


@dataclass(frozen=True)
class PersonalCode:
    """A code of a person, and when their phone shows it."""

    person_id: uuid.UUID
    text: str
    valid_from: datetime
    valid_until: datetime

    def is_good_at(self, at: datetime) -> bool:
        """Return whether the code was shown at an instant, or a moment before, by a clock that may be ahead."""
        return self.valid_from - SKEW <= at < self.valid_until + GRACE


class PersonalCodes:
    """Makes and reads personal codes. key: the venue key, 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(derive(key, b"personal codes", length=32))

    def show(self, person_id: uuid.UUID, now: datetime) -> list[PersonalCode]:
        """Return the present code of a person and the next one."""
        step = int(now.timestamp()) // SECONDS
        return [self._make(person_id, each) for each in (step, step + 1)]

    def read(self, text: str) -> PersonalCode:
        """Return the code in a scanned text, also an old one. Raises QrInvalid for what is none of ours."""
        try:
            if len(text) != _LENGTH:
                raise QrInvalid(field="code", facts=PERSONAL)
            sealed = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
            plain = self._cipher.decrypt(sealed, [_PURPOSE])
        except (binascii.Error, InvalidTag, ValueError):
            raise QrInvalid(field="code", facts=PERSONAL) from None
        return _code(uuid.UUID(bytes=plain[:16]), text.upper(), int.from_bytes(plain[16:]))

    def _make(self, person_id: uuid.UUID, step: int) -> PersonalCode:
        sealed = self._cipher.encrypt(person_id.bytes + step.to_bytes(4), [_PURPOSE])
        return _code(person_id, base64.b32encode(sealed).decode().rstrip("="), step)


def _code(person_id: uuid.UUID, text: str, step: int) -> PersonalCode:
    begins = datetime.fromtimestamp(step * SECONDS, UTC)
    return PersonalCode(person_id, text, begins, begins + timedelta(seconds=SECONDS))
