"""Signing with Ed25519 what anyone can check with the published key: compact JWS (EdDSA)."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Signer:
    """One key. seed: 32 bytes of Ed25519."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._jwk = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(public)}
        # RFC 7638: the hash of just these members, in this order, without white space
        self._kid = _base64url(hashlib.sha256(json.dumps(self._jwk, separators=(",", ":")).encode()).digest())

    def sign(self, claims: Mapping[str, Any], typ: str) -> str:
        """A compact JWS of the claims. typ: what kind of statement it is, so that none passes for another."""
        return jwt.encode(dict(claims), self._key, "EdDSA", headers={"kid": self._kid, "typ": typ})

    def public_key(self) -> dict[str, Any]:
        """The public key as a JWK (RFC 7517), named by its thumbprint."""
        return {**self._jwk, "kid": self._kid, "alg": "EdDSA", "use": "sig"}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
