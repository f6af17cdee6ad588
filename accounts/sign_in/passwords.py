"""Passwords: hashes by argon2id, and the rules for a new password (O-2)."""

from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from accounts.errors import PasswordTooWeak

# 19 MiB, two passes, one lane: OWASP's minimum for argon2id, 33 ms. More would be slow when a full hall signs in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_UNUSED_HASH = _HASHER.hash("nobody signs in with this")
_COMMON = frozenset(FREQUENCY_LISTS["passwords"])
_COMMON_HERE = ("5201314", "woaini", "1314520", "qwe123", "abc123", "a123456", "aa123456", "qq123456", "123456")


@dataclass(frozen=True)
class PasswordRule:
    """What a new password needs, for clients to say before they ask for one. kinds: how many of KINDS at least."""

    shortest: int
    longest: int
    kinds: int


KINDS = ("digit", "letter", "other")
RULE = PasswordRule(shortest=8, longest=128, kinds=2)


def hash_password(password: str) -> str:
    """Return the salted argon2id hash with its parameters."""
    return _HASHER.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Return whether `password` has the `stored` hash. Without a hash (None) it takes the same time."""
    try:
        _HASHER.verify(stored or _UNUSED_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def check_new_password(password: str, *, cme_number: str | None, phone: str | None) -> None:
    """Check a new password. Raises PasswordTooWeak.

    It needs 8 to 128 characters of two kinds, must not be a common password, and must not hold the person's own number
    or phone. phone: E.164, or None.
    """
    lowered = password.casefold()
    kinds = sum((any(c.isdigit() for c in password), any(c.isalpha() for c in password), not password.isalnum()))
    own = [number for number in (cme_number, phone, phone[-11:] if phone else None) if number]
    is_common_here = any(lowered.strip("!.@#") == word * (len(lowered) // len(word)) for word in _COMMON_HERE)
    faults = {
        "length": not RULE.shortest <= len(password) <= RULE.longest,
        "kinds": kinds < RULE.kinds,
        "common": lowered in _COMMON or is_common_here,
        "own_number": any(number.casefold() in lowered for number in own),
    }
    why = next((fault for fault, is_there in faults.items() if is_there), None)
    if why is not None:
        raise PasswordTooWeak(field="new_password", facts={"why": why})
