"""Which learners of a project have not done something yet, and why some of them can't do it any more."""

import enum
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, select
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.evaluations.forms import find_form
from attendance.evaluations.responses import select_respondents, takes_answers
from attendance.exams.chances import find_chances
from attendance.exams.exams import find_exam, select_passed
from attendance.own.own_projects import OwedKind
from attendance.projects.access import ReadableProject
from attendance.projects.staff import is_staff
from attendance.projects.states import NOT_ANNOUNCED, OVER
from attendance.record.last_moments import CONFIRMED, is_open, last_moment
from attendance.record.missing import has, is_marked, last_moment_at, owes_check_out
from attendance.record.participants import has_attended
from attendance.record.sums import who_met_for_sure
from attendance.sessions.held import planned_sessions
from foundation.listing import Count, Order, count_rows
from models.attendance import Direction
from models.notices import Notice, NoticeTopic
from models.people import Person, Unit
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole
from models.projects import Session as VenueSession

TOPICS = {
    OwedKind.CHECK_OUT: NoticeTopic.CHECK_OUT_REMINDER,
    OwedKind.EVALUATION: NoticeTopic.EVALUATION_REMINDER,
    OwedKind.EXAM: NoticeTopic.EXAM_REMINDER,
}
_ORDER = Order((Person.name, Person.id))


class WhyNotReminded(enum.StrEnum):
    """Why a learner who misses something is not reminded of it."""

    TOO_LATE = "too_late"
    NOT_OPEN_YET = "not_open_yet"
    NO_ATTEMPTS_LEFT = "no_attempts_left"
    ATTENDANCE_NOT_MET = "attendance_not_met"
    STAFF = "staff"
    """Staff of the project can't sit its exam."""
    REMINDED_LATELY = "reminded_lately"


@dataclass(frozen=True)
class MissedSession:
    """A session that a learner has not checked out of. until: None if it is too late."""

    id: uuid.UUID
    title: str
    starts_at: datetime
    until: datetime | None
    reminded_at: datetime | None


@dataclass(frozen=True)
class MissingLearner:
    """A learner who has not done something. unit: the name of their unit; sessions: those not checked out of.

    until: when they can no longer do it, None if that is over; why_not: why they can't do it now, None if they can;
    reminded_at: when they were last reminded.
    """

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    sessions: Sequence[MissedSession]
    until: datetime | None
    why_not: WhyNotReminded | None
    reminded_at: datetime | None


class Roll:
    """Lists the learners of a project who have not done one thing, as things are at `now`."""

    def __init__(self, db: Session, *, project: ReadableProject, what: OwedKind, now: datetime) -> None:
        self._db, self._project, self._what, self._now = db, project, what, now
        due = [each for each in planned_sessions(db, project) if owes_check_out(project, each, now)]
        self._sessions = {each.id: each for each in due} if what is OwedKind.CHECK_OUT else {}
        self._exam = find_exam(db, project.id) if what is OwedKind.EXAM and project.needs_exam else None
        self._chances = find_chances(db, project=project, now=now)
        self._own_ends = self._chances.last_moments(db) if self._exam is not None else {}

    @cached_property
    def is_asked_for(self) -> bool:
        """Return whether the project asks its learners for this at all."""
        if self._what is OwedKind.CHECK_OUT:
            return self._project.needs_check_out
        if self._what is OwedKind.EXAM:
            return self._exam is not None
        return self._project.needs_evaluation and find_form(self._db, self._project.id) is not None

    def list(self, text: str | None, *, after: Sequence[Any] | None, limit: int) -> list[MissingLearner]:
        """Return who has not done it, by name, beginning after the keys `after`. text: a part of the name or number."""
        wanted = _ORDER.page(self._missing(text), after=after, limit=limit)
        rows = self._db.execute(wanted).all()
        people = [row.id for row in rows]
        reminded, sessions = self._reminded(people), self._sessions_of(people)
        last: dict[uuid.UUID, datetime] = {}
        for (person_id, _), at in reminded.items():
            last[person_id] = max(at, last.get(person_id, at))
        met = self._who_met(people)
        found = []
        for row in rows:
            missed = [self._missed(each, reminded.get((row.id, each))) for each in sessions[row.id]]
            until = self._until(row.id, missed)
            why_not = self._why_not(row, until, row.id in met)
            person = row.id, row.name, row.cme_number, row.unit
            found.append(MissingLearner(*person, missed, until if why_not is None else None, why_not, last.get(row.id)))
        return found

    def count(self, text: str | None) -> Count:
        """Return how many people `list` has."""
        return count_rows(self._db, self._missing(text).with_only_columns(Person.id))

    def _missing(self, text: str | None) -> Any:
        can_pass: ColumnElement[bool] = literal(True)
        has_more, staff = can_pass, can_pass
        if self._exam is not None:
            can_pass, has_more = self._chances.can_pass(Person.id), self._chances.has_more(Person.id)
            staff = is_staff(Person.id, self._project.id)
        is_learner = exists().where(
            RosterEntry.project_id == self._project.id,
            RosterEntry.person_id == Person.id,
            RosterEntry.role == RosterRole.LEARNER,
        )
        columns = Person.id, Person.name, Person.cme_number, Unit.name.label("unit")
        return (
            select(*columns, can_pass.label("can_pass"), has_more.label("has_more"), staff.label("is_staff"))
            .join(Unit, Unit.id == Person.unit_id)
            .join(Project, Project.id == self._project.id)
            .where(is_learner, self._lacks(), holds_name(text))
        )

    def _lacks(self) -> ColumnElement[bool]:
        """Return the condition that the Person of the enclosing statement has not done it."""
        if not self.is_asked_for:
            return false()
        if self._what is OwedKind.CHECK_OUT:
            return exists().where(VenueSession.id.in_(self._sessions), _left_open()).correlate_except(VenueSession)
        if self._what is OwedKind.EXAM:
            return Person.id.not_in(select_passed(self._project.id))
        return and_(has_attended(Person.id), Person.id.not_in(select_respondents(self._project.id)))

    def _sessions_of(self, people: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[uuid.UUID]]:
        found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        if self._sessions and people:
            wanted = select(Person.id, VenueSession.id).join(VenueSession, VenueSession.id.in_(self._sessions))
            wanted = wanted.where(Person.id.in_(people), _left_open())
            for person_id, session_id in self._db.execute(wanted.order_by(VenueSession.starts_at, VenueSession.id)):
                found[person_id].append(session_id)
        return found

    def _missed(self, session_id: uuid.UUID, reminded_at: datetime | None) -> MissedSession:
        session = self._sessions[session_id]
        until = None if self._stage else last_moment_at(session, Direction.OUT, self._now)
        return MissedSession(session.id, session.title, session.starts_at, until, reminded_at)

    def _reminded(self, people: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID | None], datetime]:
        """Return when these people were last reminded of it, by person and session."""
        wanted = select(Notice.person_id, Notice.session_id, func.max(Notice.at)).where(
            Notice.person_id.in_(people), Notice.project_id == self._project.id, Notice.topic == TOPICS[self._what]
        )
        rows = self._db.execute(wanted.group_by(Notice.person_id, Notice.session_id))
        return {(person_id, session_id): at for person_id, session_id, at in rows}

    def _who_met(self, people: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
        if self._exam is None or not self._exam.needs_attendance:
            return frozenset(people)
        return who_met_for_sure(self._db, self._project, people=people)

    def _until(self, person_id: uuid.UUID, missed: Sequence[MissedSession]) -> datetime | None:
        if self._what is OwedKind.CHECK_OUT:
            return min((each.until for each in missed if each.until is not None), default=None)
        if self._what is OwedKind.EXAM:
            ends = (self._chances.closes_at, self._own_ends.get(person_id))
            return max((each for each in ends if each is not None), default=None)
        return self._project.open_until if self._project.status in CONFIRMED else last_moment(self._project)

    @cached_property
    def _stage(self) -> WhyNotReminded | None:
        """Return why nobody can do it at this project now; None if some can."""
        status = self._project.status
        if status in NOT_ANNOUNCED:
            return WhyNotReminded.NOT_OPEN_YET
        if self._what is OwedKind.CHECK_OUT:
            return WhyNotReminded.TOO_LATE if status in OVER else None
        if status is ProjectStatus.ANNOUNCED:
            return WhyNotReminded.NOT_OPEN_YET
        is_possible = is_open(self._project, self._now)
        if self._what is OwedKind.EVALUATION:
            is_possible = takes_answers(self._db, self._project, self._now)
        return None if is_possible else WhyNotReminded.TOO_LATE

    def _why_not(self, row: Any, until: datetime | None, has_met: bool) -> WhyNotReminded | None:
        if (stage := self._stage) is not None:
            return stage
        if self._exam is None:
            return WhyNotReminded.TOO_LATE if until is None and self._what is OwedKind.CHECK_OUT else None
        if row.is_staff:
            return WhyNotReminded.STAFF
        if self._exam.opens_at is not None and self._now < self._exam.opens_at:
            return WhyNotReminded.NOT_OPEN_YET
        if not row.can_pass:
            return WhyNotReminded.TOO_LATE if row.has_more else WhyNotReminded.NO_ATTEMPTS_LEFT
        return None if has_met else WhyNotReminded.ATTENDANCE_NOT_MET


def _left_open() -> ColumnElement[bool]:
    """Return the condition that the Person has checked in to the VenueSession, and not out."""
    came, left = (has(VenueSession.id, Person.id, direction) for direction in Direction)
    return and_(came, ~left, ~is_marked(VenueSession.id, Person.id))
