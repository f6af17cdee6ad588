"""Limits how often something may be tried. The counts are in the database, so that all workers share them.

A key names what is limited and for whom: an account, a phone or a device. It is never an IP address alone, because a
whole hospital can share one.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from foundation.errors import TooManyAttempts
from foundation.transactions import insert_new
from models.accounts import Throttle

_FREE_FAILURES = 5
_MOST_FAILURES = 15  # the block does not grow any more long before this
_FIRST_BLOCK = timedelta(minutes=1)
_LONGEST_BLOCK = timedelta(minutes=15)
_FAILURES_FORGOTTEN = timedelta(hours=24)

_THROTTLE = Throttle.__table__.c
_BLOCKED_UNTIL = select(_THROTTLE.blocked_until).where(_THROTTLE.key == bindparam("key"))  # made once, for speed
_COUNTED = select(_THROTTLE.count.label("tries"), _THROTTLE.window_from).where(_THROTTLE.key == bindparam("key"))


def count(db: Session, key: str, *, limit: int, window: timedelta, now: datetime) -> None:
    """Count a try of `key`. Raises TooManyAttempts beyond `limit` tries in a window."""
    row = _locked(db, key, now)
    if now - row.window_from >= window or now < row.window_from:
        row.window_from, row.count = now, 0
    if row.count >= limit:
        raise TooManyAttempts(retry_after=_seconds(row.window_from + window - now))
    row.count += 1
    db.flush()


def check_count(db: Session, key: str, *, limit: int, window: timedelta, now: datetime) -> None:
    """Raise TooManyAttempts if `count` would; it only reads, so it can stand before slow work that is counted later."""
    row = db.execute(_COUNTED, {"key": key}).first()
    if row is not None and row.tries >= limit and row.window_from <= now < row.window_from + window:
        raise TooManyAttempts(retry_after=_seconds(row.window_from + window - now))


def check_block(db: Session, key: str, *, now: datetime) -> None:
    """Raise TooManyAttempts while `key` is blocked because of its failures."""
    until = db.execute(_BLOCKED_UNTIL, {"key": key}).scalar()
    if until is not None and now < until:
        raise TooManyAttempts(retry_after=_seconds(until - now))


def count_failure(db: Session, key: str, *, now: datetime) -> None:
    """Count a failure. From the fifth on, each one blocks twice as long as the one before, at most 15 minutes.

    The block slows down guessing, but does not lock the owner out: it ends by itself, the owner can sign in by SMS code
    meanwhile, and the failures are forgotten after a day without a new one.
    """
    row = _locked(db, key, now)
    if now - row.window_from >= _FAILURES_FORGOTTEN:
        row.count = 0
    row.window_from = now
    _add_failure(row, now)
    db.flush()


def count_fading_failure(db: Session, key: str, *, fades: timedelta, now: datetime) -> timedelta | None:
    """Count a failure of a key that many people share; return the length of the new block, or None.

    It blocks like `count_failure`. One failure is forgotten after each `fades`, so that rare failures never add up.
    """
    row = _locked(db, key, now)
    faded = max(0, (now - row.window_from) // fades)
    if faded >= row.count:
        row.count, row.window_from = 0, now
    else:
        row.count, row.window_from = row.count - faded, row.window_from + faded * fades
    _add_failure(row, now)
    db.flush()
    return row.blocked_until - now if row.blocked_until is not None and row.blocked_until > now else None


def count_event(db: Session, key: str, *, window: timedelta, now: datetime) -> int:
    """Count an event and return the number in this window. It never blocks."""
    row = _locked(db, key, now)
    if now - row.window_from >= window or now < row.window_from:
        row.window_from, row.count = now, 0
    row.count += 1
    db.flush()
    return row.count


def forgive(db: Session, key: str) -> None:
    """Subtract one failure from `key`, if it has any. A block that has begun continues."""
    db.execute(
        update(Throttle)
        .where(Throttle.key == key, Throttle.count > 0)
        .values(count=Throttle.count - 1)
        .execution_options(synchronize_session=False)
    )


def forget(db: Session, key: str) -> None:
    """Forget the failures of `key`, because its owner has signed in."""
    db.execute(delete(Throttle).where(Throttle.key == key))


def _add_failure(row: Throttle, now: datetime) -> None:
    row.count = min(row.count + 1, _MOST_FAILURES)
    if row.count >= _FREE_FAILURES:
        doubled = _FIRST_BLOCK * 2 ** (row.count - _FREE_FAILURES)
        row.blocked_until = now + min(doubled, _LONGEST_BLOCK)


def _locked(db: Session, key: str, now: datetime) -> Throttle:
    """Return the row of `key`, locked until the transaction ends; insert it if it is missing."""
    wanted = select(Throttle).where(Throttle.key == key).with_for_update().execution_options(populate_existing=True)
    while True:
        insert_new(db, Throttle, key=key, count=0, window_from=now)
        row = db.scalars(wanted).first()
        if row is not None:  # None if it was deleted between the two statements
            return row


def _seconds(left: timedelta) -> int:
    return max(1, -(-int(left.total_seconds() * 1000) // 1000))
