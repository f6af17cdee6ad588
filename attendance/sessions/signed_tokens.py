"""Claims signed for one purpose, with a key of that purpose's own: what was signed for one opens nothing else."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_ALGORITHM = "HS256"


class NotSigned(ValueError):
    """The text is no token that was signed here for this purpose."""


class ClaimSigner:
    """Signs and opens compact JWS tokens (RFC 7515) for `purpose`, with a key derived from the 32-byte `key`."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._purpose = purpose
        self._type = f"cme-{purpose}+jwt"
        self._key = derive(key, f"sign {purpose}".encode(), length=32)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the claims as a token, bound to the purpose by key, `aud` and `typ`."""
        return jwt.encode({**claims, "aud": self._purpose}, self._key, _ALGORITHM, headers={"typ": self._type})

    def open(self, text: str) -> dict[str, Any]:
        """Return the claims of a token. Raises NotSigned; time is the caller's to judge, by the service's own clock."""
        by_us = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        try:
            token = jwt.decode_complete(text, self._key, [_ALGORITHM], audience=self._purpose, options=by_us)  # type: ignore[arg-type]
        except (jwt.PyJWTError, ValueError):
            raise NotSigned from None
        if token["header"].get("typ") != self._type:
            raise NotSigned
        return dict(token["payload"])


def derive(key: bytes, what: bytes, *, length: int) -> bytes:
    """Return a key of `length` bytes for `what` alone (HKDF, RFC 5869): it tells nothing about `key` or other keys."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=what).derive(key)


def to_number(instant: datetime) -> float:
    """Return a NumericDate with milliseconds."""
    return round(instant.timestamp(), 3)


def to_instant(number: Any) -> datetime:
    """Return the instant of a NumericDate. Raises NotSigned where it is none."""
    try:
        return datetime.fromtimestamp(number, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise NotSigned from None
