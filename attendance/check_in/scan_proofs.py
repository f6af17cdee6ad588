"""Catch the code first (X-1): a scanned code becomes a proof of the scan, so that a slow sign-in costs nothing."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.errors import QrExpired, QrInvalid
from attendance.sessions.signed_tokens import ClaimSigner, NotSigned, to_instant, to_number

LIFETIME = timedelta(minutes=3)


@dataclass(frozen=True)
class SeenCode:
    """A good code of a session was seen at an instant."""

    session_id: uuid.UUID
    scanned_at: datetime


class ScanProofs:
    """Signs sightings for a cookie, and opens them. key: the 32-byte venue key."""

    def __init__(self, key: bytes) -> None:
        self._signer = ClaimSigner(key, "scan-proof")

    def sign(self, sighting: SeenCode) -> str:
        """Return the sighting as a token that can't be changed."""
        return self._signer.sign({"session": str(sighting.session_id), "iat": to_number(sighting.scanned_at)})

    def open(self, text: str, now: datetime) -> SeenCode:
        """Return the sighting in a token. Raises QrInvalid if it isn't ours, QrExpired after three minutes."""
        try:
            claims = self._signer.open(text)
            sighting = SeenCode(uuid.UUID(claims["session"]), to_instant(claims["iat"]))
        except (NotSigned, KeyError, ValueError):
            raise QrInvalid from None
        if now - sighting.scanned_at >= LIFETIME:
            raise QrExpired
        return sighting
