"""The answers of a GIFT question, in the braces: what they mean in Moodle, or why they can't be taken."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from attendance.questions.answer_numbers import canonical, read_range
from attendance.questions.question_files.findings import Unreadable
from attendance.questions.question_files.gift_texts import WEIGHT, Piece, read_text
from attendance.questions.question_files.plain_texts import TextFormat
from attendance.questions.questions import NewQuestion
from models.exams import QuestionKind

_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_MOST_ANSWERS = 50  # more than any question may have; the limit bounds the time for one question
_ROUNDED_BY = 0.5  # per cent: 33 and 33.33333 are both a third
SHORT_ANSWER = "[kind:fill]"
"""A comment that says that arrows in the answers are text: Moodle knows no way to write that."""
_ANY_TEXT = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True)
class _Answer:
    """One answer. mark: `=` or `~`; weight: per cent, None where none is given."""

    mark: str
    weight: float | None
    piece: Piece

    def text(self, form: TextFormat) -> str:
        """Return its text. Raises Unreadable, for an empty one too."""
        text = read_text(self.piece, form)
        if not text:
            raise Unreadable(self.piece.line, "answer_empty")
        return text


def has_feedback(body: Piece) -> bool:
    """Return whether there is feedback on single answers, which exams here don't have."""
    general = body.bare.rfind("####")
    answers = (body.bare[:general] if general >= 0 else body.bare).lstrip()
    return re.search(r"#\s*[^#=~\s]", answers.removeprefix("#")) is not None  # `#` in front: a number is asked for


def read_answers(body: Piece, form: TextFormat, *, is_fill: bool) -> NewQuestion:
    """Return a question without its text. Raises Unreadable.

    form: of the question, and so of its answers. is_fill: whether `=a -> b` is a text, and no pair to match.
    """
    general = body.bare.rfind("####")
    explanation = read_text(body.cut(general + 4), form) if general >= 0 else ""
    body = (body.cut(0, general) if general >= 0 else body).stripped()
    first = body.bare.strip()
    if not first:
        raise Unreadable(body.line, "essay_unsupported")
    if first.startswith("#"):
        return replace(_number(body.cut(1)), explanation=explanation or None)
    truth = _TRUTH.get(first.partition("#")[0].strip().upper())
    if truth is not None:
        question = NewQuestion(QuestionKind.TRUE_FALSE, "", correct=(0 if truth else 1,))
    else:
        question = _of_kind(list(_answers(body, is_fill=is_fill)), form, body.line)
    return replace(question, explanation=explanation or None)


def _answers(body: Piece, *, is_fill: bool) -> Iterator[_Answer]:
    starts = [found.start() for found in re.finditer("[=~]", body.bare)]
    if not starts or body.bare[: starts[0]].strip():
        raise Unreadable(body.line, "answer_mark_missing")
    if len(starts) > _MOST_ANSWERS:
        raise Unreadable(body.line, "too_many_answers")
    is_choice = any(body.bare[start] == "~" for start in starts)
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        part = body.cut(start, end)
        if "->" in part.bare and not is_choice and not is_fill:
            raise Unreadable(part.line, "matching_unsupported")
        weight = WEIGHT.match(part.raw, 1)
        begin = weight.end() if weight else 1
        feedback = part.bare.find("#", begin)
        text = part.cut(begin, feedback if feedback >= 0 else None)
        yield _Answer(part.raw[0], float(weight[1]) if weight else None, text.stripped())


def _of_kind(answers: Sequence[_Answer], form: TextFormat, line: int) -> NewQuestion:
    if all(each.mark == "=" for each in answers):
        return _blank(answers, form, line)
    texts = tuple(each.text(form) for each in answers)
    if any(each.mark == "=" for each in answers):
        return NewQuestion(QuestionKind.SINGLE, "", options=texts, correct=(_only_right(answers, line),))
    if all(each.weight is None for each in answers):
        return NewQuestion(QuestionKind.SINGLE, "", options=texts)  # no option is right; the later check reports this
    return NewQuestion(QuestionKind.MULTIPLE, "", options=texts, correct=_right_together(answers, line))


def _only_right(answers: Sequence[_Answer], line: int) -> int:
    """Return the place of the right option of a single choice. In Moodle a wrong one with a weight earns or costs."""
    right = [place for place, each in enumerate(answers) if each.mark == "="]
    if any((each.weight or 0) > 0 if each.mark == "~" else each.weight not in (None, 100) for each in answers):
        raise Unreadable(line, "partial_credit_unsupported")
    if any((each.weight or 0) < 0 for each in answers):
        raise Unreadable(line, "penalty_unsupported")
    if len(right) > 1:
        raise Unreadable(line, "several_right_without_weights")
    return right[0]


def _right_together(answers: Sequence[_Answer], line: int) -> tuple[int, ...]:
    """Return the places of the right options of a multiple choice: together they are worth 100%, and each the same.

    Moodle adds up what was chosen, from 0 to 100%. With other weights some of the right options would already be full
    marks, or one would be worth more than another: exams here have neither.
    """
    right = tuple(place for place, each in enumerate(answers) if (each.weight or 0) > 0)
    if any(abs((answers[place].weight or 0) - 100 / len(right)) > _ROUNDED_BY for place in right):
        raise Unreadable(line, "weights_unsupported")
    return right


def _number(body: Piece) -> NewQuestion:
    """Return a question for a number: `3.14:0.01` with a tolerance, `3..4` a range, several after `=` each.

    What stands after `~` is feedback on wrong answers.
    """
    wrong = body.bare.find("~")
    body = (body if wrong < 0 else body.cut(0, wrong)).stripped()
    if not body.bare.startswith("="):
        body = Piece.of(f"={body.raw}", body.line)
    answers = list(_answers(body, is_fill=True))
    if any(each.weight not in (None, 100) for each in answers):
        raise Unreadable(body.line, "partial_credit_unsupported")
    texts = tuple(each.text(TextFormat.PLAIN) for each in answers)
    for each, text in zip(answers, texts, strict=True):
        if read_range(text) is None:
            raise Unreadable(each.piece.line, "number_unreadable")
    return NewQuestion(QuestionKind.NUMBER, "", accepted=tuple(map(canonical, texts)))


def _blank(answers: Sequence[_Answer], form: TextFormat, line: int) -> NewQuestion:
    r"""Return a short answer. Moodle takes `*` for any text, but not in `\*`."""
    if any(each.weight not in (None, 100) for each in answers):
        raise Unreadable(line, "partial_credit_unsupported")
    texts = []
    for each in answers:
        text = each.text(form)
        if _ANY_TEXT.search(text):
            raise Unreadable(each.piece.line, "wildcard_unsupported")
        texts.append(text.replace("\\*", "*"))
    return NewQuestion(QuestionKind.FILL, "", accepted=tuple(texts))
