"""Limits how often something may be tried. The counts are in the database, so that all workers share them.

A key names what is limited and for whom: an account, a phone or a device. It is never an IP address alone, because a
whole hospital can share one.
"""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, bindparam, case, delete, literal, or_, select, update
from sqlalchemy.orm import Session

from foundation.errors import TooManyAttempts
from foundation.transactions import insert_new
from models.accounts import Throttle
from models.base import UtcDateTime

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
    if not _is_open(row.window_from, window, now):
        row.window_from, row.count = now, 0
    if row.count >= limit:
        raise TooManyAttempts(retry_after=_seconds(row.window_from + window - now))
    row.count += 1
    db.flush()


def take_turn(db: Session, key: str, *, pause: timedelta, now: datetime) -> None:
    """Take the next turn of `key`, in one statement. Raises TooManyAttempts within `pause` of the last turn.

    Of many at once one gets it, also where the clock of one machine is behind the others by less than `pause`. A turn
    further in the future comes from a clock that was set back since, and stops nobody.
    """
    insert_new(db, Throttle, key=key, count=0, window_from=now - pause)
    last = Throttle.__table__.c.window_from
    taken = db.execute(
        update(Throttle)
        .where(Throttle.key == key, or_(last <= now - pause, last > now + pause))
        .values(window_from=now)
        .execution_options(synchronize_session=False)
    )
    if not cast(CursorResult[tuple[()]], taken).rowcount:
        taken_at = db.scalar(select(last).where(Throttle.key == key))
        raise TooManyAttempts(retry_after=_seconds((taken_at or now) + pause - now))


def check_count(db: Session, key: str, *, limit: int, window: timedelta, now: datetime) -> None:
    """Raise TooManyAttempts if `count` would; it only reads, so it can stand before slow work that is counted later."""
    row = db.execute(_COUNTED, {"key": key}).first()
    if row is not None and row.tries >= limit and _is_open(row.window_from, window, now):
        raise TooManyAttempts(retry_after=_seconds(row.window_from + window - now))


def check_block(db: Session, key: str, *, now: datetime) -> None:
    """Raise TooManyAttempts while `key` is blocked because of its failures."""
    until = db.execute(_BLOCKED_UNTIL, {"key": key}).scalar()
    if until is not None and now < until:
        raise TooManyAttempts(retry_after=_seconds(until - now))


def take_try(db: Session, key: str, *, now: datetime) -> None:
    """Count a try as a failure before it is judged, in one statement. Raises TooManyAttempts while `key` is blocked.

    It blocks like `count_failure`. The caller commits before it judges, so that of many tries at once only the free
    ones are judged, and calls `forget` for a right one.
    """
    row = Throttle.__table__.c
    is_old = row.window_from <= now - _FAILURES_FORGOTTEN
    failures = case((is_old, 1), (row.count < _MOST_FAILURES, row.count + 1), else_=_MOST_FAILURES)
    blocks = {n: literal(now + _block_after(n), UtcDateTime) for n in range(_FREE_FAILURES, _MOST_FAILURES + 1)}
    counting = (
        update(Throttle)
        .where(Throttle.key == key, or_(row.blocked_until.is_(None), row.blocked_until <= now))
        .values(count=failures, window_from=now, blocked_until=case(blocks, value=failures, else_=None))
        .execution_options(synchronize_session=False)
    )
    while True:
        insert_new(db, Throttle, key=key, count=0, window_from=now)
        if cast(CursorResult[tuple[()]], db.execute(counting)).rowcount:
            return
        check_block(db, key, now=now)  # passes if a right password deleted the row between the two statements


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


def events(db: Session, key: str, *, window: timedelta, now: datetime) -> int:
    """Return the number that `count_event` counted in this window."""
    row = db.execute(_COUNTED, {"key": key}).first()
    return row.tries if row is not None and _is_open(row.window_from, window, now) else 0


def count_event(db: Session, key: str, *, window: timedelta, now: datetime) -> int:
    """Count an event and return the number in this window. It never blocks."""
    row = _locked(db, key, now)
    if not _is_open(row.window_from, window, now):
        row.window_from, row.count = now, 0
    row.count += 1
    db.flush()
    return row.count


def forget(db: Session, key: str) -> None:
    """Forget the failures of `key`, because its owner has signed in."""
    db.execute(delete(Throttle).where(Throttle.key == key))


def _add_failure(row: Throttle, now: datetime) -> None:
    row.count = min(row.count + 1, _MOST_FAILURES)
    if row.count >= _FREE_FAILURES:
        row.blocked_until = now + _block_after(row.count)


def _block_after(failures: int) -> timedelta:
    """Return how long this failure blocks: a minute from the fifth on, and each time twice as long."""
    doubled: timedelta = _FIRST_BLOCK * 2 ** (failures - _FREE_FAILURES)
    return min(doubled, _LONGEST_BLOCK)


def _is_open(begun: datetime, window: timedelta, now: datetime) -> bool:
    """Return whether a window goes on. The clock of another machine may have begun it a little in the future.

    One that begins further ahead than it lasts comes from a clock that was set back since.
    """
    return begun - window < now < begun + window


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
