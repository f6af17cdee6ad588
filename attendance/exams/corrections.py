"""Corrections (更正) of an exam's questions after papers are out: another key, a void question, or points for all.

A correction belongs to one exam. All its papers are graded by it: those handed in at once, the others when they are
handed in. Nobody who has passed loses it.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, Text, bindparam, exists, insert, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from attendance.errors import OwnAttendance, QuestionInvalid
from attendance.exams.errors import PaperWouldBeEmpty, QuestionNotAsked
from attendance.exams.exams import is_settled
from attendance.exams.grading import Key, write_points
from attendance.exams.keys import load_keys, voided
from attendance.exams.moved_people import MovedPerson, moved_people
from attendance.exams.regrading import Attempt, Change, Portion, RegradedAttempt, lock_attempts, regrade
from attendance.projects.access import OrganizedProject
from attendance.questions.question_cache import QuestionCache
from attendance.questions.questions import accepted_of, find_fault, read_question
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.inbox import News
from models.base import new_id
from models.exams import (
    CorrectionKind,
    Exam,
    ExamAttempt,
    ExamCorrection,
    ExamRegrade,
    HandIn,
    Question,
    QuestionKind,
)
from models.notices import NoticeTopic


@dataclass(frozen=True)
class NewCorrection:
    """A correction to make. correct: positions of the right options from 0, accepted: texts; for a KEY only."""

    question_id: uuid.UUID
    kind: CorrectionKind
    reason: str
    correct: tuple[int, ...] = ()
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What a correction does. papers: handed in, with the question; open_papers: still open, graded later.

    id: None for a dry run. leads_to_round: people newly pass whose project is settled already.
    """

    id: uuid.UUID | None
    papers: int
    open_papers: int
    people: tuple[MovedPerson, ...]
    leads_to_round: bool

    @property
    def newly_passed(self) -> int:
        """Return how many people pass now and did not before."""
        return sum(each.passed_after and not each.passed_before for each in self.people)


def weigh_correction(
    db: Session,
    *,
    project: OrganizedProject,
    new: NewCorrection,
    caller: Caller,
    now: datetime,
    questions: QuestionCache,
) -> Effect:
    """Return what a correction would do, and write nothing. Raises as `make_correction`."""
    change, attempts = _prepare(db, project, new, caller, now, questions)
    return _add_up(db, project, attempts, regrade(db, attempts=attempts, change=change, questions=questions))


def make_correction(
    db: Session,
    *,
    project: OrganizedProject,
    new: NewCorrection,
    caller: Caller,
    now: datetime,
    questions: QuestionCache,
) -> Effect:
    """Correct a question of the exam, grade all papers that are over anew, and return what that does.

    project: locked. Raises NotFound for a project without exam; QuestionNotAsked, QuestionInvalid; PaperWouldBeEmpty
    for a void question that is the only one; OwnAttendance for a caller who sat the exam.
    """
    change, attempts = _prepare(db, project, new, caller, now, questions)
    row = ExamCorrection(
        id=new_id(),
        project_id=project.id,
        question_id=new.question_id,
        kind=new.kind,
        correct=list(change.key.correct),
        reason=new.reason,
        papers=0,
        people_moved=0,
        newly_passed=0,
        made_by=caller.person_id,
        made_at=now,
    )
    db.add(row)
    db.flush()
    portions = regrade(db, attempts=attempts, change=change, questions=questions)
    effect = _add_up(db, project, attempts, (_written(db, row.id, each) for each in portions))
    row.papers, row.people_moved, row.newly_passed = effect.papers, len(effect.people), effect.newly_passed
    before = change.keys.get(new.question_id)
    question = {"question": str(new.question_id)}
    audit.record(
        db,
        caller,
        now,
        "exam.correct",
        project,
        reason=new.reason,
        before=question | _audited(before or Key(CorrectionKind.KEY, change.question.correct)),
        after=question | _audited(change.key) | {"papers": effect.papers, "newly_passed": effect.newly_passed},
    )
    _tell(db, project, effect, new.reason, now)
    db.flush()
    return replace(effect, id=row.id)


def _tell(db: Session, project: OrganizedProject, effect: Effect, reason: str, now: datetime) -> None:
    """Tell everybody whose best score or pass has changed, with the scores before and after, and why."""
    told: defaultdict[tuple[float, float, bool], list[uuid.UUID]] = defaultdict(list)
    for each in effect.people:
        told[each.score_before, each.score_after, each.passed_after].append(each.person_id)
    for (before, after, passed), people in told.items():
        facts = {"before": before, "after": after, "passed": passed, "reason": reason}
        inbox.tell(db, people, News(NoticeTopic.REGRADED, now, project.id, facts=facts))


def _prepare(
    db: Session, project: OrganizedProject, new: NewCorrection, caller: Caller, now: datetime, questions: QuestionCache
) -> tuple[Change, list[Attempt]]:
    """Check the correction, hold off new attempts and lock those that there are."""
    exam = db.scalars(select(Exam).where(Exam.project_id == project.id).with_for_update()).first()
    if exam is None:
        raise NotFound
    question = db.get(Question, new.question_id)
    is_own = str(new.question_id) in exam.question_ids
    if question is None or not (is_own or _is_on_a_paper(db, project.id, new.question_id)):
        raise QuestionNotAsked(field="question_id")
    sat = ExamAttempt.project_id == project.id, ExamAttempt.person_id == caller.person_id
    if db.scalar(select(exists().where(*sat))):
        raise OwnAttendance
    key = _key(question, new)
    change = Change(questions.load(db, [question.id])[question.id], key, load_keys(db, project.id))
    if not exam.draws and not {uuid.UUID(each) for each in exam.question_ids} - voided(change.new_keys):
        raise PaperWouldBeEmpty(field="void")
    return change, lock_attempts(db, project_id=project.id, now=now)


def _is_on_a_paper(db: Session, project_id: uuid.UUID, question_id: uuid.UUID) -> bool:
    has_it = sql_cast(ExamAttempt.paper, Text).contains(str(question_id))
    return bool(db.scalar(select(exists().where(ExamAttempt.project_id == project_id, has_it))))


def _key(question: Question, new: NewCorrection) -> Key:
    """Return the new key. A question with one choice may get several right options: each of them is right then."""
    if new.kind is not CorrectionKind.KEY:
        return Key(new.kind)
    many = new.correct if question.kind in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE) else ()
    asked = replace(read_question(question), correct=new.correct, accepted=new.accepted)
    if len(set(many)) != len(many) or len(many) >= max(2, len(question.options)):
        raise QuestionInvalid(field="correct")  # with all options right it is `accept_all`
    for each in [replace(asked, correct=(one,)) for one in many] or [asked]:
        if find_fault(each) is not None:
            raise QuestionInvalid(field="correct")
    return Key(new.kind, tuple(question.options[each]["id"] for each in sorted(new.correct)) or accepted_of(asked))


def _add_up(db: Session, project: OrganizedProject, attempts: Sequence[Attempt], portions: Iterable[Portion]) -> Effect:
    regraded: dict[uuid.UUID, RegradedAttempt] = {}
    open_papers = 0
    for portion in portions:
        if portion.is_one_empty:
            raise PaperWouldBeEmpty(field="void")
        open_papers += portion.open_papers
        regraded |= {each.attempt.id: each for each in portion.regraded}
    people = moved_people(db, project.id, attempts, regraded)
    newly_passed = any(each.passed_after and not each.passed_before for each in people)
    return Effect(None, len(regraded), open_papers, people, leads_to_round=newly_passed and is_settled(project))


_ATTEMPT, _REGRADE = cast(Table, ExamAttempt.__table__), cast(Table, ExamRegrade.__table__)
_STORE = update(_ATTEMPT).where(_ATTEMPT.c.id == bindparam("attempt_id"))


def _written(db: Session, correction_id: uuid.UUID, portion: Portion) -> Portion:
    """Store the new points of a portion, and what they change; attempts that stay as they are are not written."""
    changed = [each for each in portion.regraded if not each.attempt.is_handed_in or each.before != each.after]
    for is_handed_in in (True, False):
        rows = [
            {"attempt_id": each.attempt.id, **{f"new_{name}": value for name, value in _new_values(each).items()}}
            for each in changed
            if each.attempt.is_handed_in == is_handed_in
        ]
        if rows:
            new = [name for name in rows[0] if name != "attempt_id"]
            db.execute(_STORE.values({name.removeprefix("new_"): bindparam(name) for name in new}), rows)
    moved = [each for each in portion.regraded if each.is_moved]
    if moved:
        db.execute(
            insert(_REGRADE),
            [
                {
                    "attempt_id": each.attempt.id,
                    "correction_id": correction_id,
                    "score_before": each.before.score,
                    "score_after": each.after.score,
                    "passed_before": each.passed_before,
                    "passed_after": each.passed,
                }
                for each in moved
            ],
        )
    return portion


def _new_values(regraded: RegradedAttempt) -> dict[str, Any]:
    after = regraded.after
    values = {
        "earned": write_points(after.earned),
        "score": after.score,
        "out_of": after.out_of,
        "passed": regraded.passed,
    }
    if regraded.attempt.is_handed_in:
        return values
    return values | {"submitted_at": regraded.attempt.deadline_at, "hand_in": HandIn.DEADLINE}


def _audited(key: Key) -> dict[str, Any]:
    return {"kind": key.kind.value, "correct": list(key.correct)}
