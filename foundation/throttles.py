"""Limits on how often something may be tried, kept in the database so that all workers count together.

Keys name what is limited and for whom: an account, a phone, a device; never an IP address alone, for a whole hospital
has one.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from foundation.errors import TooManyAttempts
from foundation.transactions import insert_new
from models.accounts import Throttle

_FREE_FAILURES = 5
_MOST_FAILURES = 15  # the block has long stopped growing
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
    row.window_from = now
    _add_failure(row, now)
    db.flush()


def count_fading_failure(db: Session, key: str, *, fades: timedelta, now: datetime) -> timedelta | None:
    """Count a failure of something that many share, and return the block that it began, if it began one.

    It blocks like `count_failure`. One failure is forgotten after each `fades`, so that failures that are few and far
    between never add up.
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
    """Count one more event and return how many there were in this window; nothing is blocked."""
    row = _locked(db, key, now)
    if now - row.window_from >= window or now < row.window_from:
        row.window_from, row.count = now, 0
    row.count += 1
    db.flush()
    return row.count


def forgive(db: Session, key: str) -> None:
    """Take one back from the count of `key`, if there is any; a block that has begun goes on."""
    db.execute(
        update(Throttle)
        .where(Throttle.key == key, Throttle.count > 0)
        .values(count=Throttle.count - 1)
        .execution_options(synchronize_session=False)
    )


def forget(db: Session, key: str) -> None:
    """Forget the failures of `key`: its owner has come."""
    db.execute(delete(Throttle).where(Throttle.key == key))


def _add_failure(row: Throttle, now: datetime) -> None:
    row.count = min(row.count + 1, _MOST_FAILURES)
    if row.count >= _FREE_FAILURES:
        doubled = _FIRST_BLOCK * 2 ** (row.count - _FREE_FAILURES)
        row.blocked_until = now + min(doubled, _LONGEST_BLOCK)


def _locked(db: Session, key: str, now: datetime) -> Throttle:
    """Return the row of `key`, made if need be; held until the transaction ends."""
    wanted = select(Throttle).where(Throttle.key == key).with_for_update().execution_options(populate_existing=True)
    while True:
        insert_new(db, Throttle, key=key, count=0, window_from=now)
        row = db.scalars(wanted).first()
        if row is not None:  # else it was forgotten between the two statements
            return row


def _seconds(left: timedelta) -> int:
    return max(1, -(-int(left.total_seconds() * 1000) // 1000))
