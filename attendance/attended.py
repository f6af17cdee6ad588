"""Which sessions of a project count for each learner: what settlement, evaluation and exam ask for.

A constant number of statements, however many learners and sessions there are.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from attendance.slots import Held, Slot, make_slots
from attendance.standing import Standing, judge
from models.attendance import AttendanceCorrection, AttendanceMark, CheckIn, CheckInStatus, Direction
from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Share:
    """counted: sessions attended that count; required: sessions there were to attend, overlapping ones once."""

    counted: int
    required: int

    @property
    def share(self) -> Decimal:
        """0 to 1; 0 for a project without sessions, where there was nothing to attend."""
        return Decimal(self.counted) / self.required if self.required else Decimal(0)

    def meets(self, min_attendance: Decimal) -> bool:
        """Whether at least this share was attended. With a least share of 0 nobody needs to come."""
        return self.share >= min_attendance


@dataclass(frozen=True)
class Facts:
    """What is on record for one person at one session."""

    arrival: CheckInStatus | None = None
    departure: CheckInStatus | None = None
    mark: AttendanceMark | None = None


Place = tuple[uuid.UUID, uuid.UUID]
"""A session and a person."""

_NOTHING = Facts()


def shares(db: Session, project: Project, *, person_id: uuid.UUID | None = None) -> dict[uuid.UUID, Share]:
    """Each learner of the roster with their share; of one of them, where person_id is given.

    A session counts once it is attended as the project's conditions say: with check-out where that is needed.
    """
    learners = select(RosterEntry.person_id).where(
        RosterEntry.project_id == project.id, RosterEntry.role == RosterRole.LEARNER
    )
    if person_id is not None:
        learners = learners.where(RosterEntry.person_id == person_id)
    sessions = held_sessions(db, project)
    facts = facts_by_place(db, [each.id for each in sessions], people=None if person_id is None else [person_id])
    attended = defaultdict(set)
    for (session_id, who), found in facts.items():
        if standing_of(found, project, is_over=True).counts:
            attended[who].add(session_id)
    slots = slots_of(sessions)
    return {who: share_of(slots, attended[who]) for who in db.scalars(learners).all()}


def slots_of(sessions: Iterable[VenueSession]) -> list[Slot]:
    """What there is to attend: overlapping sessions as one slot."""
    return make_slots(Held(each.id, each.track, each.starts_at, each.ends_at) for each in sessions)


def share_of(slots: Iterable[Slot], attended: Collection[uuid.UUID]) -> Share:
    """The share of somebody who attended these sessions."""
    counted = [(slot.counted(attended), slot.required) for slot in slots]
    return Share(sum(count for count, _ in counted), sum(required for _, required in counted))


def held_sessions(db: Session, project: Project) -> Sequence[VenueSession]:
    """The sessions of a project in order, without those that were closed before anybody could go in."""
    wanted = select(VenueSession).where(VenueSession.project_id == project.id)
    found = db.scalars(wanted.order_by(VenueSession.starts_at, VenueSession.id))
    return [each for each in found if was_held(each)]


def was_held(session: VenueSession) -> bool:
    """Whether people can, or could, go in."""
    return session.closed_at is None or session.closed_at > session.in_opens_at


def is_over(session: VenueSession, now: datetime) -> bool:
    """Whether nobody can check in or out any more."""
    end = max(session.in_closes_at, session.out_closes_at)
    return now >= (end if session.closed_at is None else min(end, session.closed_at))


def standing_of(facts: Facts, project: Project, *, is_over: bool) -> Standing:
    """What the facts come to by the conditions of the project."""
    needs_out = project.needs_check_out
    return judge(facts.arrival, facts.departure, facts.mark, needs_check_out=needs_out, is_over=is_over)


def facts_by_place(
    db: Session, session_ids: Sequence[uuid.UUID], *, people: Sequence[uuid.UUID] | None = None
) -> Mapping[Place, Facts]:
    """What is on record at these sessions, where there is anything. people: None for everybody."""
    statuses: dict[tuple[Place, Direction], CheckInStatus] = {}
    check_ins = select(CheckIn.session_id, CheckIn.person_id, CheckIn.direction, CheckIn.status)
    check_ins = check_ins.where(CheckIn.session_id.in_(session_ids))
    if people is not None:
        check_ins = check_ins.where(CheckIn.person_id.in_(people))
    for session_id, who, direction, status in db.execute(check_ins):
        statuses[(session_id, who), direction] = status
    marks = {(each.session_id, each.person_id): each.mark for each in db.scalars(_last_marks(session_ids, people))}
    places = {place for place, _ in statuses} | set(marks)
    return {
        place: Facts(statuses.get((place, Direction.IN)), statuses.get((place, Direction.OUT)), marks.get(place))
        for place in places
    }


def _last_marks(session_ids: Sequence[uuid.UUID], people: Sequence[uuid.UUID] | None) -> Select[AttendanceCorrection]:
    last = func.row_number().over(
        partition_by=(AttendanceCorrection.session_id, AttendanceCorrection.person_id),
        order_by=AttendanceCorrection.id.desc(),
    )
    ranked = select(AttendanceCorrection.id, last.label("place")).where(
        AttendanceCorrection.session_id.in_(session_ids)
    )
    if people is not None:
        ranked = ranked.where(AttendanceCorrection.person_id.in_(people))
    inner = ranked.subquery()
    return select(AttendanceCorrection).join(inner, inner.c.id == AttendanceCorrection.id).where(inner.c.place == 1)
