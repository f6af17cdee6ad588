"""The results of evaluations: distributions and comments of whole groups of five responses."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.evaluations.forms import FormKind, FormOption, FormQuestion, get_form, read_questions
from attendance.evaluations.responses import GROUP
from attendance.projects.access import ReadableProject
from models.evaluations import EvaluationResponse

_STARS = [FormOption(str(stars), "★" * stars) for stars in range(1, 6)]


@dataclass(frozen=True)
class Count:
    """How many people gave an answer. value: a number of stars, or the id of an option."""

    value: str
    text: str
    count: int


@dataclass(frozen=True)
class QuestionResult:
    """The results of one question. mean: of stars, two decimals. comments: sorted, to hide their original order."""

    question: FormQuestion
    answered: int
    mean: float | None
    counts: tuple[Count, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """The results so far. responses: number of all responses; shown: number of those included here."""

    responses: int
    shown: int
    questions: tuple[QuestionResult, ...]


def get_results(db: Session, project: ReadableProject) -> Results:
    """Return the results of all whole groups of five responses. Raises NotFound.

    Between two different results at least five responses are added, so nobody can tell the answers of one person.
    """
    form = get_form(db, project)
    whole = form.responses // GROUP
    wanted = select(EvaluationResponse.answers).where(
        EvaluationResponse.project_id == project.id, EvaluationResponse.batch < whole
    )
    answers = db.scalars(wanted).all()
    return Results(
        responses=form.responses,
        shown=len(answers),
        questions=tuple(summarize(each, answers) for each in read_questions(form)),
    )


def summarize(question: FormQuestion, answers: Sequence[Mapping[str, Any]]) -> QuestionResult:
    """Return the results of one question. answers: a mapping a response, from question ids to values."""
    given = [each[question.id] for each in answers if question.id in each]
    if question.kind is FormKind.TEXT:
        return QuestionResult(question, len(given), None, (), tuple(sorted(given)))
    is_stars = question.kind is FormKind.STARS
    chosen = Counter(str(each) for each in given) if is_stars else Counter(id for each in given for id in each)
    options = _STARS if is_stars else question.options
    counts = tuple(Count(each.id, each.text, chosen[each.id]) for each in options)
    mean = round(sum(given) / len(given), 2) if is_stars and given else None
    return QuestionResult(question, len(given), mean, counts, ())
