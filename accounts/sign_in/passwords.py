"""Passwords: argon2id at rest, and what a new one must be like (O-2)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from accounts.errors import PasswordTooWeak

# 19 MiB, two passes, one lane: OWASP's least for argon2id, 33 ms; sign-ins come in crowds
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _HASHER.hash("nobody signs in with this")
_COMMON = frozenset(FREQUENCY_LISTS["passwords"])
_COMMON_HERE = ("5201314", "woaini", "1314520", "qwe123", "abc123", "a123456", "aa123456", "qq123456", "123456")
_SHORTEST, _LONGEST = 8, 128


def hash_password(password: str) -> str:
    """Return the argon2id hash, salted, with its parameters."""
    return _HASHER.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Return whether `password` is the one behind the `stored` hash; takes as long when there is none (None)."""
    try:
        _HASHER.verify(stored or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def check_new_password(password: str, *, cme_number: str | None, phone: str | None) -> None:
    """Raise PasswordTooWeak unless it has 8 to 128 characters of two kinds, and is neither common nor an own number.

    phone: E.164, or None.
    """
    lowered = password.casefold()
    kinds = sum((any(c.isdigit() for c in password), any(c.isalpha() for c in password), not password.isalnum()))
    own = [number for number in (cme_number, phone, phone[-11:] if phone else None) if number]
    too_weak = (
        not _SHORTEST <= len(password) <= _LONGEST
        or kinds < 2
        or lowered in _COMMON
        or any(lowered.strip("!.@#") == word * (len(lowered) // len(word)) for word in _COMMON_HERE)
        or any(number.casefold() in lowered for number in own)
    )
    if too_weak:
        raise PasswordTooWeak(field="new_password")
