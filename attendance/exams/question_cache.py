"""A cache of questions by id. A stored question never changes, so each process reads it only once."""

import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.exams import Question, QuestionKind

_MOST = 2000  # a few megabytes; an exam has a few hundred questions


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with its answer. options: texts by id, unshuffled; correct: ids of right options, or texts."""

    id: uuid.UUID
    kind: QuestionKind
    discipline: str | None
    text: str
    options: dict[str, str]
    correct: tuple[str, ...]
    points: int
    explanation: str | None
    picture_id: uuid.UUID | None


_COLUMNS = (
    Question.id, Question.kind, Question.discipline, Question.text, Question.options, Question.correct,
    Question.points, Question.explanation, Question.picture_id,
)  # fmt: skip
_known: dict[uuid.UUID, AskedQuestion] = {}
_turn = threading.Lock()


def load_asked(db: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, AskedQuestion]:
    """Return questions by id. One statement reads those that are not in the cache of this process."""
    wanted = set(ids)
    found = {each: known for each in wanted if (known := _known.get(each)) is not None}
    missing = wanted - found.keys()
    if missing:
        found |= _remember(db, missing)
    return found


def _remember(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, AskedQuestion]:
    read = {}
    found = db.execute(select(*_COLUMNS).where(Question.id.in_(ids)))
    for id, kind, discipline, text, options, correct, points, explanation, picture_id in found:
        texts = {each["id"]: each["text"] for each in options}
        read[id] = AskedQuestion(id, kind, discipline, text, texts, tuple(correct), points, explanation, picture_id)
    with _turn:
        _known.update(read)
        for oldest in list(_known)[: max(0, len(_known) - _MOST)]:
            del _known[oldest]
    return read
