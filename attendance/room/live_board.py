"""The live board of a session (X-3). The database counts it at each request, so any server process can answer."""

import hashlib
import json
import uuid
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, extract, func, literal_column, select
from sqlalchemy.orm import Session

from attendance.attempts.check_in_rows import COUNTING, NOT_REFUSED
from attendance.attempts.observations import COUNTED_STATUS
from attendance.projects.names import ProjectName, name_projects
from attendance.room.session_numbers import count_expected
from models.attendance import CheckIn, CheckInAttempt, CheckInStatus, Direction
from models.projects import Session as VenueSession

_EPOCH = extract("epoch", func.coalesce(CheckIn.machine_at, CheckIn.checked_in_at))
_MINUTE = _EPOCH - _EPOCH % literal_column("60")
_COUNTED = (  # counted by the database: a full hall has thousands of rows, and an open board asks every second
    select(CheckIn.direction, COUNTED_STATUS, _MINUTE, func.count())
    .where(CheckIn.session_id == bindparam("session_id"))
    .group_by(CheckIn.direction, COUNTED_STATUS, _MINUTE)
)


@dataclass(frozen=True)
class Arrivals:
    """How many people checked in during one minute. minute: its first instant."""

    minute: datetime
    count: int


@dataclass(frozen=True)
class Refusals:
    """How many scans and photos were refused for one reason. code: the problem code."""

    code: str
    count: int


@dataclass(frozen=True)
class Board:
    """The numbers of a session at one moment, and which session it is.

    expected: people on the roster, or people with a place if places are limited; came: people checked in, those who
    are late included; left: people checked out; needs_review: check-ins that wait for staff.
    """

    session_id: uuid.UUID
    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    project: ProjectName
    expected: int
    came: int
    late: int
    left: int
    needs_review: int
    in_closes_at: datetime
    out_closes_at: datetime
    closed_at: datetime | None
    cancelled_at: datetime | None
    cancellation_reason: str | None
    arrivals: tuple[Arrivals, ...]
    refusals: tuple[Refusals, ...]

    @property
    def etag(self) -> str:
        """Return a hash of all that is shown: equal boards have equal tags on all servers."""
        text = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_board(db: Session, session: VenueSession) -> Board:
    """Return the board of a session. It takes four statements, which use an index by session or project."""
    states: Counter[tuple[Direction, CheckInStatus]] = Counter()
    minutes: Counter[datetime] = Counter()
    for direction, status, minute, number in db.execute(_COUNTED, {"session_id": session.id}):
        states[direction, status] += number
        if direction is Direction.IN and status in COUNTING:
            minutes[datetime.fromtimestamp(int(minute), UTC)] += number
    return Board(
        session_id=session.id,
        title=session.title,
        venue=session.venue,
        zone=session.zone,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        project=name_projects(db, [session.project_id])[session.project_id],
        expected=count_expected(db, [session])[session.id],
        came=sum(states[Direction.IN, status] for status in COUNTING),
        late=states[Direction.IN, CheckInStatus.LATE],
        left=sum(states[Direction.OUT, status] for status in COUNTING),
        needs_review=sum(states[direction, CheckInStatus.NEEDS_REVIEW] for direction in Direction),
        in_closes_at=session.in_closes_at,
        out_closes_at=session.out_closes_at,
        closed_at=session.closed_at,
        cancelled_at=session.cancelled_at,
        cancellation_reason=session.cancellation_reason,
        arrivals=tuple(Arrivals(minute, count) for minute, count in sorted(minutes.items())),
        refusals=_refusals(db, session.id),
    )


def _refusals(db: Session, session_id: uuid.UUID) -> tuple[Refusals, ...]:
    found = db.execute(
        select(CheckInAttempt.result, func.count())
        .where(CheckInAttempt.session_id == session_id, CheckInAttempt.result.not_in(NOT_REFUSED))
        .group_by(CheckInAttempt.result)
        .order_by(CheckInAttempt.result)
    )
    return tuple(Refusals(code, count) for code, count in found)
