"""Why a question or an exam is refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.errors import Refusal


class QuestionRetired(Refusal):
    """The question was removed from its bank or replaced by a corrected one."""

    code = "question_retired"


class TooManyToExport(Refusal):
    """There are more questions than one file may hold. An incomplete file would look like the whole bank."""

    code = "too_many_to_export"


class QuestionsInUse(Refusal):
    """Questions of the import are on papers of learners. facts: how many, on how many papers, of which projects."""

    code = "questions_in_use"


class NotEnoughQuestions(Refusal):
    """The bank has fewer questions than the exam draws."""

    code = "not_enough_questions"


class ExamStarted(Refusal):
    """A learner has begun this exam, so its papers can't change any more."""

    code = "exam_started"


class QuestionNotAsked(Refusal):
    """The question is neither the exam's own nor on any of its papers."""

    code = "question_not_asked"


class PaperWouldBeEmpty(Refusal):
    """Without this question, a paper would have nothing left that counts, and nobody could pass it."""

    code = "paper_would_be_empty"


class ListInReview(Refusal):
    """The reviewing unit is deciding on the list of the project, or its grants are being posted."""

    code = "list_in_review"


class ExamNotOpen(Refusal):
    """The exam isn't open at this time, or the project isn't running."""

    code = "exam_not_open"


class AttemptsUsedUp(Refusal):
    """The learner has used all attempts."""

    code = "attempts_used_up"


class PauseNotOver(Refusal):
    """The pause between two attempts isn't over. `retry_after`: remaining seconds."""

    code = "pause_not_over"


class ExamOver(Refusal):
    """The attempt was handed in by the learner, or its time is over."""

    code = "exam_over"


@dataclass(frozen=True)
class Fault:
    """An error in a file. line: from 1; column: its number or its title in a sheet, None for the whole line."""

    line: int
    column: str | None
    code: str


class QuestionsUnreadable(Refusal):
    """No question of a file can be taken, or it has too many. faults: the first hundred errors."""

    code = "questions_unreadable"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(field="file")
        self.faults = tuple(faults[:100])
