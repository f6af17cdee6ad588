"""Signed tokens. Each purpose has a key of its own, so a token of one purpose is invalid for every other."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_ALGORITHM = "HS256"


class NotSigned(ValueError):
    """The text is not a token that this service signed for this purpose."""


class ClaimSigner:
    """A signer of compact JWS tokens (RFC 7515) for `purpose`. Its key is derived from the 32-byte `key`."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._purpose = purpose
        self._type = f"cme-{purpose}+jwt"
        self._key = derive(key, f"sign {purpose}".encode(), length=32)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the claims as a token. Key, `aud` and `typ` bind it to the purpose."""
        return jwt.encode({**claims, "aud": self._purpose}, self._key, _ALGORITHM, headers={"typ": self._type})

    def open(self, text: str) -> dict[str, Any]:
        """Return the claims of a token. Raises NotSigned. The caller checks the times, by the service's clock."""
        times_unchecked = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        try:
            token = jwt.decode_complete(text, self._key, [_ALGORITHM], audience=self._purpose, options=times_unchecked)  # type: ignore[arg-type]
        except (jwt.PyJWTError, ValueError):
            raise NotSigned from None
        if token["header"].get("typ") != self._type:
            raise NotSigned
        return dict(token["payload"])


def derive(key: bytes, what: bytes, *, length: int) -> bytes:
    """Return a key of `length` bytes for the use `what` (HKDF, RFC 5869).

    Neither `key` nor other derived keys can be computed from it.
    """
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=what).derive(key)


def to_number(instant: datetime) -> float:
    """Return the instant as a NumericDate with milliseconds."""
    return round(instant.timestamp(), 3)


def to_instant(number: Any) -> datetime:
    """Return the instant of a NumericDate. Raises NotSigned for any other value."""
    try:
        return datetime.fromtimestamp(number, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise NotSigned from None
