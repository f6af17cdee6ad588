"""What the public page says of a certificate (M-10.5): all its facts, since a changed paper must show."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from credit.certificates.states import CertificateState, CertificateView
from foundation.errors import TooManyAttempts
from models.certificates import CertificateKind

WINDOW = timedelta(minutes=1)


def mask_name(name: str) -> str:
    """Return a name with its first letter alone, as in 陈**: enough to compare, too little to find somebody."""
    return name[:1] + "*" * max(1, len(name) - 1) if len(name) > 1 else "*"


@dataclass(frozen=True)
class Verified:
    """The answer of the page. ended_on: the day of the revocation or the replacement; None for a valid one."""

    valid: bool
    state: CertificateState
    kind: CertificateKind
    number: str
    name: str
    sex: str | None
    project: str
    project_number: str | None
    starts_on: str
    ends_on: str
    organizer: str
    level: str
    activity_type: str
    is_self_claimed: bool
    credit_class: str | None
    credits: str
    hours: str
    reviewing_unit: str
    issued_at: datetime
    ended_at: datetime | None
    replaces: str | None
    replaced_by: str | None


def verify(found: CertificateView) -> Verified:
    """Return what anybody who holds a certificate may know: its facts as issued, and its state now."""
    row, facts = found.certificate, found.snapshot
    ended = {CertificateState.REVOKED: row.revoked_at, CertificateState.REPLACED: row.replaced_at}
    return Verified(
        valid=found.is_valid,
        state=found.state,
        kind=row.kind,
        number=row.number,
        name=mask_name(facts.name),
        sex=facts.sex,
        project=facts.project,
        project_number=facts.project_number,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        organizer=facts.organizer,
        level=facts.level,
        activity_type=facts.activity_type,
        is_self_claimed=facts.is_self_claimed,
        credit_class=facts.credit_class,
        credits=facts.credits,
        hours=facts.hours,
        reviewing_unit=facts.reviewing_unit,
        issued_at=row.issued_at,
        ended_at=ended.get(found.state),
        replaces=found.replaces,
        replaced_by=found.replaced_by,
    )


class Looks:
    """Limits how often one token is looked at a minute, in memory: the page is a GET and writes nothing.

    It is no limit by address, since a hospital is one address; a token has 128 random bits, so guesses find nothing and
    are counted all together. most, most_unknown: a minute and process.
    """

    def __init__(self, most: int, most_unknown: int) -> None:
        self._most, self._most_unknown = most, most_unknown
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._seen: dict[str, int] = {}

    def count(self, token: str, now: datetime) -> None:
        """Count a look at a certificate. Raises TooManyAttempts beyond the limit of a minute."""
        self._count(token, self._most, now)

    def count_unknown(self, now: datetime) -> None:
        """Count a look at a token that doesn't exist. Raises TooManyAttempts: the real ones stay open."""
        self._count("", self._most_unknown, now)

    def _count(self, key: str, most: int, now: datetime) -> None:
        with self._lock:
            if self._since is None or not timedelta(0) <= now - self._since < WINDOW:
                self._since, self._seen = now, {}
            if self._seen.get(key, 0) >= most:
                left = self._since + WINDOW - now
                raise TooManyAttempts(retry_after=max(1, int(left.total_seconds())))
            self._seen[key] = self._seen.get(key, 0) + 1
