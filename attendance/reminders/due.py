"""Reminds people by itself: of tomorrow's session, of a check-out while it is open, of what is due tomorrow.

The upkeep finds what is due and enqueues a job for it; the job tells the people, in portions. Everybody is told once of
the same thing, whatever ends in the middle and however many machines look at once: the notice has a key.
"""

import enum
import uuid
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from attendance.exams.exams import closes_at
from attendance.own.own_projects import OwedKind
from attendance.projects.access import for_upkeep
from attendance.projects.audience import select_expected
from attendance.record.last_moments import CONFIRMED, UNDER_WAY, last_moment, lock_for_work, where_open
from attendance.record.missing import has, owes_check_out
from attendance.reminders.missing_learners import TOPICS, MissingLearner, Roll
from attendance.reminders.reminding import is_due
from foundation import inbox, jobs
from foundation.clock import HOME, day_at_home
from foundation.inbox import News
from foundation.jobs import Progress, Result, Work
from models.attendance import Direction
from models.exams import Exam, ExamException
from models.jobs import Job, JobStatus
from models.notices import Notice, NoticeTopic
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession

JOB = "reminder"
PORTION = 500
_FROM_HOUR = 9
"""Nobody is reminded of tomorrow before this hour of the day."""
_DAY = timedelta(days=1)
_OPEN_FOR = timedelta(days=31)  # from the last day of a project to the midnight of `last_moment`
_BEFORE_CLOSING = timedelta(minutes=15)
_TAKES_PLACE = (ProjectStatus.ANNOUNCED, ProjectStatus.RUNNING)


class Occasion(enum.StrEnum):
    """What people are reminded of."""

    SESSION = "session"
    CHECK_OUT = "check_out"
    EVALUATION = "evaluation"
    EXAM = "exam"


_OWED = {
    Occasion.CHECK_OUT: OwedKind.CHECK_OUT,
    Occasion.EVALUATION: OwedKind.EVALUATION,
    Occasion.EXAM: OwedKind.EXAM,
}


@dataclass(frozen=True)
class Due:
    """A reminder that is due. subject_id: the session or project; moment: the time that it is about."""

    occasion: Occasion
    subject_id: uuid.UUID
    moment: datetime


def enqueue_due(db: Session, *, now: datetime) -> int:
    """Enqueue a job for each reminder that is due and has none yet; return how many. It adds to the open transaction.

    Two machines that look at once may both enqueue one: its second job tells nobody.
    """
    found = 0
    for due in _find_due(db, now):
        payload = {"occasion": due.occasion.value, "moment": due.moment.isoformat()}
        if payload not in _enqueued(db, due, now):
            jobs.enqueue(
                db, kind=_kind(due.occasion), subject_id=due.subject_id, payload=payload, now=now, actor_id=None
            )
            found += 1
    return found


def remind(work: Work) -> Generator[Progress, None, Result]:
    """Tell the people of one reminder, in portions. Nothing is told of what was moved or cancelled meanwhile."""
    occasion, moment = Occasion(work.job.payload["occasion"]), datetime.fromisoformat(work.job.payload["moment"])
    subject_id, now = work.job.subject_id, work.clock.now()
    assert subject_id is not None  # noqa: S101 - `enqueue_due` gives each its subject
    if occasion is Occasion.SESSION:
        told = _tell_of_session(work.db, subject_id, moment, now)
        yield Progress(told, None)
        return {"told": told}
    after, told = None, work.job.done
    while True:
        reminder = _Reminder(work.db, Due(occasion, subject_id, moment), now)
        learners = reminder.roll.list(None, after=after, limit=PORTION)
        told += reminder.tell(learners)
        yield Progress(told, None)
        if len(learners) < PORTION:
            return {"told": told}
        after = learners[-1].name, learners[-1].person_id


class _Reminder:
    """A reminder of what learners have not done, as things are at `now`. Its project is locked until the next step."""

    def __init__(self, db: Session, due: Due, now: datetime) -> None:
        self._db, self._due, self._now, self._what = db, due, now, _OWED[due.occasion]
        is_of_session = due.occasion is Occasion.CHECK_OUT
        self._project = _lock_session(db, due.subject_id)[1] if is_of_session else lock_for_work(db, due.subject_id)
        self.roll = Roll(db, project=for_upkeep(self._project), what=self._what, now=now)

    def tell(self, learners: Sequence[MissingLearner]) -> int:
        """Tell those of the learners who can still do it until this moment, and who were not reminded lately."""
        people = [each.person_id for each in learners if self._is_meant(each)]
        due, session_id = self._due, self._due.subject_id if self._what is OwedKind.CHECK_OUT else None
        key = _key(due.occasion, due.subject_id, due.moment)
        facts = {"until": due.moment.isoformat()}
        news = News(TOPICS[self._what], self._now, self._project.id, session_id, facts=facts, once=key)
        return inbox.tell(self._db, people, news)

    def _is_meant(self, learner: MissingLearner) -> bool:
        if learner.why_not is not None:
            return False
        if self._what is not OwedKind.CHECK_OUT:
            return learner.until == self._due.moment and is_due(learner.reminded_at, self._what, self._now)
        missed = [each for each in learner.sessions if each.id == self._due.subject_id]
        return any(
            each.until == self._due.moment and is_due(each.reminded_at, self._what, self._now) for each in missed
        )


def take_back_done(db: Session, *, now: datetime) -> None:
    """Delete reminders of a check-out that was made meanwhile."""
    young = Notice.topic == NoticeTopic.CHECK_OUT_REMINDER, Notice.at > now - _DAY
    db.execute(delete(Notice).where(*young, has(Notice.session_id, Notice.person_id, Direction.OUT)))


def _kind(occasion: Occasion) -> str:
    return f"{JOB}_{occasion.value}"


KINDS = tuple(_kind(occasion) for occasion in Occasion)
"""The kinds of jobs that `remind` does: one for each occasion, so that those of a subject are found."""


def _enqueued(db: Session, due: Due, now: datetime) -> Sequence[dict[str, str]]:
    """Return the payloads of the jobs of this occasion and subject that did not fail: an exam may have several."""
    mine = Job.kind == _kind(due.occasion), Job.subject_id == due.subject_id, Job.created_at > now - 2 * _DAY
    return db.scalars(select(Job.payload).where(*mine, Job.status != JobStatus.FAILED)).all()


def _find_due(db: Session, now: datetime) -> Iterator[Due]:
    for session, _ in db.execute(_sessions_of_tomorrow(now)):
        if _is_tomorrow(session.starts_at, ZoneInfo(session.zone), now):
            yield Due(Occasion.SESSION, session.id, session.starts_at)
    for session, project in db.execute(_sessions_to_leave(now)):
        if owes_check_out(project, session, now) and now >= _reminded_from(session):
            yield Due(Occasion.CHECK_OUT, session.id, session.out_closes_at)
    for project_id, occasion, moment in _last_moments(db, now):
        if _is_tomorrow(moment - timedelta(microseconds=1), HOME, now):
            yield Due(occasion, project_id, moment)


def _is_tomorrow(at: datetime, zone: ZoneInfo, now: datetime) -> bool:
    """Return whether an instant is on the next day of a zone, and it is late enough in the day to speak of it."""
    here = now.astimezone(zone)
    return here.hour >= _FROM_HOUR and at.astimezone(zone).date() == here.date() + _DAY


def _sessions_of_tomorrow(now: datetime) -> Select[VenueSession, Project]:
    """Select sessions that may be tomorrow's, by the clock of some zone."""
    soon = VenueSession.starts_at > now, VenueSession.starts_at < now + 2 * _DAY
    return _held(VenueSession.closed_at.is_(None), *soon)


def _sessions_to_leave(now: datetime) -> Select[VenueSession, Project]:
    """Select sessions of which people can check out now."""
    is_open = VenueSession.out_opens_at <= now, VenueSession.out_closes_at > now
    return _held(Project.needs_check_out.is_(True), VenueSession.closed_at.is_(None), *is_open)


def _held(*conditions: ColumnElement[bool]) -> Select[VenueSession, Project]:
    takes_place = Project.status.in_(_TAKES_PLACE), VenueSession.cancelled_at.is_(None)
    wanted = select(VenueSession, Project).join(Project, Project.id == VenueSession.project_id)
    return wanted.where(*takes_place, *conditions).order_by(VenueSession.id)


def _reminded_from(session: VenueSession) -> datetime:
    """Return when those who have not left are reminded: at the end, or a quarter of an hour before check-out closes."""
    return max(session.out_opens_at, min(session.ends_at, session.out_closes_at - _BEFORE_CLOSING))


def _last_moments(db: Session, now: datetime) -> Iterator[tuple[uuid.UUID, Occasion, datetime]]:
    """Yield the last moments of evaluations and exams that lie in the next two days, also those of single learners."""
    until = now + 2 * _DAY
    first, last = (day_at_home(at) - _OPEN_FOR for at in (now, until))
    by_itself = and_(Project.status.in_(UNDER_WAY), Project.ends_on.between(first, last))
    waits = and_(Project.status.in_(CONFIRMED), Project.open_until > now, Project.open_until < until)
    for project in db.scalars(select(Project).where(or_(by_itself, waits)).order_by(Project.id)):
        moment = last_moment(project) if project.status in UNDER_WAY else project.open_until
        if moment is not None and project.needs_evaluation:
            yield project.id, Occasion.EVALUATION, moment
    by_exam = and_(Exam.closes_at > now, Exam.closes_at < until)
    exams = select(Exam, Project).join(Project, Project.id == Exam.project_id)
    exams = exams.where(Project.needs_exam, where_open(now), or_(by_exam, Project.ends_on.between(first, last)))
    for exam, project in db.execute(exams.order_by(Project.id)):
        yield project.id, Occasion.EXAM, closes_at(exam, project)
    own = select(ExamException.project_id, ExamException.until).where(
        ExamException.until > now, ExamException.until < until
    )
    for project_id, moment in db.execute(own.distinct().order_by(ExamException.project_id, ExamException.until)):
        if moment is not None:
            yield project_id, Occasion.EXAM, moment


def _tell_of_session(db: Session, session_id: uuid.UUID, moment: datetime, now: datetime) -> int:
    """Tell all who are expected at a session that is still planned for this moment; return how many."""
    session, project = _lock_session(db, session_id)
    if session is None or session.starts_at != moment or now >= moment or not _takes_place(session, project):
        return 0
    topic = NoticeTopic.SESSION_TOMORROW
    news = News(topic, now, project.id, session.id, once=_key(Occasion.SESSION, session_id, moment))
    inbox.tell_all(db, select_expected(project.id, session), news)
    return db.scalar(select(func.count()).where(Notice.session_id == session.id, Notice.once == news.once)) or 0


def _lock_session(db: Session, session_id: uuid.UUID) -> tuple[VenueSession | None, Project]:
    """Return the session as it is now, and its project: nobody moves or cancels it until this transaction ends."""
    project_id = db.scalars(select(VenueSession.project_id).where(VenueSession.id == session_id)).one()
    project = lock_for_work(db, project_id)
    wanted = select(VenueSession).where(VenueSession.id == session_id).execution_options(populate_existing=True)
    return db.scalars(wanted).one(), project


def _takes_place(session: VenueSession, project: Project) -> bool:
    is_held = session.cancelled_at is None and session.closed_at is None
    return is_held and project.status in _TAKES_PLACE


def _key(occasion: Occasion, subject_id: uuid.UUID, moment: datetime) -> str:
    return f"{occasion.value}:{subject_id}:{moment.isoformat()}"
