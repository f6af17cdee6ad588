"""Why an exam, an attempt at it, or a correction of it is refused."""

from foundation.errors import Refusal


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
