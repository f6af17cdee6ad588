"""A puzzle before the password while many sign-ins fail: each guess costs computing time, and nobody is locked out.

A limit for each number doesn't stop a client that tries one password on one number after another. So the failures
are also counted for the whole installation. Above FREE_FAILURES a minute, a device that the account doesn't know
solves a puzzle for each try; the owner's devices don't. docs/decisions/0037-puzzles.md tells why.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from accounts.errors import PuzzleRequired
from foundation import throttles
from foundation.errors import TooManyAttempts
from foundation.sealing import FieldSeal

FREE_FAILURES, WINDOW = 30, timedelta(minutes=1)
MOST_BITS = 18  # 260,000 hashes: under a second on a phone
_FEWEST_BITS = 14
_LIFETIME = timedelta(minutes=5)
_EVERYWHERE = "sign-in-failures"


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer to a puzzle: sha256(challenge + answer) begins with the wanted number of zero bits."""

    challenge: str
    answer: str


class Puzzles:
    """Makes and checks puzzles. A challenge is signed and not stored, and opens one try for one number."""

    def __init__(self, seal: FieldSeal) -> None:
        self._seal = seal

    def require(self, db: Session, solution: Solution | None, *, subject: str, now: datetime) -> None:
        """Check the solution if a puzzle is needed now, and use it up. Raises PuzzleRequired with a new puzzle.

        subject: the key of the number that is tried; a puzzle for one number opens no other.
        """
        failures = throttles.events(db, _EVERYWHERE, window=WINDOW, now=now)
        if failures <= FREE_FAILURES:
            return
        if solution is None or not self._is_solved(db, solution, subject, now):
            raise PuzzleRequired(retry_after=1, facts={"puzzle": self._make(failures, subject, now)})

    def count_failure(self, db: Session, *, now: datetime) -> int | None:
        """Count a failed sign-in of the installation. Return the failures of this minute if they raise an alarm.

        The alarm is raised above FREE_FAILURES, and again each time that the number has doubled.
        """
        failures = throttles.count_event(db, _EVERYWHERE, window=WINDOW, now=now)
        times, rest = divmod(failures - 1, FREE_FAILURES)
        return failures if rest == 0 and times > 0 and times & (times - 1) == 0 else None

    def _make(self, failures: int, subject: str, now: datetime) -> dict[str, str | int]:
        """Return a puzzle with one bit more each time that the failures have doubled."""
        bits = min(_FEWEST_BITS + (failures // FREE_FAILURES).bit_length() - 1, MOST_BITS)
        content = f"{int(now.timestamp())}.{bits}.{secrets.token_hex(12)}"
        return {"kind": "sha256", "challenge": f"{content}.{self._sign(content, subject)}", "bits": bits}

    def _is_solved(self, db: Session, solution: Solution, subject: str, now: datetime) -> bool:
        content, _, signature = solution.challenge.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(content, subject).encode()):
            return False
        made_at, bits, once = content.split(".")
        if not timedelta(seconds=-60) <= now - datetime.fromtimestamp(int(made_at), UTC) < _LIFETIME:
            return False
        if not _begins_with_zeros(solution, int(bits)):
            return False
        try:
            throttles.count(db, f"puzzle:{once}", limit=1, window=2 * _LIFETIME, now=now)
        except TooManyAttempts:
            return False
        return True

    def _sign(self, content: str, subject: str) -> str:
        return self._seal.blind("puzzle", f"{content}.{subject}").hex()[:32]


def _begins_with_zeros(solution: Solution, bits: int) -> bool:
    digest = hashlib.sha256((solution.challenge + solution.answer).encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
