"""How long a session may be and still count: one check-in must not stand for a whole day. Pure rules.

A session over six hours needs check-out. A session that ends on another day, or lasts over twelve hours, can't count,
except one that crosses midnight within six hours.
"""

import enum
from datetime import datetime, timedelta

from attendance.errors import SessionTooLong
from foundation.clock import local_day

_ONE_CHECK_IN, _LONGEST = timedelta(hours=6), timedelta(hours=12)
_TO_MIDNIGHT = timedelta(microseconds=1)


class Need(enum.StrEnum):
    """What a long session needs: a check-out, or not to count."""

    CHECK_OUT = "check_out"
    COUNTS_FALSE = "counts_false"


def find_need(starts_at: datetime, ends_at: datetime, zone: str) -> Need | None:
    """Return what a session of this length needs, None for a short one. zone: an IANA name, for its days."""
    length = ends_at - starts_at
    if length <= _ONE_CHECK_IN:
        return None
    last_day = local_day(ends_at - _TO_MIDNIGHT, zone)  # until midnight is still the same day
    if length > _LONGEST or last_day != local_day(starts_at, zone):
        return Need.COUNTS_FALSE
    return Need.CHECK_OUT


def check_length(starts_at: datetime, ends_at: datetime, zone: str, *, counts: bool, needs_check_out: bool) -> None:
    """Raise SessionTooLong for a session that counts and is too long for that."""
    need = find_need(starts_at, ends_at, zone)
    if not counts or need is None or (need is Need.CHECK_OUT and needs_check_out):
        return
    hours = (ends_at - starts_at) / timedelta(hours=1)
    field = "counts" if need is Need.COUNTS_FALSE else "ends_at"
    raise SessionTooLong(field=field, facts={"hours": f"{hours:.1f}", "needs": need.value})
