"""Writes questions as GIFT."""

from collections.abc import Iterable

from attendance.questions.answer_numbers import canonical
from attendance.questions.question_files.gift_answers import SHORT_ANSWER
from attendance.questions.question_files.gift_texts import write_text
from attendance.questions.questions import NewQuestion
from models.exams import QuestionKind


def write(questions: Iterable[NewQuestion]) -> str:
    """Return the questions as GIFT. Reading it gives the same questions.

    GIFT has no points and pictures: comments say them, which Moodle leaves out.
    """
    return "\n".join(_write_one(number, each) for number, each in enumerate(questions, 1))


def _write_one(number: int, question: NewQuestion) -> str:
    notes = [f"[points:{question.points}]"]
    notes += [SHORT_ANSWER] if any("->" in each for each in question.accepted) else []
    notes += [f"[picture:{question.picture_id}]"] if question.picture_id else []
    explanation = [f"####{write_text(question.explanation)}"] if question.explanation else []
    answers = "\n".join(["", *_write_answers(question), *explanation, ""])
    return f"// {' '.join(notes)}\n::Q{number}::[plain]{write_text(question.text)} {{{answers}}}\n"


def _write_answers(question: NewQuestion) -> list[str]:
    match question.kind:
        case QuestionKind.TRUE_FALSE:
            return ["T" if question.correct == (0,) else "F"]
        case QuestionKind.FILL:
            return ["=" + write_text(each.replace("*", "\\*")) for each in question.accepted]  # `*` is any text
        case QuestionKind.NUMBER:
            return ["#", *(f"={canonical(each).replace('±', ':')}" for each in question.accepted)]
        case QuestionKind.SINGLE:
            marks = ["=" if position in question.correct else "~" for position in range(len(question.options))]
        case QuestionKind.MULTIPLE:
            right = f"~%{100 / len(question.correct):.5f}%"
            marks = [right if position in question.correct else "~%-100%" for position in range(len(question.options))]
    return [f"{mark}{write_text(each)}" for mark, each in zip(marks, question.options, strict=True)]
