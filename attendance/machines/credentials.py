"""The secrets of machines: random, told once, and kept as hashes. No machine's secret opens anything else."""

import hashlib
import secrets

_PAIRING_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without characters that look alike; staff type it
_PAIRING_LENGTH = 8  # of 31 letters: 8.5e11 codes, each good once within ten minutes


def new_token() -> str:
    """Return a credential of 256 bits."""
    return secrets.token_urlsafe(32)


def new_pairing_code() -> str:
    """Return a code that staff read from one screen and type on another."""
    return "".join(secrets.choice(_PAIRING_ALPHABET) for _ in range(_PAIRING_LENGTH))


def hash_of(secret: str) -> bytes:
    """Return what is kept of a secret. It is random, so that a plain hash tells nothing."""
    return hashlib.sha256(secret.encode()).digest()
