"""Proofs of a scan before sign-in (X-1): the code stays usable for the time that the person needs to sign in."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.errors import QrExpired, QrInvalid
from attendance.sessions.signed_tokens import ClaimSigner, NotSigned, to_instant, to_number

LIFETIME = timedelta(minutes=3)


@dataclass(frozen=True)
class SeenCode:
    """The scan of a good code: the session and the time."""

    session_id: uuid.UUID
    scanned_at: datetime


class ScanProofs:
    """Signs scans for a cookie, and verifies them. key: the venue key, 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._signer = ClaimSigner(key, "scan-proof")

    def sign(self, sighting: SeenCode) -> str:
        """Return the scan as a signed token."""
        return self._signer.sign({"session": str(sighting.session_id), "iat": to_number(sighting.scanned_at)})

    def open(self, text: str, now: datetime) -> SeenCode:
        """Return the scan in a token. Raises QrInvalid if we did not sign it, QrExpired after three minutes."""
        try:
            claims = self._signer.open(text)
            sighting = SeenCode(uuid.UUID(claims["session"]), to_instant(claims["iat"]))
        except (NotSigned, KeyError, ValueError):
            raise QrInvalid from None
        if now - sighting.scanned_at >= LIFETIME:
            raise QrExpired
        return sighting
