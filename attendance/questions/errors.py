"""Why a question, or a file of questions, is refused."""

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
