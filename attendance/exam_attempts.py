"""Sitting an exam (考试): a paper drawn, frozen and timed by the server; found again on any device."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from accounts.callers import Caller
from accounts.errors import NotFound
from attendance.errors import NotOnRoster
from attendance.exam_errors import AttemptsUsedUp, DidNotAttend, ExamNotOpen, PauseNotOver
from attendance.exam_hand_in import hand_in, hand_in_overdue
from attendance.exam_papers import Draw, choose, lay_out, list_pools, load_questions
from attendance.exams import closes_at
from attendance.participants import UNDER_WAY, Participant, get_participant
from models.base import new_id
from models.exams import Exam, ExamAnswer, ExamAttempt, ExamExtraTime, Question
from models.transactions import insert_or_none, read_only

_DICE = random.SystemRandom()


@dataclass(frozen=True)
class Sitting:
    """An attempt with the questions of its paper and the answers saved so far. is_new: made by this call."""

    attempt: ExamAttempt
    questions: dict[uuid.UUID, Question]
    answers: dict[uuid.UUID, ExamAnswer]
    is_new: bool = False

    def is_over(self, now: datetime) -> bool:
        """Whether it is handed in, or its time is over, which is the same but for the row."""
        return self.attempt.submitted_at is not None or now >= self.attempt.deadline_at


@dataclass(frozen=True)
class _Facts:
    """What decides whether somebody may begin. extra: their extra time; earlier: their attempts, in order."""

    participant: Participant
    exam: Exam
    extra: timedelta
    earlier: Sequence[Row[uuid.UUID, int, datetime, datetime | None]]

    def find_open(self, now: datetime) -> uuid.UUID | None:
        """The attempt that is under way."""
        return next((each.id for each in self.earlier if each.submitted_at is None and now < each.deadline_at), None)

    def ended_at(self) -> datetime | None:
        """When the last attempt ended; one that no sweep has handed in yet, at its deadline."""
        return max((each.submitted_at or each.deadline_at for each in self.earlier), default=None)


def start(db: Session, *, project_id: uuid.UUID, caller: Caller, now: datetime) -> Sitting:
    """Begin an attempt, or go on with the one that is open, on whichever device.

    Of two that begin at once, both get the same one. Raises NotFound, NotOnRoster, DidNotAttend, ExamNotOpen,
    AttemptsUsedUp, PauseNotOver.
    """
    with read_only(db):
        facts = _look_up(db, project_id, caller)
        open_id = facts.find_open(now)
        if open_id is not None:
            return get_sitting(db, attempt_id=open_id, caller=caller)
        _check(facts, now)
        questions = _choose(db, facts)
    if any(each.submitted_at is None for each in facts.earlier):
        hand_in_overdue(db, now=now, project_id=project_id, person_id=caller.person_id)
    attempt = _insert(db, facts, questions, caller, now)
    if attempt is not None:
        return Sitting(attempt, {each.id: each for each in questions}, {}, is_new=True)
    open_id = _look_up(db, project_id, caller).find_open(now)  # begun by another device meanwhile
    if open_id is None:
        raise PauseNotOver(retry_after=1)
    return get_sitting(db, attempt_id=open_id, caller=caller)


def get_sitting(db: Session, *, attempt_id: uuid.UUID, caller: Caller) -> Sitting:
    """The caller's own attempt. Raises NotFound, for anybody else's too."""
    attempt = _find(db, attempt_id, caller)
    ids = [uuid.UUID(each["question"]) for each in attempt.paper]
    saved = db.scalars(select(ExamAnswer).where(ExamAnswer.attempt_id == attempt_id))
    return Sitting(attempt, load_questions(db, ids), {each.question_id: each for each in saved})


def submit(db: Session, *, attempt_id: uuid.UUID, caller: Caller, now: datetime) -> ExamAttempt:
    """Hand the caller's attempt in (交卷); again, or past the deadline, it is as it was handed in. Raises NotFound."""
    with read_only(db):
        sitting = get_sitting(db, attempt_id=attempt_id, caller=caller)
    if sitting.attempt.submitted_at is not None:
        return sitting.attempt
    attempt = _find(db, attempt_id, caller, is_locked=True)  # no save comes in between from here on
    hand_in(db, attempt=attempt, questions=sitting.questions, now=now)
    return attempt


def _find(db: Session, attempt_id: uuid.UUID, caller: Caller, *, is_locked: bool = False) -> ExamAttempt:
    wanted = select(ExamAttempt).where(ExamAttempt.id == attempt_id, ExamAttempt.person_id == caller.person_id)
    if is_locked:
        wanted = wanted.with_for_update()
    found = db.scalars(wanted.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def _look_up(db: Session, project_id: uuid.UUID, caller: Caller) -> _Facts:
    participant = get_participant(db, project_id=project_id, person_id=caller.person_id)
    found = db.execute(
        select(Exam, ExamExtraTime.minutes)
        .outerjoin(
            ExamExtraTime,
            (ExamExtraTime.project_id == Exam.project_id) & (ExamExtraTime.person_id == caller.person_id),
        )
        .where(Exam.project_id == project_id)
    ).first()
    if found is None:
        raise NotFound
    exam, minutes = found
    earlier = db.execute(
        select(ExamAttempt.id, ExamAttempt.number, ExamAttempt.deadline_at, ExamAttempt.submitted_at)
        .where(ExamAttempt.project_id == project_id, ExamAttempt.person_id == caller.person_id)
        .order_by(ExamAttempt.number)
    ).all()
    return _Facts(participant, exam, timedelta(minutes=minutes or 0), earlier)


def _check(facts: _Facts, now: datetime) -> None:
    """Raise whatever keeps the person from beginning an attempt."""
    exam, participant = facts.exam, facts.participant
    if not participant.is_learner:
        raise NotOnRoster
    if exam.needs_attendance and not participant.has_attended:
        raise DidNotAttend
    is_early = exam.opens_at is not None and now < exam.opens_at
    if is_early or now >= closes_at(exam, participant.project) or participant.project.status not in UNDER_WAY:
        raise ExamNotOpen
    if len(facts.earlier) >= exam.attempts:
        raise AttemptsUsedUp
    ended_at = facts.ended_at()
    if ended_at is not None:
        pause = ended_at + timedelta(minutes=exam.pause_minutes) - now
        if pause > timedelta(0):
            raise PauseNotOver(retry_after=-(-int(pause.total_seconds() * 1000) // 1000))


def _choose(db: Session, facts: _Facts) -> list[Question]:
    exam = facts.exam
    draws = [Draw.read(each) for each in exam.draws]
    pools = list_pools(db, draws=draws, unit_path=facts.participant.unit_path)
    ids = choose([uuid.UUID(each) for each in exam.question_ids], draws, pools, _DICE)
    found = load_questions(db, ids)
    return [found[each] for each in ids]


def _insert(
    db: Session, facts: _Facts, questions: Sequence[Question], caller: Caller, now: datetime
) -> ExamAttempt | None:
    """The attempt; None if another request of the same person was first. Raises ExamNotOpen if it was just changed."""
    exam = facts.exam
    version = select(Exam.version).where(Exam.project_id == exam.project_id)
    if db.scalar(version.with_for_update(read=True)) != exam.version:
        raise ExamNotOpen(retry_after=1)
    deadline = min(now + timedelta(minutes=exam.minutes), closes_at(exam, facts.participant.project)) + facts.extra
    return insert_or_none(
        db,
        ExamAttempt,
        id=new_id(),
        project_id=exam.project_id,
        person_id=caller.person_id,
        number=len(facts.earlier) + 1,
        started_at=now,
        deadline_at=deadline,
        paper=[each.write() for each in lay_out(questions, is_shuffled=exam.is_shuffled, dice=_DICE)],
        pass_mark=exam.pass_mark,
    )
