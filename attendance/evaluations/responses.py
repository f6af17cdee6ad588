"""Evaluating a project (项目评价): once, by who attended, and kept apart from who they are."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from attendance.errors import AnswersInvalid, DidNotAttend
from attendance.evaluations.errors import AlreadyEvaluated, EvaluationNotOpen
from attendance.evaluations.forms import FormKind, FormQuestion, get_form, read_questions
from attendance.record.participants import UNDER_WAY, get_participant
from foundation.callers import Caller
from foundation.transactions import insert_or_none, read_only
from models.evaluations import EvaluationForm, EvaluationRespondent, EvaluationResponse

GROUP = 5
"""Answers are shown in groups of five, never fewer: whoever looks before and after sees five people's at once."""
_LONGEST_TEXT = 2000
_STARS = range(1, 6)


@dataclass(frozen=True)
class FormAnswer:
    """An answer as it came in. value: a number of stars, an option's id, a list of them, or a text."""

    question_id: str
    value: Any


def select_respondents(project_id: uuid.UUID) -> Select[uuid.UUID]:
    """Return everybody who has evaluated the project."""
    return select(EvaluationRespondent.person_id).where(EvaluationRespondent.project_id == project_id)


def has_answered(db: Session, *, project_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Return whether this person has evaluated the project."""
    row = exists().where(EvaluationRespondent.project_id == project_id, EvaluationRespondent.person_id == person_id)
    return bool(db.scalar(select(row)))


def respond(
    db: Session, *, project_id: uuid.UUID, answers: Sequence[FormAnswer], caller: Caller, dice: random.Random
) -> None:
    """Keep the caller's answers, and, apart from them, that the caller has answered.

    Raises NotFound; DidNotAttend, EvaluationNotOpen, AlreadyEvaluated, all judged before the answers; AnswersInvalid.
    """
    with read_only(db):
        participant = get_participant(db, project_id=project_id, person_id=caller.person_id)
        form = get_form(db, project_id)
        asked = form.questions
        if not (participant.is_learner and participant.has_attended):
            raise DidNotAttend
        if participant.project.status not in UNDER_WAY:
            raise EvaluationNotOpen
        if has_answered(db, project_id=project_id, person_id=caller.person_id):
            raise AlreadyEvaluated
    values = check_answers(read_questions(form), answers)
    # of two that come at once, one waits here for the other
    if insert_or_none(db, EvaluationRespondent, project_id=project_id, person_id=caller.person_id) is None:
        raise AlreadyEvaluated
    wanted = select(EvaluationForm).where(EvaluationForm.project_id == project_id).with_for_update()
    locked = db.scalars(wanted.execution_options(populate_existing=True)).one()
    if locked.questions != asked:  # another form was set since it was read
        raise AnswersInvalid(field="answers")
    _keep(db, locked, values, dice)
    db.flush()


def _keep(db: Session, form: EvaluationForm, values: dict[str, Any], dice: random.Random) -> None:
    """Let the answers wait for the others of their group, or write them all down once it is whole."""
    together = [*form.waiting, values]
    dice.shuffle(together)
    form.responses += 1
    if form.responses % GROUP:
        form.waiting = together
        return
    form.waiting = []
    batch = form.responses // GROUP - 1
    db.add_all(EvaluationResponse(project_id=form.project_id, batch=batch, answers=each) for each in together)


def check_answers(questions: Sequence[FormQuestion], answers: Sequence[FormAnswer]) -> dict[str, Any]:
    """Return the answers by question, as they are kept: choices as lists, blank texts left out.

    Raises AnswersInvalid for a value that doesn't fit, an unknown question, one answered twice, or one left out; texts
    alone may be.
    """
    asked = {each.id: each for each in questions}
    values: dict[str, Any] = {}
    for place, answer in enumerate(answers):
        question = asked.pop(answer.question_id, None)
        if question is None:
            raise AnswersInvalid(field=f"answers.{place}.question_id")
        value = _fitting(question, answer.value)
        if value is None:
            raise AnswersInvalid(field=f"answers.{place}.value")
        if value != "":
            values[question.id] = value
    if any(each.kind is not FormKind.TEXT for each in asked.values()):
        raise AnswersInvalid(field="answers")
    return values


def _fitting(question: FormQuestion, value: Any) -> Any:
    """Return the value as it is kept, None if it doesn't fit."""
    ids = [each.id for each in question.options]
    match question.kind:
        case FormKind.STARS:
            return value if type(value) is int and value in _STARS else None  # True is no star
        case FormKind.SINGLE:
            return [value] if isinstance(value, str) and value in ids else None
        case FormKind.MULTIPLE:
            fits = isinstance(value, list) and value and all(isinstance(each, str) for each in value)
            return [each for each in ids if each in value] if fits and set(value) <= set(ids) else None
        case FormKind.TEXT:
            return value.strip() if isinstance(value, str) and len(value) <= _LONGEST_TEXT else None
