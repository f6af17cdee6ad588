"""Receipts: signed check-ins and deletions of faces. Everybody can verify a receipt with our public key."""

from datetime import datetime
from typing import Any

from foundation.signing import Signer
from models.attendance import CheckIn
from models.face_erasures import FaceErasure


class Receipts:
    """Signs receipts. seed: 32 bytes of Ed25519; issuer: this installation's address."""

    def __init__(self, seed: bytes, issuer: str) -> None:
        self._signer = Signer(seed)
        self._issuer = issuer

    def sign(self, row: CheckIn, now: datetime) -> str:
        """Return a compact JWS (EdDSA) of the current check-in. Of the person it has only the id."""
        claims = {
            "iss": self._issuer,
            "jti": str(row.id),
            "session": str(row.session_id),
            "person": str(row.person_id),
            "direction": row.direction.value,
            "at": row.checked_in_at.isoformat(),
            "status": row.status.value,
            "iat": int(now.timestamp()),
        }
        return self._signer.sign(claims, "cme-receipt+jwt")

    def sign_erasure(self, row: FaceErasure) -> str:
        """Return a compact JWS (EdDSA) of a deletion of a face. The same row always gives the same receipt."""
        claims = {
            "iss": self._issuer,
            "jti": str(row.id),
            "person": str(row.person_id),
            "cause": row.cause.value,
            "deleted": row.parts,
            "photos": row.photos,
            "at": row.erased_at.isoformat(),
            "iat": int(row.erased_at.timestamp()),
        }
        return self._signer.sign(claims, "cme-face-deletion+jwt")

    def key_set(self) -> dict[str, list[dict[str, Any]]]:
        """Return the public key as a JWK set (RFC 7517)."""
        return {"keys": [self._signer.public_key()]}
