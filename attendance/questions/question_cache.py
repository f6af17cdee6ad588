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
    import_id: uuid.UUID | None = None


_COLUMNS = (
    Question.id, Question.kind, Question.discipline, Question.text, Question.options, Question.correct,
    Question.points, Question.explanation, Question.picture_id, Question.import_id,
)  # fmt: skip


class QuestionCache:
    """The questions that were read so far, the latest few thousand. Safe to use from several threads."""

    def __init__(self) -> None:
        self._known: dict[uuid.UUID, AskedQuestion] = {}
        self._turn = threading.Lock()

    def load(self, db: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, AskedQuestion]:
        """Return questions by id; one statement for all that were not read yet, none if all were read."""
        wanted = set(ids)
        found = {each: known for each in wanted if (known := self._known.get(each)) is not None}
        missing = wanted - found.keys()
        if missing:
            read = _read(db, missing)
            self._remember(read)
            found |= read
        return found

    def _remember(self, read: dict[uuid.UUID, AskedQuestion]) -> None:
        with self._turn:
            self._known.update(read)
            for oldest in list(self._known)[: max(0, len(self._known) - _MOST)]:
                del self._known[oldest]


def _read(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, AskedQuestion]:
    read = {}
    found = db.execute(select(*_COLUMNS).where(Question.id.in_(ids)))
    for id, kind, discipline, text, options, correct, *rest in found:
        texts = {each["id"]: each["text"] for each in options}
        read[id] = AskedQuestion(id, kind, discipline, text, texts, tuple(correct), *rest)
    return read
