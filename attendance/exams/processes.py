"""The processes of a project's exam, and of files of questions for the bank that it draws from."""

from foundation.processes import Process, Shared

SITTING = "exam.sitting"
SWEEP = "exam.sweep"
CORRECTION = "exam.correction"
QUESTIONS_CHECK = "question_import.check"
QUESTIONS_COMMIT = "question_import.commit"
QUESTIONS_UNDO = "question_import.undo"
_BANK = frozenset({Shared.QUESTION_BANK})
_SHARES = frozenset({Shared.PROJECT, Shared.PERSON})

PROCESSES = (
    # a confirmation finds sittings by what people still owe, in attendance/settlement
    Process(SITTING, _SHARES | _BANK),
    Process(SWEEP, _SHARES),
    Process(CORRECTION, _SHARES),
    Process(QUESTIONS_CHECK, _BANK),
    Process(QUESTIONS_COMMIT, _BANK),
    Process(QUESTIONS_UNDO, _BANK),
)
