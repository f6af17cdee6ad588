"""Corrections of exams, and exceptions for one person."""

import uuid
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.exams.corrections import Effect, NewCorrection
from attendance.exams.exceptions import ExceptedPerson, NewException
from attendance.questions import questions as limits
from models.exams import CorrectionKind, ExceptionKind
from service.api.exams.schemas.exam_changes import ExamCorrectionOut, ExamExceptionOut
from service.api.exams.schemas.exams import Accepted, OptionPlace
from service.api.projects.schemas.sessions import SaneInstant
from service.edge.answers.bodies import ONE_OF, Body, Out, Reason, Way, Ways
from service.edge.answers.paging import ListOut
from service.edge.answers.problems import in_callers_language
from service.wording.hints import NEXT_ROUND


class ExamCorrectionIn(Body):
    """A correction of one question of the exam: exactly one of `correct`, `void` and `accept_all`.

    correct: positions of the correct options, from 0, or the accepted texts of a blank or numbers. A single choice
    question may get several correct options; each of them is then correct. void: the question no longer counts in any
    paper. accept_all: everybody who had the question gets its points. dry_run: nothing is stored. Learners read the
    reason.
    """

    ways: ClassVar[Ways] = {
        "Key": Way(needs=("correct",), without=("void", "accept_all")),
        "Void": Way(says={"void": True}, without=("correct", "accept_all")),
        "AcceptAll": Way(says={"accept_all": True}, without=("correct", "void")),
    }

    question_id: uuid.UUID
    correct: (
        Annotated[list[OptionPlace], Field(min_length=1, max_length=limits.MOST_OPTIONS)]
        | Annotated[list[Accepted], Field(min_length=1, max_length=limits.MOST_ACCEPTED)]
        | None
    ) = None
    void: Literal[True] | None = None
    accept_all: Literal[True] | None = None
    reason: Reason
    dry_run: bool = False

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(each is not None for each in (self.correct, self.void, self.accept_all)) != 1:
            raise PydanticCustomError("one_of", ONE_OF, {"names": "correct, void, accept_all"})
        return self

    def to_domain(self) -> NewCorrection:
        """Return the domain object."""
        said = self.correct or []
        kind = (
            CorrectionKind.VOID if self.void else CorrectionKind.ACCEPT_ALL if self.accept_all else CorrectionKind.KEY
        )
        return NewCorrection(
            question_id=self.question_id,
            kind=kind,
            reason=self.reason,
            correct=tuple(each for each in said if isinstance(each, int)),
            accepted=tuple(each for each in said if isinstance(each, str)),
        )


class MovedPersonOut(Out):
    """A person whose best score or pass changes by a correction. score_*: per cent.

    keeps_pass: the new score is below the pass mark, but the person had passed and stays passed.
    """

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    score_before: float
    score_after: float
    passed_before: bool
    passed_after: bool
    keeps_pass: bool


class CorrectionEffectOut(Out):
    """The effect of a correction, or of its dry run. id: null for a dry run.

    papers: submitted papers with the question, which are graded again. open_papers: papers still open; they are graded
    when they are submitted. people: those whose result changes. leads_to_round: the project is settled already, and
    more people pass now; `hint` says how they get their credits.
    """

    id: uuid.UUID | None
    dry_run: bool
    papers: int
    open_papers: int
    moved: int
    newly_passed: int
    keeping: int
    people: list[MovedPersonOut]
    leads_to_round: bool
    hint: str | None

    @classmethod
    def of(cls, effect: Effect) -> Self:
        """Show an effect."""
        return cls(
            id=effect.id,
            dry_run=effect.id is None,
            papers=effect.papers,
            open_papers=effect.open_papers,
            moved=len(effect.people),
            newly_passed=effect.newly_passed,
            keeping=sum(each.keeps_pass for each in effect.people),
            people=[MovedPersonOut.model_validate(each) for each in effect.people],
            leads_to_round=effect.leads_to_round,
            hint=in_callers_language(NEXT_ROUND) if effect.leads_to_round else None,
        )


class ExamCorrectionList(ListOut):
    """A page of corrections, oldest first."""

    items: list[ExamCorrectionOut]
    next_cursor: str | None


class ExamExceptionIn(Body):
    """An exception for one learner: exactly one of `attempts`, `until` and `passed`. The latest of each kind holds.

    attempts: how many more than other learners have; 0 removes the exception. until: a later end; a moment before the
    end of the exam changes nothing. passed: true counts as passed; false removes the exception.
    """

    ways: ClassVar[Ways] = {
        "Attempts": Way(needs=("attempts",), without=("until", "passed")),
        "Until": Way(needs=("until",), without=("attempts", "passed")),
        "Passed": Way(needs=("passed",), without=("attempts", "until")),
    }

    cme_number: Annotated[str, Field(min_length=1, max_length=20)]
    attempts: Annotated[int, Field(ge=0, le=20)] | None = None
    until: SaneInstant | None = None
    passed: bool | None = None
    reason: Reason

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(each is not None for each in (self.attempts, self.until, self.passed)) != 1:
            raise PydanticCustomError("one_of", ONE_OF, {"names": "attempts, until, passed"})
        return self

    def to_domain(self) -> NewException:
        """Return the domain object."""
        if self.attempts is not None:
            is_none = self.attempts == 0
            more = None if is_none else self.attempts
            return NewException(ExceptionKind.ATTEMPTS, self.reason, attempts=more, is_taken_back=is_none)
        if self.until is not None:
            return NewException(ExceptionKind.UNTIL, self.reason, until=self.until)
        return NewException(ExceptionKind.PASSED, self.reason, is_taken_back=not self.passed)


class ExceptedPersonOut(Out):
    """A person with their exceptions."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    exceptions: list[ExamExceptionOut]

    @classmethod
    def of(cls, person: ExceptedPerson) -> Self:
        """Show a person."""
        return cls(
            person_id=person.person_id,
            cme_number=person.cme_number,
            name=person.name,
            exceptions=[ExamExceptionOut.model_validate(each) for each in person.exceptions],
        )


class ExamExceptionGivenOut(ExceptedPersonOut):
    """A person with their exceptions now. attempts_left: how many they may still start.

    leads_to_round: the project is settled already; `hint` says how they get their credits.
    """

    attempts_left: int
    leads_to_round: bool
    hint: str | None


class ExceptedList(ListOut):
    """A page of people with exceptions or extra time."""

    items: list[ExceptedPersonOut]
    next_cursor: str | None
