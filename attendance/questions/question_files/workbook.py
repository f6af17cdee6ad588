"""Questions as a table (XLSX, or CSV): a question a row, with the usual titles of Chinese question banks."""

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from attendance.questions.errors import Fault
from attendance.questions.question_files.findings import Findings, FoundQuestion
from attendance.questions.questions import LONGEST_TEXT, MOST_OPTIONS, TRUE_FALSE, NewQuestion, find_fault
from models.exams import QuestionKind
from sheets.cells import Meaning
from sheets.meanings import identifier_of
from sheets.tables import Row, read_table
from sheets.writing import Line, xlsx_bytes

KIND, TEXT, ANSWER, POINTS, EXPLANATION, PICTURE = "题型", "题干", "答案", "分值", "解析", "图片"
_LETTERS = "ABCDEFGHIJKL"[:MOST_OPTIONS]
OPTIONS = tuple(f"选项{letter}" for letter in _LETTERS)
COLUMNS = (KIND, TEXT, *OPTIONS, ANSWER, POINTS, EXPLANATION, PICTURE)
_NAMES = {
    QuestionKind.SINGLE: "单选题",
    QuestionKind.MULTIPLE: "多选题",
    QuestionKind.TRUE_FALSE: "判断题",
    QuestionKind.FILL: "填空题",
    QuestionKind.NUMBER: "数值题",
}
_KINDS = {name: kind for kind, name in _NAMES.items()}
_KINDS |= {name.removesuffix("题"): kind for name, kind in _KINDS.items()} | {kind.value: kind for kind in QuestionKind}
_TRUTH = {"对": 0, "正确": 0, "√": 0, "T": 0, "TRUE": 0, "1": 0}
_TRUTH |= {"错": 1, "错误": 1, "×": 1, "F": 1, "FALSE": 1, "0": 1}
_BETWEEN_TEXTS = "|"  # separates the accepted texts of a blank in a cell; `\|` is a text
_SLASHES = re.compile(r"(\\*)\|")
_COLUMN_OF_FIELD = {"text": TEXT, "options": OPTIONS[0], "correct": ANSWER, "accepted": ANSWER, "points": POINTS}


class _CellError(Exception):
    """An error in a cell, with its column and code."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column, self.code = column, code


def read(data: bytes, *, points: int, most: int) -> Findings:
    """Return the questions and errors of a table. points: for rows without points; most: limit of rows.

    Raises sheets.errors.SheetError.
    """
    rows = read_table(
        data,
        columns=COLUMNS,
        required=(KIND, TEXT, ANSWER),
        max_rows=most,
        max_cell=LONGEST_TEXT,
        meanings={POINTS: Meaning.AMOUNT},
    )
    found, faults = list[FoundQuestion](), list[Fault]()
    for row in rows:
        if row.faults:
            faults.extend(Fault(row.number, column, code) for column, code in row.faults.items())
            continue
        try:
            found.append(FoundQuestion(row.number, _read_row(row, points)))
        except _CellError as wrong:
            faults.append(Fault(row.number, wrong.column, wrong.code))
    if not rows:
        faults.append(Fault(1, None, "no_questions"))
    return Findings(tuple(found), tuple(faults))


def _read_row(row: Row, points: int) -> NewQuestion:
    cells = row.cells
    kind = _KINDS.get(cells[KIND].lower())
    if kind is None:
        raise _CellError(KIND, "kind_unknown")
    given = identifier_of(cells[POINTS])
    if given and not (given.isascii() and given.isdigit()):
        raise _CellError(POINTS, "points_unreadable")
    question = NewQuestion(
        kind=kind,
        text=cells[TEXT],
        points=int(given[:9]) if given else points,
        explanation=cells[EXPLANATION] or None,
        picture_id=_picture_id(cells[PICTURE]),
    )
    question = _with_answer(question, row)
    fault = find_fault(question)
    if fault is not None:
        raise _CellError(_COLUMN_OF_FIELD[fault], f"{fault}_invalid")
    return question


def _picture_id(cell: str) -> uuid.UUID | None:
    """Return the id of a picture of the bank, as an export writes it."""
    try:
        return uuid.UUID(cell) if cell else None
    except ValueError:
        raise _CellError(PICTURE, "picture_unknown") from None


def _with_answer(question: NewQuestion, row: Row) -> NewQuestion:
    answer = row.cells[ANSWER]
    if question.kind.is_written:
        return replace(question, accepted=_split_texts(answer))
    options = [row.cells[each] for each in OPTIONS]
    while options and not options[-1]:
        options.pop()
    if question.kind is QuestionKind.TRUE_FALSE:
        return replace(question, correct=(_truth(answer.upper(), options),))
    letters = [each for each in answer.upper() if each not in " ,，、;；"]
    if not letters or not all(each in _LETTERS[: len(options)] for each in letters):
        raise _CellError(ANSWER, "answer_unknown")
    return replace(question, options=tuple(options), correct=tuple(sorted(map(_LETTERS.index, letters))))


def _truth(answer: str, options: Sequence[str]) -> int:
    """Return 0 for right and 1 for wrong. A letter is looked up in the options of the row, if it has some."""
    meanings = [_TRUTH.get(each.upper()) for each in options or TRUE_FALSE]
    if sorted(meanings, key=str) != [0, 1]:
        raise _CellError(OPTIONS[0], "true_false_options_unknown")
    meaning = meanings["AB".index(answer)] if answer in ("A", "B") else _TRUTH.get(answer)
    if meaning is None:
        raise _CellError(ANSWER, "answer_unknown")
    return meaning


def _split_texts(cell: str) -> tuple[str, ...]:
    """Return the texts in a cell. Two backslashes before a bar are one, and a single one makes the bar a text."""
    texts, kept, end = list[str](), "", 0
    for found in _SLASHES.finditer(cell):
        slashes = len(found[1])
        kept += cell[end : found.start()] + "\\" * (slashes // 2)
        end = found.end()
        if slashes % 2:
            kept += _BETWEEN_TEXTS
        else:
            texts.append(kept)
            kept = ""
    return tuple(each.strip() for each in [*texts, kept + cell[end:]] if each.strip())


def _join_texts(texts: Sequence[str]) -> str:
    """Return the texts as they stand in a cell."""
    *before, last = [_SLASHES.sub(lambda found: found[1] * 2 + "\\|", each) for each in texts]
    ended = [each + "\\" * (len(each) - len(each.rstrip("\\"))) for each in before]
    return _BETWEEN_TEXTS.join([*ended, last])


def write(questions: Iterable[NewQuestion]) -> bytes:
    """Return the questions as XLSX. Reading it gives the same questions. A picture is written as its id in the bank."""
    return xlsx_bytes(COLUMNS, _lines(questions), name="题库")


def _lines(questions: Iterable[NewQuestion]) -> Iterator[Line]:
    for each in questions:
        if each.kind.is_written:
            answer = _join_texts(each.accepted)
        elif each.kind is QuestionKind.TRUE_FALSE:
            answer = "对" if each.correct == (0,) else "错"
        else:
            answer = "".join(_LETTERS[position] for position in each.correct)
        shown = each.options if each.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE) else ()
        options = [*shown, *[None] * (MOST_OPTIONS - len(shown))]
        picture = str(each.picture_id) if each.picture_id else None
        yield [_NAMES[each.kind], each.text, *options, answer, each.points, each.explanation, picture]
