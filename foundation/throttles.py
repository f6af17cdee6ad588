"""Limits on how often something may be tried, kept in the database so that all workers count together.

Keys name what is limited and for whom: an account, a phone, a device; never an IP address alone, for a whole hospital
has one.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from foundation.errors import TooManyAttempts
from foundation.transactions import insert_new
from models.accounts import Throttle

_FREE_FAILURES = 5
_FIRST_BLOCK = timedelta(minutes=1)
_LONGEST_BLOCK = timedelta(minutes=15)
_FAILURES_FORGOTTEN = timedelta(hours=24)

_THROTTLE = Throttle.__table__.c
_BLOCKED_UNTIL = select(_THROTTLE.blocked_until).where(_THROTTLE.key == bindparam("key"))  # made once, for speed


def count(db: Session, key: str, *, limit: int, window: timedelta, now: datetime) -> None:
    """Count one more try of `key`; raise TooManyAttempts beyond `limit` in a window."""
    row = _locked(db, key, now)
    if now - row.window_from >= window or now < row.window_from:
        row.window_from, row.count = now, 0
    if row.count >= limit:
        raise TooManyAttempts(retry_after=_seconds(row.window_from + window - now))
    row.count += 1
    db.flush()


def check_block(db: Session, key: str, *, now: datetime) -> None:
    """Raise TooManyAttempts while `key` is blocked by its failures."""
    until = db.execute(_BLOCKED_UNTIL, {"key": key}).scalar()
    if until is not None and now < until:
        raise TooManyAttempts(retry_after=_seconds(until - now))


def count_failure(db: Session, key: str, *, now: datetime) -> None:
    """Count a failure; from the fifth on, each blocks twice as long as the one before, a quarter of an hour at most.

    The block slows a guesser down and never shuts the owner out for good: it ends by itself, the SMS code opens
    the account meanwhile, and a day without failures forgets them.
    """
    row = _locked(db, key, now)
    if now - row.window_from >= _FAILURES_FORGOTTEN:
        row.count = 0
    row.count += 1
    row.window_from = now
    if row.count >= _FREE_FAILURES:
        doubled = _FIRST_BLOCK * 2 ** min(row.count - _FREE_FAILURES, 10)
        row.blocked_until = now + min(doubled, _LONGEST_BLOCK)
    db.flush()


def forget(db: Session, key: str) -> None:
    """Forget the failures of `key`: its owner has come."""
    db.execute(delete(Throttle).where(Throttle.key == key))


def _locked(db: Session, key: str, now: datetime) -> Throttle:
    """The row of `key`, made if need be; held until the transaction ends."""
    wanted = select(Throttle).where(Throttle.key == key).with_for_update().execution_options(populate_existing=True)
    while True:
        insert_new(db, Throttle, key=key, count=0, window_from=now)
        row = db.scalars(wanted).first()
        if row is not None:  # else it was forgotten between the two statements
            return row


def _seconds(left: timedelta) -> int:
    return max(1, -(-int(left.total_seconds() * 1000) // 1000))
