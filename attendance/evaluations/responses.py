"""Responses to evaluations (项目评价): one a learner who attended, stored without the learner's identity."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from attendance.errors import AnswersInvalid, DidNotAttend
from attendance.evaluations.errors import AlreadyEvaluated, EvaluationNotOpen
from attendance.evaluations.forms import FormKind, FormQuestion, find_form, read_questions
from attendance.record.last_moments import CONFIRMED, UNDER_WAY, is_open, last_moment, lock_for_work
from attendance.record.participants import get_participant
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.transactions import insert_or_none, read_only
from models.evaluations import EvaluationForm, EvaluationRespondent, EvaluationResponse
from models.projects import Project
from models.settlements import Settlement, SettlementStatus

GROUP = 5
"""Answers are shown in groups of five, never fewer: whoever looks before and after sees five people's at once."""
_LONGEST_TEXT = 2000
_STARS = range(1, 6)


@dataclass(frozen=True)
class FormAnswer:
    """An answer as it was sent. value: a number of stars, the id of an option, a list of such ids, or a text."""

    question_id: str
    value: Any


def select_respondents(project_id: uuid.UUID) -> Select[uuid.UUID]:
    """Select the people who have evaluated the project."""
    return select(EvaluationRespondent.person_id).where(EvaluationRespondent.project_id == project_id)


def has_answered(db: Session, *, project: Project, caller: Caller) -> bool:
    """Return whether the caller has evaluated the project."""
    mine = EvaluationRespondent.person_id == caller.person_id
    row = exists().where(EvaluationRespondent.project_id == project.id, mine)
    return bool(db.scalar(select(row)))


def respond(
    db: Session,
    *,
    project_id: uuid.UUID,
    answers: Sequence[FormAnswer],
    caller: Caller,
    now: datetime,
    dice: random.Random,
) -> None:
    """Keep the caller's answers, and, apart from them, that the caller has answered.

    Raises NotFound, DidNotAttend, EvaluationNotOpen, AlreadyEvaluated, in this order; AnswersInvalid after them.
    """
    with read_only(db):
        participant = get_participant(db, project_id=project_id, person_id=caller.person_id)
        form = find_form(db, project_id)
        if form is None:
            raise NotFound
        asked = form.questions
        if not (participant.is_learner and participant.has_attended):
            raise DidNotAttend
        if not takes_answers(db, participant.project, now):
            raise _not_open(participant.project, now)
        if has_answered(db, project=participant.project, caller=caller):
            raise AlreadyEvaluated
    values = check_answers(read_questions(form), answers)
    project = lock_for_work(db, project_id)
    if not is_open(project, now):  # the settlement was confirmed since
        raise _not_open(project, now)
    # of two responses of one person at the same time, the second waits here
    if insert_or_none(db, EvaluationRespondent, project_id=project_id, person_id=caller.person_id) is None:
        raise AlreadyEvaluated
    wanted = select(EvaluationForm).where(EvaluationForm.project_id == project_id).with_for_update()
    locked = db.scalars(wanted.execution_options(populate_existing=True)).one()
    if locked.questions != asked:  # the form was replaced since it was read
        raise AnswersInvalid(field="answers")
    _keep(db, locked, values, dice)
    db.flush()


def _not_open(project: Project, now: datetime) -> EvaluationNotOpen:
    """Return why nobody can evaluate: the last moment is over, or the project is not under way."""
    closed_at = project.open_until if project.status in CONFIRMED else last_moment(project)
    if closed_at is not None and now >= closed_at:
        return EvaluationNotOpen(facts={"why": "too_late", "closed_at": closed_at.isoformat()})
    return EvaluationNotOpen(facts={"why": "not_running", "project_status": project.status.value})


def takes_answers(db: Session, project: Project, now: datetime) -> bool:
    """Return whether learners who attended may evaluate the project now."""
    return is_open(project, now) and not _is_too_late(db, project, now)


def _is_too_late(db: Session, project: Project, now: datetime) -> bool:
    """Return whether the last moment is over. A project that was reopened for a correction has none."""
    if project.status not in UNDER_WAY or now < last_moment(project):
        return False
    return not db.scalar(
        select(exists().where(Settlement.project_id == project.id, Settlement.status == SettlementStatus.SETTLED))
    )


def _keep(db: Session, form: EvaluationForm, values: dict[str, Any], dice: random.Random) -> None:
    """Let the answers wait for the others of their group, or write them all down once it is whole."""
    group = [*form.waiting, values]
    dice.shuffle(group)
    form.responses += 1
    if form.responses % GROUP:
        form.waiting = group
        return
    form.waiting = []
    batch = form.responses // GROUP - 1
    db.add_all(EvaluationResponse(project_id=form.project_id, batch=batch, answers=each) for each in group)


def check_answers(questions: Sequence[FormQuestion], answers: Sequence[FormAnswer]) -> dict[str, Any]:
    """Return the answers by question in their stored form: choices as lists, without empty texts.

    Raises AnswersInvalid for a value that doesn't fit, an unknown question, a question answered twice or not at all.
    Only text questions may stay unanswered.
    """
    unanswered = {each.id: each for each in questions}
    values: dict[str, Any] = {}
    for position, answer in enumerate(answers):
        question = unanswered.pop(answer.question_id, None)
        if question is None:
            raise AnswersInvalid(field=f"answers.{position}.question_id")
        value = _stored_value(question, answer.value)
        if value is None:
            raise AnswersInvalid(field=f"answers.{position}.value")
        if value != "":
            values[question.id] = value
    if any(each.kind is not FormKind.TEXT for each in unanswered.values()):
        raise AnswersInvalid(field="answers")
    return values


def _stored_value(question: FormQuestion, value: Any) -> Any:
    """Return the value in its stored form, or None for a value that doesn't fit."""
    ids = [each.id for each in question.options]
    match question.kind:
        case FormKind.STARS:
            return value if type(value) is int and value in _STARS else None  # excludes True, which is an int in Python
        case FormKind.SINGLE:
            return [value] if isinstance(value, str) and value in ids else None
        case FormKind.MULTIPLE:
            fits = isinstance(value, list) and value and all(isinstance(each, str) for each in value)
            return [each for each in ids if each in value] if fits and set(value) <= set(ids) else None
        case FormKind.TEXT:
            return value.strip() if isinstance(value, str) and len(value) <= _LONGEST_TEXT else None
