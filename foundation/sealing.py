"""Protects personal fields in the database: encrypted to read them back, hashed to find them (PRIVACY L-19)."""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class FieldSeal:
    """Encrypts and hashes personal fields with keys derived from one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        self._index_key = hmac.digest(key, b"blind index", "sha256")
        self._aead = AESGCM(hmac.digest(key, b"sealed field", "sha256"))

    def blind(self, kind: str, value: str) -> bytes:
        """Return a keyed hash of 32 bytes, the same for the same value. Without the key it reveals nothing."""
        return hmac.digest(self._index_key, f"{kind}\0{value}".encode(), hashlib.sha256)

    def seal(self, kind: str, value: str) -> bytes:
        """Return the encrypted value (AES-256-GCM, after a fresh nonce of 12 bytes)."""
        nonce = secrets.token_bytes(12)
        return nonce + self._aead.encrypt(nonce, value.encode(), kind.encode())

    def open(self, kind: str, sealed: bytes) -> str:
        """Return the decrypted value. Raises cryptography.exceptions.InvalidTag if it was changed."""
        return self._aead.decrypt(sealed[:12], sealed[12:], kind.encode()).decode()
