"""Why a question or an exam is refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.errors import Refusal


class QuestionRetired(Refusal):
    """The question was taken out of its bank, or another one has taken its place."""

    code = "question_retired"


class TooManyToExport(Refusal):
    """More questions than one file may hold; a file that silently lacks some would be taken for the whole bank."""

    code = "too_many_to_export"


class NotEnoughQuestions(Refusal):
    """The bank has fewer questions than a rule wants to draw."""

    code = "not_enough_questions"


class ExamStarted(Refusal):
    """Somebody has a paper of this exam: it can't become another one."""

    code = "exam_started"


class ExamNotOpen(Refusal):
    """It is before the exam's window or after it, or the project isn't under way."""

    code = "exam_not_open"


class AttemptsUsedUp(Refusal):
    """The learner has had all attempts."""

    code = "attempts_used_up"


class PauseNotOver(Refusal):
    """The pause between two attempts; `retry_after` says how long it still is."""

    code = "pause_not_over"


class ExamOver(Refusal):
    """The attempt is handed in, by its learner or because its time is over."""

    code = "exam_over"


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file. line: from 1; column: a number or a sheet's letter; None for the whole line."""

    line: int
    column: str | None
    code: str


class QuestionsUnreadable(Refusal):
    """A file of questions has errors; nothing of it was taken. faults: the first hundred of them."""

    code = "questions_unreadable"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(field="file")
        self.faults = tuple(faults[:100])
