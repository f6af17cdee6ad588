"""Exceptions for one learner (个别处理): more attempts, a later last moment, or passed, each with a reason."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, func, literal, select, union
from sqlalchemy.orm import Session

from attendance.errors import OwnAttendance, PeriodInvalid, PersonNotOnRoster
from attendance.exams.exams import closes_at, get_exam, is_settled
from attendance.projects.access import OrganizedProject, ReadableProject
from attendance.roster.person_refs import PersonRef, find_all
from foundation import audit
from foundation.callers import Caller
from models.exams import Exam, ExamAttempt, ExamException, ExamExtraTime, ExceptionKind
from models.people import Person
from models.projects import Project, RosterRole

EXTRA_TIME = "extra_time"
"""The kind under which extra time is listed beside the other exceptions."""


@dataclass(frozen=True)
class NewException:
    """An exception to make. attempts: for ATTEMPTS; until: for UNTIL. is_taken_back: remove the one that holds."""

    kind: ExceptionKind
    reason: str
    attempts: int | None = None
    until: datetime | None = None
    is_taken_back: bool = False


@dataclass(frozen=True)
class GivenException:
    """An exception that holds. kind: an ExceptionKind or EXTRA_TIME; minutes: of extra time; given_by: a name."""

    kind: str
    attempts: int | None
    until: datetime | None
    minutes: int | None
    reason: str
    given_by: str
    given_at: datetime


@dataclass(frozen=True)
class ExceptedPerson:
    """A person with the exceptions that hold for them."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    exceptions: tuple[GivenException, ...]


@dataclass(frozen=True)
class ExceptionResult:
    """What holds for a person now. leads_to_round: they pass, and the project is settled already."""

    person: ExceptedPerson
    attempts_left: int
    leads_to_round: bool


def make_exception(
    db: Session, *, project: OrganizedProject, cme_number: str, new: NewException, caller: Caller, now: datetime
) -> ExceptionResult:
    """Set an exception of a learner in place of the earlier one of its kind, and return what holds for them.

    A later last moment also reaches an open attempt that the end of the exam would have cut short. project: locked.
    Raises NotFound for a project without exam, PersonNotOnRoster, OwnAttendance; PeriodInvalid for a moment that is
    over.
    """
    exam = get_exam(db, project)
    person_id = get_other_learner(db, project=project, cme_number=cme_number, caller=caller)
    if new.until is not None and new.until <= now:
        raise PeriodInvalid(field="until")
    given = db.get(ExamException, (project.id, person_id, new.kind), populate_existing=True)
    before = None if given is None else _audited(given)
    if new.is_taken_back:
        if given is not None:
            db.delete(given)
            given = None
    else:
        if given is None:
            given = ExamException(project_id=project.id, person_id=person_id, kind=new.kind)
            db.add(given)
        given.attempts, given.until, given.reason = new.attempts, new.until, new.reason
        given.given_by, given.given_at = caller.person_id, now
    if new.until is not None:
        _prolong(db, exam, project, person_id, new.until, now)
        if project.open_until is not None:  # the settlement waits for people like this one
            project.open_until = max(project.open_until, new.until)
    after = None if given is None else _audited(given)
    person = {"person": str(person_id), "kind": new.kind.value}
    audit.record(
        db,
        caller,
        now,
        "exam.exception",
        project,
        reason=new.reason,
        before=person | (before or {}),
        after=person | (after or {}),
    )
    db.flush()
    is_passed = new.kind is ExceptionKind.PASSED and given is not None
    return _made(db, exam, person_id, leads_to_round=is_passed and is_settled(project))


def get_other_learner(db: Session, *, project: Project, cme_number: str, caller: Caller) -> uuid.UUID:
    """Return the id of a learner of the project. Raises PersonNotOnRoster; OwnAttendance for the caller themselves."""
    person = PersonRef(cme_number)
    found = find_all(db, project_id=project.id, people=[person], role=RosterRole.LEARNER)
    if person not in found:
        raise PersonNotOnRoster(field="cme_number")
    if found[person] == caller.person_id:
        raise OwnAttendance(field="cme_number")
    return found[person]


def lock_open_attempt(db: Session, *, project_id: uuid.UUID, person_id: uuid.UUID, now: datetime) -> ExamAttempt | None:
    """Return the open attempt of a person, locked until this transaction ends; None if no attempt is open."""
    mine = ExamAttempt.project_id == project_id, ExamAttempt.person_id == person_id
    is_open = ExamAttempt.submitted_at.is_(None), ExamAttempt.deadline_at > now
    wanted = select(ExamAttempt).where(*mine, *is_open).with_for_update()
    return db.scalars(wanted.execution_options(populate_existing=True)).first()


def latest_end(db: Session, exam: Exam, project: Project) -> datetime:
    """Return the first instant at which the exam is closed for everybody, also for people with a later last moment."""
    latest = select(func.max(ExamException.until)).where(ExamException.project_id == exam.project_id)
    return max(closes_at(exam, project), db.scalar(latest) or closes_at(exam, project))


def list_excepted(
    db: Session, *, project: ReadableProject, after: uuid.UUID | None, limit: int | None
) -> list[ExceptedPerson]:
    """Return the people with exceptions or extra time, in order of their ids."""
    having = union(
        select(ExamException.person_id).where(ExamException.project_id == project.id),
        select(ExamExtraTime.person_id).where(ExamExtraTime.project_id == project.id, ExamExtraTime.minutes > 0),
    )
    wanted = select(Person.id, Person.cme_number, Person.name).where(Person.id.in_(having)).order_by(Person.id)
    if after is not None:
        wanted = wanted.where(Person.id > after)
    people = db.execute(wanted.limit(limit)).all()
    given = exceptions_of(db, project_id=project.id, person_ids=[each.id for each in people])
    return [ExceptedPerson(id, number, name, tuple(given[id])) for id, number, name in people]


def exceptions_of(
    db: Session, *, project_id: uuid.UUID, person_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[GivenException]]:
    """Return the exceptions and the extra time that hold for people, by person."""
    found: dict[uuid.UUID, list[GivenException]] = defaultdict(list)
    row = ExamException
    wanted = (
        select(row.person_id, row.kind, row.attempts, row.until, row.reason, Person.name, row.given_at)
        .join(Person, Person.id == row.given_by)
        .where(row.project_id == project_id, row.person_id.in_(person_ids))
        .order_by(row.person_id, row.kind)
    )
    for person_id, kind, attempts, until, reason, name, at in db.execute(wanted):
        found[person_id].append(GivenException(kind.value, attempts, until, None, reason, name, at))
    extra = ExamExtraTime
    more = (
        select(extra.person_id, extra.minutes, extra.reason, Person.name, extra.given_at)
        .join(Person, Person.id == extra.given_by)
        .where(extra.project_id == project_id, extra.person_id.in_(person_ids), extra.minutes > 0)
    )
    for person_id, minutes, reason, name, at in db.execute(more):
        found[person_id].append(GivenException(EXTRA_TIME, None, None, minutes, reason, name, at))
    return found


def kinds_by_person(db: Session, *, project: ReadableProject) -> dict[uuid.UUID, list[str]]:
    """Return the kinds of exceptions by person, for the list that the reviewing unit sees, in one statement."""
    row, extra = ExamException, ExamExtraTime
    kinds = select(row.person_id, cast(row.kind, String).label("kind")).where(row.project_id == project.id)
    times = select(extra.person_id, literal(EXTRA_TIME)).where(extra.project_id == project.id, extra.minutes > 0)
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for person_id, kind in db.execute(kinds.union_all(times).order_by("kind")):
        found[person_id].append(kind)
    return dict(found)


def _made(db: Session, exam: Exam, person_id: uuid.UUID, *, leads_to_round: bool) -> ExceptionResult:
    number, name = db.execute(select(Person.cme_number, Person.name).where(Person.id == person_id)).one()
    given = exceptions_of(db, project_id=exam.project_id, person_ids=[person_id])[person_id]
    begun = select(func.count()).where(ExamAttempt.project_id == exam.project_id, ExamAttempt.person_id == person_id)
    allowed = exam.attempts + sum(each.attempts or 0 for each in given)
    left = max(0, allowed - (db.scalar(begun) or 0))
    return ExceptionResult(ExceptedPerson(person_id, number, name, tuple(given)), left, leads_to_round)


def _prolong(db: Session, exam: Exam, project: Project, person_id: uuid.UUID, until: datetime, now: datetime) -> None:
    attempt = lock_open_attempt(db, project_id=project.id, person_id=person_id, now=now)
    if attempt is not None:
        extra = db.get(ExamExtraTime, (project.id, person_id))
        ends = min(attempt.started_at + timedelta(minutes=exam.minutes), max(closes_at(exam, project), until))
        ends += timedelta(minutes=extra.minutes if extra is not None else 0)
        attempt.deadline_at = max(attempt.deadline_at, ends)


def _audited(given: ExamException) -> dict[str, str | int | None]:
    return {"attempts": given.attempts, "until": None if given.until is None else given.until.isoformat()}
