"""Exams: their rules, papers, attempts and answers."""

import uuid
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.exams.exams import ExamRules, NewExam
from attendance.exams.papers import Draw
from attendance.questions import questions as limits
from attendance.questions.questions import NewQuestion
from models.exams import HandIn, QuestionKind, Review, Scoring
from service.api.exams.schemas.exam_changes import ExamCorrectionOut, ExamExceptionOut, SeenCorrectionOut
from service.api.projects.schemas.project_briefs import CutOffOut
from service.api.projects.schemas.sessions import SaneInstant
from service.edge.answers.bodies import Body, Out, Reason, Way, Ways
from service.edge.answers.briefs import ProjectBrief, beside

Discipline = Annotated[str, Field(min_length=1, max_length=100)]
OptionText = Annotated[str, Field(min_length=1, max_length=limits.LONGEST_OPTION)]
OptionPlace = Annotated[int, Field(ge=0, lt=limits.MOST_OPTIONS)]
Accepted = Annotated[str, Field(min_length=1, max_length=limits.LONGEST_ACCEPTED)]
Points = Annotated[int, Field(ge=1, le=limits.MOST_POINTS)]
ShortText = Annotated[str, Field(max_length=limits.LONGEST_ACCEPTED)]
OptionId = Annotated[str, Field(max_length=16)]


class QuestionIn(Body):
    """A question.

    options: two to twelve different texts for choices; true/false has two fixed ones. correct: positions of the correct
    options, from 0. accepted: the texts that a blank accepts; character width, case, spaces and the notation of numbers
    don't matter. For a number: numbers (`3.14`), with a tolerance (`3.14±0.01`), or ranges (`3..4`); both ends are
    right.
    """

    kind: QuestionKind
    text: Annotated[str, Field(min_length=1, max_length=limits.LONGEST_TEXT)]
    options: list[OptionText] = Field(default_factory=list, max_length=limits.MOST_OPTIONS)
    correct: list[OptionPlace] = Field(default_factory=list, max_length=limits.MOST_OPTIONS)
    accepted: list[Accepted] = Field(default_factory=list, max_length=limits.MOST_ACCEPTED)
    points: Points = 1
    explanation: Annotated[str, Field(min_length=1, max_length=limits.LONGEST_TEXT)] | None = None
    picture_id: uuid.UUID | None = None

    def to_domain(self) -> NewQuestion:
        """Return the question in the domain's type."""
        return NewQuestion(
            kind=self.kind,
            text=self.text,
            options=tuple(self.options),
            correct=tuple(self.correct),
            accepted=tuple(self.accepted),
            points=self.points,
            explanation=self.explanation,
            picture_id=self.picture_id,
        )


class DrawIn(Body):
    """A rule: draw this many questions of a discipline from the bank, of one kind or of any kind."""

    discipline: Discipline
    count: Annotated[int, Field(ge=1, le=200)]
    kind: QuestionKind | None = None


class ExamIn(Body):
    """An exam: its own questions, rules that draw from the bank, or both.

    pass_mark: per cent. minutes: for one attempt. pause_minutes: between two attempts. closes_at: by default 30 days
    after the last day of the project. needs_attendance: only people who attended a session may start. review: when
    learners may see their mistakes and the explanations. scoring: with `partial`, a multiple choice answer with some
    correct options and no wrong one earns its exact share of the points; otherwise all or nothing. Only the score is
    rounded.
    """

    ways: ClassVar[Ways] = {
        "WithQuestions": Way(needs=("questions",), is_open=True),
        "WithDraws": Way(needs=("draws",), is_open=True),
    }

    pass_mark: Annotated[int, Field(ge=0, le=100)] = 60
    minutes: Annotated[int, Field(ge=1, le=600)] = 60
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    pause_minutes: Annotated[int, Field(ge=0, le=10_080)] = 10
    opens_at: SaneInstant | None = None
    closes_at: SaneInstant | None = None
    is_shuffled: bool = True
    needs_attendance: bool = True
    review: Review = Review.NEVER
    scoring: Scoring = Scoring.ALL_OR_NOTHING
    questions: list[QuestionIn] = Field(default_factory=list, max_length=200)
    draws: list[DrawIn] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _holds_questions(self) -> "ExamIn":
        if not self.questions and not self.draws:
            raise PydanticCustomError("some_of", "give at least one of {names}", {"names": "questions, draws"})
        return self

    def to_domain(self) -> NewExam:
        """Return the exam in the domain's type."""
        return NewExam(
            rules=ExamRules(**self.model_dump(exclude={"questions", "draws"})),
            questions=tuple(each.to_domain() for each in self.questions),
            draws=tuple(Draw(each.discipline, each.count, each.kind) for each in self.draws),
        )


class MyAttemptBrief(Out):
    """An attempt of mine. score: per cent, null while it is open. regrades: corrections that changed score or pass."""

    id: uuid.UUID
    number: int
    started_at: datetime
    deadline_at: datetime
    submitted_at: datetime | None
    score: float | None
    passed: bool | None
    regrades: list[SeenCorrectionOut]


class ExamOut(Out):
    """An exam as people of the project see it, without its questions. questions: the number on a paper.

    closes_at: the moment from which it is closed for me. mine: my attempts in order; the best one counts. exceptions:
    mine; extra_attempts: more than `attempts`. passed: by an attempt or an exception. cut_off: why it was closed early,
    or null.
    """

    pass_mark: int
    minutes: int
    attempts: int
    pause_minutes: int
    opens_at: datetime | None
    closes_at: datetime
    is_shuffled: bool
    needs_attendance: bool
    review: Review
    scoring: Scoring
    questions: int
    extra_minutes: int
    extra_attempts: int
    exceptions: list[ExamExceptionOut]
    passed: bool
    mine: list[MyAttemptBrief]
    cut_off: CutOffOut | None


class QuestionFull(Out):
    """A question with its correct answers, for people who may write it."""

    id: uuid.UUID
    discipline: str | None
    kind: QuestionKind
    text: str
    options: list[str]
    correct: list[int]
    accepted: list[str]
    points: int
    explanation: str | None
    picture_id: uuid.UUID | None


class DrawOut(Out):
    """A rule: draw this many questions of a discipline from the bank, of one kind or of any kind."""

    discipline: str
    count: int
    kind: QuestionKind | None


class ExamPaper(Out):
    """The questions and rules of the exam as they were set, and later corrections, for the organizer."""

    questions: list[QuestionFull]
    draws: list[DrawOut]
    corrections: list[ExamCorrectionOut]


class ExtraTimeIn(Body):
    """Extra minutes for one learner. They replace earlier ones; 0 removes them."""

    cme_number: Annotated[str, Field(min_length=1, max_length=20)]
    minutes: Annotated[int, Field(ge=0, le=600)]
    reason: Reason


class ExtraTimeOut(Out):
    """Extra minutes for one learner. deadline_at: of the open attempt, or null."""

    cme_number: str
    minutes: int
    deadline_at: datetime | None


class OptionOut(Out):
    """One option of a choice."""

    id: str
    text: str


class PaperQuestion(Out):
    """A question of my paper, in its order."""

    id: uuid.UUID
    kind: QuestionKind
    text: str
    points: int
    picture_id: uuid.UUID | None
    options: list[OptionOut]


class AnswerIn(Body):
    """An answer: option ids, or a text for a blank or a number; an empty one removes the answer.

    revision: the device's count of saves of this question. A late answer never replaces a newer one.
    """

    options: Annotated[list[OptionId], Field(max_length=limits.MOST_OPTIONS)] | None = None
    text: ShortText | None = None
    revision: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None


class AnswerOut(Out):
    """An answer as the server has saved it. options is null for a blank, text is null for a choice."""

    question_id: uuid.UUID
    options: list[str] | None
    text: str | None
    revision: int
    saved_at: datetime


class Reviewed(Out):
    """The result of a question with its correct answers, after corrections. options: ids; accepted: texts of a blank.

    earned: two decimals; points: 0 for a void question.
    """

    question_id: uuid.UUID
    earned: float
    points: int
    options: list[str]
    accepted: list[str]
    explanation: str | None


class AttemptOut(Out):
    """My attempt: its paper, and the answers saved so far. score: per cent, null while it is open.

    now: the server's time, for a countdown. review: null until the attempt is submitted and the organizer allows it.
    regrades: corrections of its questions since it began; none while it is open. People who had passed stay passed.
    """

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    number: int
    started_at: datetime
    deadline_at: datetime
    now: datetime
    submitted_at: datetime | None
    hand_in: HandIn | None
    score: float | None
    passed: bool | None
    questions: list[PaperQuestion]
    answers: list[AnswerOut]
    review: list[Reviewed] | None
    regrades: list[SeenCorrectionOut]


class SubmissionOut(Out):
    """The result of an attempt. score and pass_mark: per cent."""

    id: uuid.UUID
    score: float
    pass_mark: int
    passed: bool
    submitted_at: datetime
    hand_in: HandIn
