"""A question of a file as it is kept in the row of its import."""

import uuid
from collections.abc import Mapping
from typing import Any

from attendance.questions.question_files.findings import Findings
from attendance.questions.questions import NewQuestion
from models.exams import QuestionKind
from models.question_imports import QuestionImportRow


def rows_of(findings: Findings, import_id: uuid.UUID) -> list[QuestionImportRow]:
    """Return a row for each line of a file in which a question begins or has an error, in order."""
    errors: dict[int, list[dict[str, str | None]]] = {}
    for fault in findings.faults:
        errors.setdefault(fault.line, []).append({"column": fault.column, "code": fault.code})
    found = {each.line: each for each in findings.found}
    return [
        QuestionImportRow(
            import_id=import_id,
            number=number,
            content=None if number in errors else _write(found[number].question),
            errors=errors.get(number, []),
            has_errors=number in errors,
            findings=[] if number in errors else [{"column": None, "code": each} for each in found[number].noticed],
            is_checked=False,
        )
        for number in sorted(found.keys() | errors.keys())
    ]


def question_of(row: QuestionImportRow) -> NewQuestion:
    """Return the question of a row without errors."""
    if row.content is None:
        raise ValueError("the row has an error, and no question")
    return _read(row.content)


def _write(question: NewQuestion) -> dict[str, Any]:
    return {
        "kind": question.kind.value,
        "text": question.text,
        "options": list(question.options),
        "correct": list(question.correct),
        "accepted": list(question.accepted),
        "points": question.points,
        "explanation": question.explanation,
        "picture_id": str(question.picture_id) if question.picture_id else None,
    }


def _read(content: Mapping[str, Any]) -> NewQuestion:
    return NewQuestion(
        kind=QuestionKind(content["kind"]),
        text=content["text"],
        options=tuple(content["options"]),
        correct=tuple(content["correct"]),
        accepted=tuple(content["accepted"]),
        points=content["points"],
        explanation=content["explanation"],
        picture_id=uuid.UUID(content["picture_id"]) if content["picture_id"] else None,
    )
