"""Receipts: a check-in, signed so that anyone can tell it is real with nothing but our public key."""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.attendance import CheckIn


class Receipts:
    """Signs receipts. seed: 32 bytes of Ed25519; issuer: this installation's address."""

    def __init__(self, seed: bytes, issuer: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._issuer = issuer
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._jwk = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(public)}
        # RFC 7638: the hash of just these members, in this order, without white space
        self._kid = _base64url(hashlib.sha256(json.dumps(self._jwk, separators=(",", ":")).encode()).digest())

    def sign(self, row: CheckIn, now: datetime) -> str:
        """A compact JWS (EdDSA) of what the check-in is now; the person by id alone."""
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
        return jwt.encode(claims, self._key, "EdDSA", headers={"kid": self._kid, "typ": "cme-receipt+jwt"})

    def key_set(self) -> dict[str, list[dict[str, Any]]]:
        """The public key as a JWK set (RFC 7517)."""
        return {"keys": [{**self._jwk, "kid": self._kid, "alg": "EdDSA", "use": "sig"}]}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
