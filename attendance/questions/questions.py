"""Questions of exams and banks: checking that they are complete, and their rows."""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from attendance.errors import QuestionInvalid
from attendance.questions.answer_numbers import canonical, read_range
from attendance.questions.answer_texts import without_repeated
from models.base import new_id
from models.exams import Question, QuestionKind

TRUE_FALSE = ("正确", "错误")
MOST_OPTIONS = 12
MOST_ACCEPTED = 20
LONGEST_TEXT = 4000
LONGEST_OPTION = 1000
LONGEST_ACCEPTED = 200
MOST_POINTS = 100


@dataclass(frozen=True)
class NewQuestion:
    """A question to make.

    options: texts of choices; true/false has two fixed ones. correct: positions of the right options, from 0.
    accepted: the texts that a blank accepts, or numbers (`3.14`, `3.14±0.01`, `3..4`). points: 1 to 100.
    """

    kind: QuestionKind
    text: str
    options: tuple[str, ...] = ()
    correct: tuple[int, ...] = ()
    accepted: tuple[str, ...] = ()
    points: int = 1
    explanation: str | None = None
    picture_id: uuid.UUID | None = None


@dataclass(frozen=True)
class QuestionPlace:
    """Where a question belongs. project_id: None for a question in the bank of the unit."""

    unit_id: uuid.UUID
    project_id: uuid.UUID | None = None
    discipline: str | None = None
    import_id: uuid.UUID | None = None


def find_fault(new: NewQuestion) -> str | None:
    """Return the name of the first wrong field, or None for a complete question."""
    if not new.text or len(new.text) > LONGEST_TEXT:
        return "text"
    if not 1 <= new.points <= MOST_POINTS:
        return "points"
    if new.kind.is_written:
        return _fault_of_written(new)
    if new.accepted:
        return "accepted"
    options = options_of(new)
    fits = 2 <= len(options) <= MOST_OPTIONS and len(set(options)) == len(options)
    if not fits or not all(0 < len(each) <= LONGEST_OPTION for each in options):
        return "options"
    if new.kind is QuestionKind.TRUE_FALSE and new.options not in ((), TRUE_FALSE):
        return "options"
    right = set(new.correct)
    if len(right) != len(new.correct) or not right or not all(0 <= each < len(options) for each in right):
        return "correct"
    return "correct" if len(right) > 1 and new.kind is not QuestionKind.MULTIPLE else None


def _fault_of_written(new: NewQuestion) -> str | None:
    if new.options:
        return "options"
    if new.correct:
        return "correct"
    fits = 1 <= len(new.accepted) <= MOST_ACCEPTED and all(0 < len(each) <= LONGEST_ACCEPTED for each in new.accepted)
    is_number = new.kind is not QuestionKind.NUMBER or all(read_range(each) for each in new.accepted)
    return None if fits and is_number else "accepted"


def options_of(new: NewQuestion) -> tuple[str, ...]:
    """Return the texts of the options; for true/false the two fixed ones."""
    return TRUE_FALSE if new.kind is QuestionKind.TRUE_FALSE else new.options


def normalized(new: NewQuestion) -> NewQuestion:
    """Return the question with explicit options and sorted right ones, so that equal questions compare as equal."""
    return replace(new, options=options_of(new), correct=tuple(sorted(new.correct)), accepted=accepted_of(new))


def accepted_of(new: NewQuestion) -> tuple[str, ...]:
    """Return the accepted texts as they are kept: numbers in one notation, and no text that compares like another."""
    if new.kind is QuestionKind.NUMBER:
        return tuple(dict.fromkeys(map(canonical, new.accepted)))
    return without_repeated(new.accepted)


def make_question(
    new: NewQuestion, *, place: QuestionPlace, author_id: uuid.UUID, now: datetime, field: str
) -> Question:
    """Return a new row of a question. field: its name in the request, for the refusal. Raises QuestionInvalid."""
    fault = find_fault(new)
    if fault is not None:
        raise QuestionInvalid(field=f"{field}.{fault}" if field else fault)
    options = [{"id": secrets.token_hex(4), "text": text} for text in options_of(new)]
    return Question(
        id=new_id(),
        unit_id=place.unit_id,
        project_id=place.project_id,
        discipline=place.discipline,
        import_id=place.import_id,
        kind=new.kind,
        text=new.text,
        options=options,
        correct=[options[each]["id"] for each in sorted(new.correct)] or list(accepted_of(new)),
        points=new.points,
        explanation=new.explanation,
        picture_id=new.picture_id,
        created_by=author_id,
        created_at=now,
    )


def read_question(row: Question) -> NewQuestion:
    """Return the question of a row in the form of `normalized`, without the ids of its options."""
    is_written = row.kind.is_written
    return NewQuestion(
        kind=row.kind,
        text=row.text,
        options=tuple(each["text"] for each in row.options),
        correct=() if is_written else correct_positions(row),
        accepted=without_repeated(row.correct) if is_written else (),
        points=row.points,
        explanation=row.explanation,
        picture_id=row.picture_id,
    )


def correct_positions(row: Question) -> tuple[int, ...]:
    """Return the positions of the right options, from 0."""
    return tuple(position for position, each in enumerate(row.options) if each["id"] in row.correct)


def with_answers(row: Question) -> dict[str, Any]:
    """Return all fields of a question, with the right answers, for people who may write questions."""
    new = read_question(row)
    return {
        "id": row.id,
        "discipline": row.discipline,
        "kind": row.kind,
        "text": row.text,
        "options": list(new.options),
        "correct": list(new.correct),
        "accepted": list(new.accepted),
        "points": row.points,
        "explanation": row.explanation,
        "picture_id": row.picture_id,
    }
