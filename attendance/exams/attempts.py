"""Attempts at an exam (考试). The server draws and stores the paper and keeps the time; any device can continue."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, aliased

from attendance.errors import AttendanceNotMet, DidNotAttend, NotOnRoster, OwnAttendance
from attendance.exams.errors import AttemptsUsedUp, ExamNotOpen, NotEnoughQuestions, PauseNotOver
from attendance.exams.exams import closes_at
from attendance.exams.grading import Keys
from attendance.exams.hand_in import hand_in, hand_in_overdue
from attendance.exams.keys import load_keys, voided
from attendance.exams.papers import Draw, choose_questions, make_paper
from attendance.questions.question_bank import may_read_any
from attendance.questions.question_cache import AskedQuestion, QuestionCache
from attendance.record.last_moments import is_open
from attendance.record.participants import Participant, get_participant
from attendance.record.sums import met_for_sure, share_for_sure
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.transactions import insert_object, read_only
from models.base import new_id
from models.exams import Exam, ExamAnswer, ExamAttempt, ExamException, ExamExtraTime, ExceptionKind
from models.imports import ImportStatus
from models.projects import Project
from models.question_imports import QuestionImport


@dataclass(frozen=True)
class Sitting:
    """An attempt with the questions of its paper and the saved answers.

    keys: the corrected ones of its exam; is_new: whether this call created it.
    """

    attempt: ExamAttempt
    questions: dict[uuid.UUID, AskedQuestion]
    answers: dict[uuid.UUID, ExamAnswer]
    keys: Keys
    is_new: bool = False

    def is_over(self, now: datetime) -> bool:
        """Return whether the attempt is handed in or its time is over. Both count as handed in."""
        return self.attempt.submitted_at is not None or now >= self.attempt.deadline_at


@dataclass(frozen=True)
class _Facts:
    """The facts that decide whether a learner may begin. earlier: their attempts in order.

    extra, more_attempts, until: their extra time, and what exceptions give them. has_met_attendance: asked only where
    the exam needs it.
    """

    participant: Participant
    exam: Exam
    extra: timedelta
    more_attempts: int
    until: datetime | None
    earlier: Sequence[Row[uuid.UUID, int, datetime, datetime | None]]
    has_met_attendance: bool

    @property
    def closes_at(self) -> datetime:
        """Return the first instant at which the exam is closed for the learner."""
        closes = closes_at(self.exam, self.participant.project)
        return closes if self.until is None else max(closes, self.until)

    def find_open(self, now: datetime) -> uuid.UUID | None:
        """Return the id of the open attempt, or None."""
        return next((each.id for each in self.earlier if each.submitted_at is None and now < each.deadline_at), None)

    def ended_at(self) -> datetime | None:
        """Return when the last attempt ended, or None. An overdue attempt ended at its deadline."""
        return max((each.submitted_at or each.deadline_at for each in self.earlier), default=None)


def start(
    db: Session, *, project_id: uuid.UUID, caller: Caller, now: datetime, questions: QuestionCache, dice: random.Random
) -> Sitting:
    """Begin an attempt, or go on with the one that is open, on whichever device.

    Two calls at the same time get the same attempt. Raises NotFound, NotOnRoster, DidNotAttend, AttendanceNotMet,
    ExamNotOpen, AttemptsUsedUp, PauseNotOver, NotEnoughQuestions; OwnAttendance for who may see the answers: staff of
    the project, and organizers elsewhere who read the bank of a question.
    """
    with read_only(db):
        facts = _look_up(db, project_id, caller)
        open_id = facts.find_open(now)
        if open_id is not None:
            return get_sitting(db, attempt_id=open_id, caller=caller, questions=questions)
        _check(db, facts, caller, now)
        keys = load_keys(db, project_id)
        chosen = _choose(db, facts, questions, keys)
        if may_read_any(db, question_ids=chosen, caller=caller):
            raise OwnAttendance
    if not chosen:  # all that the rules draw from was taken out of the bank since: nobody passes by nothing
        raise NotEnoughQuestions
    attempt = _make(facts, chosen, caller, now, dice)
    _lock(db, facts.exam, now)  # before any attempt is locked: a correction locks in this order too
    _hold_imports(db, chosen)
    if any(each.submitted_at is None for each in facts.earlier):
        hand_in_overdue(db, now=now, questions=questions, project_id=project_id, person_id=caller.person_id)
    if insert_object(db, attempt):
        return Sitting(attempt, chosen, {}, keys, is_new=True)
    open_id = _look_up(db, project_id, caller).find_open(now)  # begun by another device meanwhile
    if open_id is None:
        raise PauseNotOver(retry_after=1)
    return get_sitting(db, attempt_id=open_id, caller=caller, questions=questions)


def get_sitting(db: Session, *, attempt_id: uuid.UUID, caller: Caller, questions: QuestionCache) -> Sitting:
    """Return the caller's own attempt. Raises NotFound, for anybody else's too."""
    attempt = _find(db, attempt_id, caller)
    asked = questions.load(db, [uuid.UUID(each["question"]) for each in attempt.paper])
    saved = db.scalars(select(ExamAnswer).where(ExamAnswer.attempt_id == attempt_id))
    return Sitting(attempt, asked, {each.question_id: each for each in saved}, load_keys(db, attempt.project_id))


def submit(
    db: Session, *, attempt_id: uuid.UUID, caller: Caller, now: datetime, questions: QuestionCache
) -> ExamAttempt:
    """Hand the caller's attempt in (交卷); again, or past the deadline, it is as it was handed in. Raises NotFound."""
    with read_only(db):
        attempt = _find(db, attempt_id, caller)
        questions.load(db, [uuid.UUID(each["question"]) for each in attempt.paper])  # so that nobody waits for it below
    if attempt.submitted_at is None:
        attempt = _find(db, attempt_id, caller, is_locked=True)  # no save comes in between from here on
        hand_in(db, attempt=attempt, now=now, questions=questions)
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
    values = {"project_id": project_id, "person_id": caller.person_id}
    found = db.execute(_EXAM, values).first()
    if found is None:
        raise NotFound
    exam, minutes, more, until = found
    has_met = (
        exam.needs_attendance
        and participant.is_learner
        and bool(met_for_sure(db, [participant.project], person_id=caller.person_id))
    )
    earlier = db.execute(_EARLIER, values).all()
    return _Facts(participant, exam, timedelta(minutes=minutes or 0), more or 0, until, earlier, has_met)


def _check(db: Session, facts: _Facts, caller: Caller, now: datetime) -> None:
    """Raise the refusal if the person may not begin an attempt."""
    exam, participant = facts.exam, facts.participant
    if not participant.is_learner:
        raise NotOnRoster
    if participant.is_staff(caller) or participant.knows_answers:
        raise OwnAttendance
    if exam.needs_attendance and not facts.has_met_attendance:
        raise _attendance_not_met(db, participant, caller) if participant.has_attended else DidNotAttend()
    is_early = exam.opens_at is not None and now < exam.opens_at
    if is_early or now >= facts.closes_at or not is_open(participant.project, now):
        raise _not_open(facts, now)
    allowed = exam.attempts + facts.more_attempts
    if len(facts.earlier) >= allowed:
        raise AttemptsUsedUp(facts={"tries": allowed})
    ended_at = facts.ended_at()
    if ended_at is not None:
        pause = ended_at + timedelta(minutes=exam.pause_minutes) - now
        if pause > timedelta(0):
            raise PauseNotOver(retry_after=-(-int(pause.total_seconds() * 1000) // 1000))


def _attendance_not_met(db: Session, participant: Participant, caller: Caller) -> AttendanceNotMet:
    """Return that the learner has attended too little so far: their share, and what the project asks for."""
    share = share_for_sure(db, participant.project, person_id=caller.person_id)
    needed = f"{participant.project.min_attendance:.2f}"
    return AttendanceNotMet(facts={"share": str(share.shown), "needed_share": needed})


def _not_open(facts: _Facts, now: datetime) -> ExamNotOpen:
    """Return why the exam is not open: its time has not come, or is over, or the project is not under way."""
    opens_at = facts.exam.opens_at
    if opens_at is not None and now < opens_at:
        return ExamNotOpen(facts={"why": "too_early", "opens_at": opens_at.isoformat()})
    if now >= facts.closes_at:
        return ExamNotOpen(facts={"why": "too_late", "closed_at": facts.closes_at.isoformat()})
    return ExamNotOpen(facts={"why": "not_running", "project_status": facts.participant.project.status.value})


def _choose(db: Session, facts: _Facts, questions: QuestionCache, keys: Keys) -> dict[uuid.UUID, AskedQuestion]:
    """Return the questions of a paper, in the order they were drawn in."""
    exam = facts.exam
    ids = choose_questions(
        db,
        own=[uuid.UUID(each) for each in exam.question_ids],
        draws=[Draw.read(each) for each in exam.draws],
        unit_path=facts.participant.unit_path,
        left_out=voided(keys),
    )
    found = questions.load(db, ids)
    return {each: found[each] for each in ids}


def _make(
    facts: _Facts, questions: dict[uuid.UUID, AskedQuestion], caller: Caller, now: datetime, dice: random.Random
) -> ExamAttempt:
    """Return the attempt with its paper, before any transaction waits for it."""
    exam = facts.exam
    deadline = min(now + timedelta(minutes=exam.minutes), facts.closes_at) + facts.extra
    items = make_paper(list(questions.values()), is_shuffled=exam.is_shuffled, scoring=exam.scoring, dice=dice)
    return ExamAttempt(
        id=new_id(),
        project_id=exam.project_id,
        person_id=caller.person_id,
        number=len(facts.earlier) + 1,
        started_at=now,
        deadline_at=deadline,
        paper=[each.write() for each in items],
        pass_mark=exam.pass_mark,
        submitted_at=None,
    )


def _lock(db: Session, exam: Exam, now: datetime) -> None:
    """Keep others from changing the exam or confirming the settlement until the attempt is there.

    Raises ExamNotOpen if either was done since the exam was read.
    """
    project, version = db.execute(_LOCKED, {"project_id": exam.project_id}).one()
    if not is_open(project, now):
        raise ExamNotOpen(facts={"why": "not_running", "project_status": project.status.value})
    if version != exam.version:
        raise ExamNotOpen(retry_after=1)


def _hold_imports(db: Session, chosen: dict[uuid.UUID, AskedQuestion]) -> None:
    """Keep the files that questions came from from being undone until the attempt is there.

    Raises ExamNotOpen if one was undone since the questions were drawn.
    """
    imports = {each.import_id for each in chosen.values() if each.import_id is not None}
    if not imports:
        return
    held = select(QuestionImport.status).where(QuestionImport.id.in_(imports)).order_by(QuestionImport.id)
    if {ImportStatus.UNDOING, ImportStatus.UNDONE} & set(db.scalars(held.with_for_update(read=True))):
        raise ExamNotOpen(retry_after=1)


# Built once, because thousands of learners may begin in the same minute.
_MORE, _LATER = aliased(ExamException), aliased(ExamException)
_EXAM = (
    select(Exam, ExamExtraTime.minutes, _MORE.attempts, _LATER.until)
    .outerjoin(
        ExamExtraTime,
        (ExamExtraTime.project_id == Exam.project_id) & (ExamExtraTime.person_id == bindparam("person_id")),
    )
    .outerjoin(
        _MORE,
        (_MORE.project_id == Exam.project_id)
        & (_MORE.person_id == bindparam("person_id"))
        & (_MORE.kind == ExceptionKind.ATTEMPTS),
    )
    .outerjoin(
        _LATER,
        (_LATER.project_id == Exam.project_id)
        & (_LATER.person_id == bindparam("person_id"))
        & (_LATER.kind == ExceptionKind.UNTIL),
    )
    .where(Exam.project_id == bindparam("project_id"))
)
_EARLIER = (
    select(ExamAttempt.id, ExamAttempt.number, ExamAttempt.deadline_at, ExamAttempt.submitted_at)
    .where(ExamAttempt.project_id == bindparam("project_id"), ExamAttempt.person_id == bindparam("person_id"))
    .order_by(ExamAttempt.number)
)
_LOCKED = (  # the project first, in the order in which the organizer's changes lock them
    select(Project, Exam.version)
    .select_from(Project)
    .join(Exam, Exam.project_id == Project.id)
    .where(Project.id == bindparam("project_id"))
    .with_for_update(read=True)
    .execution_options(populate_existing=True)
)
