"""The rehearsal of a session (X-9): simulated attendees use its codes, windows and rules; nothing is written.

The arrivals follow what real sessions show: most people arrive in the last minutes, some are late, a few are too late,
and some phones are slow to read the code. The same session always gives the same result.
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.errors import SessionNotOpen
from attendance.sessions.venue_codes import VenueCodes, Verdict
from attendance.sessions.windows import is_open, status_of
from models.attendance import CheckInStatus, Direction
from models.projects import Session as VenueSession

_RUSH, _EARLY, _LATE = 0.70, 0.20, 0.07  # shares of all; the others arrive after check-in has closed
_RUSH_MINUTES = 3
_SLOW_PHONES, _SLOW_SECONDS = 0.05, (25, 60)  # a code is valid for 15 to 30 seconds


@dataclass(frozen=True)
class RehearsalResult:
    """The simulated numbers. came: people checked in; shut_out: people refused in the end.

    arrivals: people by minute; refusals: refused scans by problem code. A person with an expired code scans again.
    """

    attendees: int
    came: int
    late: int
    shut_out: int
    busiest_minute: int
    arrivals: tuple[tuple[datetime, int], ...]
    refusals: tuple[tuple[str, int], ...]


def rehearse(session: VenueSession, *, attendees: int, codes: VenueCodes) -> RehearsalResult:
    """Simulate the arrival of `attendees` people at a session and return the numbers."""
    chance = random.Random(session.id.int)  # noqa: S311 - simulated people, no secret
    states: Counter[CheckInStatus] = Counter()
    minutes: Counter[datetime] = Counter()
    refusals: Counter[str] = Counter()
    for _ in range(attendees):
        at = _arrival(session, chance)
        if chance.random() < _SLOW_PHONES:
            read_at = at + timedelta(seconds=chance.randint(*_SLOW_SECONDS))
            if _scan(session, codes, shown_at=at, read_at=read_at) is not Verdict.GOOD:
                refusals["qr_expired"] += 1
            at = read_at
        if _scan(session, codes, shown_at=at, read_at=at) is not Verdict.GOOD:
            refusals["qr_invalid"] += 1
            continue
        if not is_open(session, Direction.IN, at):
            refusals[SessionNotOpen.code] += 1
            continue
        states[status_of(session, Direction.IN, at)] += 1
        minutes[at.replace(second=0, microsecond=0)] += 1
    came = sum(states.values())
    return RehearsalResult(
        attendees=attendees,
        came=came,
        late=states[CheckInStatus.LATE],
        shut_out=attendees - came,
        busiest_minute=max(minutes.values(), default=0),
        arrivals=tuple(sorted(minutes.items())),
        refusals=tuple(sorted(refusals.items())),
    )


def _arrival(session: VenueSession, chance: random.Random) -> datetime:
    kind, place = chance.random(), chance.random()
    rush = session.starts_at - timedelta(minutes=_RUSH_MINUTES)
    if kind < _RUSH:
        return rush + (session.starts_at - rush) * place
    if kind < _RUSH + _EARLY:
        return session.in_opens_at + max(rush - session.in_opens_at, timedelta(0)) * place
    if kind < _RUSH + _EARLY + _LATE:
        return session.starts_at + max(session.in_closes_at - session.starts_at, timedelta(0)) * place
    return session.in_closes_at + timedelta(minutes=10) * place


def _scan(session: VenueSession, codes: VenueCodes, *, shown_at: datetime, read_at: datetime) -> Verdict:
    """Judge at `read_at` the code that the screen showed at `shown_at`."""
    scan = codes.read(codes.show(session, shown_at).url)
    return codes.judge(session, scan.code, read_at)
