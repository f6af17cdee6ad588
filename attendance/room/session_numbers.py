"""The numbers of several sessions at once: expected, came, late, left, waiting for review. Three statements."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from attendance.attempts.check_in_rows import COUNTING
from attendance.attempts.observations import COUNTED_STATUS
from models.attendance import CheckIn, CheckInStatus, Direction
from models.projects import RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class SessionNumbers:
    """The numbers of a session, as on its board. came: people checked in, those who are late included."""

    expected: int
    came: int
    late: int
    left: int
    needs_review: int


def read_numbers(db: Session, sessions: Sequence[VenueSession]) -> dict[uuid.UUID, SessionNumbers]:
    """Return the numbers by session."""
    ids = [each.id for each in sessions]
    counted = (
        select(CheckIn.session_id, CheckIn.direction, COUNTED_STATUS, func.count())
        .where(CheckIn.session_id.in_(ids))
        .group_by(CheckIn.session_id, CheckIn.direction, COUNTED_STATUS)
    )
    found: Counter[tuple[uuid.UUID, Direction, CheckInStatus]] = Counter()
    for session_id, direction, status, number in db.execute(counted):
        found[session_id, direction, status] += number
    expected = count_expected(db, sessions)
    waits = CheckInStatus.NEEDS_REVIEW
    return {
        ident: SessionNumbers(
            expected=expected[ident],
            came=sum(found[ident, Direction.IN, status] for status in COUNTING),
            late=found[ident, Direction.IN, CheckInStatus.LATE],
            left=sum(found[ident, Direction.OUT, status] for status in COUNTING),
            needs_review=sum(found[ident, direction, waits] for direction in Direction),
        )
        for ident in ids
    }


def count_expected(db: Session, sessions: Sequence[VenueSession]) -> dict[uuid.UUID, int]:
    """Return how many people are expected, by session: the roster; at one with places, the speakers and the holders."""
    people = func.count(func.distinct(RosterEntry.person_id))
    open_to_all = {each.project_id for each in sessions if each.capacity is None}
    of_projects: dict[uuid.UUID, int] = {}
    if open_to_all:
        rosters = select(RosterEntry.project_id, people).where(RosterEntry.project_id.in_(open_to_all))
        of_projects = {row[0]: row[1] for row in db.execute(rosters.group_by(RosterEntry.project_id))}
    with_places = [each.id for each in sessions if each.capacity is not None]
    holding: dict[uuid.UUID, int] = {}
    if with_places:
        has_place = exists().where(
            SessionPlace.session_id == VenueSession.id,
            SessionPlace.person_id == RosterEntry.person_id,
            ~SessionPlace.is_waiting,
        )
        holders = select(VenueSession.id, people).join(RosterEntry, RosterEntry.project_id == VenueSession.project_id)
        holders = holders.where(VenueSession.id.in_(with_places))
        holders = holders.where(or_(RosterEntry.role == RosterRole.SPEAKER, has_place))
        holding = {row[0]: row[1] for row in db.execute(holders.group_by(VenueSession.id))}
    return {
        each.id: (of_projects.get(each.project_id, 0) if each.capacity is None else holding.get(each.id, 0))
        for each in sessions
    }
