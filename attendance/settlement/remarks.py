"""Remarks on the people of a list, for whoever reviews it: who is staff, who joined on the spot, who was excused."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from attendance.projects.staff import is_staff
from models.attendance import AttendanceCorrection, AttendanceMark
from models.projects import RosterEntry, RosterOrigin, RosterRole
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class ExcusedSession:
    """A session at which a person was excused."""

    session_id: uuid.UUID
    title: str


@dataclass(frozen=True)
class Remarks:
    """What is worth knowing of a person on a list. is_staff: they organize the project, or were assigned to it.

    origin: how they got onto the roster as a learner.
    """

    is_staff: bool = False
    excused: tuple[ExcusedSession, ...] = ()
    origin: RosterOrigin = RosterOrigin.STAFF


class RemarksByPerson:
    """The remarks on people of a project. Most people have none."""

    def __init__(
        self,
        staff: Collection[uuid.UUID] = (),
        excused: Mapping[uuid.UUID, list[ExcusedSession]] | None = None,
        origins: Mapping[uuid.UUID, RosterOrigin] | None = None,
    ) -> None:
        self._staff, self._excused, self._origins = frozenset(staff), excused or {}, origins or {}

    def on(self, person_id: uuid.UUID) -> Remarks:
        """Return the remarks on a person."""
        origin = self._origins.get(person_id, RosterOrigin.STAFF)
        return Remarks(person_id in self._staff, tuple(self._excused.get(person_id, ())), origin)

    @property
    def on_site(self) -> int:
        """Return how many people joined on the spot (现场报名)."""
        return sum(origin is RosterOrigin.ON_SITE for origin in self._origins.values())


def remarks_on(db: Session, *, project_id: uuid.UUID, people: Collection[uuid.UUID] | None = None) -> RemarksByPerson:
    """Return the remarks on these people of a project, None for all, in two statements."""
    organizes = is_staff(RosterEntry.person_id, project_id)
    came_themselves = (RosterEntry.role == RosterRole.LEARNER) & (RosterEntry.origin != RosterOrigin.STAFF)
    noted = select(RosterEntry.person_id, organizes, RosterEntry.origin, came_themselves).where(
        RosterEntry.project_id == project_id, or_(organizes, came_themselves)
    )
    made = AttendanceCorrection
    age = func.row_number().over(partition_by=(made.session_id, made.person_id), order_by=made.id.desc())
    marks = (
        select(made.person_id, made.mark, VenueSession.id, VenueSession.title, VenueSession.starts_at, age.label("age"))
        .join(VenueSession, VenueSession.id == made.session_id)
        .where(VenueSession.project_id == project_id)
    )
    if people is not None:
        noted = noted.where(RosterEntry.person_id.in_(people))
        marks = marks.where(made.person_id.in_(people))
    last = marks.subquery("last")
    wanted = select(last.c.person_id, last.c.id, last.c.title).where(
        last.c.age == 1, last.c.mark == AttendanceMark.EXCUSED
    )
    excused: dict[uuid.UUID, list[ExcusedSession]] = defaultdict(list)
    for person_id, session_id, title in db.execute(wanted.order_by(last.c.person_id, last.c.starts_at, last.c.id)):
        excused[person_id].append(ExcusedSession(session_id, title))
    entries = db.execute(noted).all()
    staff = {person_id for person_id, is_organizer, *_ in entries if is_organizer}
    origins = {person_id: origin for person_id, _, origin, is_own in entries if is_own}
    return RemarksByPerson(staff, excused, origins)
