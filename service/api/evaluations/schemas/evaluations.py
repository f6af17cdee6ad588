"""Evaluations: their forms, and what was answered."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.evaluations.forms import FormKind, NewFormQuestion
from service.edge.bodies import Body, Out

Text = Annotated[str, Field(min_length=1, max_length=1000)]


class FormQuestionIn(Body):
    """A question to ask. options: two to twenty different texts for `single` and `multiple`, none for the others."""

    kind: FormKind
    text: Text
    options: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(default_factory=list, max_length=20)

    def to_domain(self) -> NewFormQuestion:
        """As the domain takes it."""
        return NewFormQuestion(self.kind, self.text, tuple(self.options))


Questions = Annotated[list[FormQuestionIn], Field(min_length=1, max_length=50)]


class FormIn(Body):
    """The form of a project: its own questions, or those of a template (`GET /evaluation-templates`)."""

    questions: Questions | None = None
    template_id: uuid.UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "FormIn":
        if (self.questions is None) == (self.template_id is None):
            raise PydanticCustomError("one_of", "either questions or template_id")
        return self


class FormOptionOut(Out):
    """One thing to choose."""

    id: str
    text: str


class FormQuestionOut(Out):
    """A question of a form."""

    id: str
    kind: FormKind
    text: str
    options: list[FormOptionOut]


class FormOut(Out):
    """The form of a project. has_evaluated: whether I have answered it."""

    questions: list[FormQuestionOut]
    has_evaluated: bool


class FormAnswerIn(Body):
    """An answer. value: 1 to 5 for stars, an option's id for `single`, a list of them for `multiple`, or a text."""

    question_id: Annotated[str, Field(max_length=64)]
    value: Any = Field(description="A number of stars, an option's id, a list of option ids, or a text.")


class ResponseIn(Body):
    """Answers to all questions; only texts may be left out."""

    answers: Annotated[list[FormAnswerIn], Field(max_length=50)]


class Thanks(Out):
    """The answers are kept, apart from who gave them."""

    has_evaluated: bool


class CountOut(Out):
    """How many gave this answer. value: a number of stars, or an option's id."""

    value: str
    text: str
    count: int


class QuestionResultOut(Out):
    """What was answered to a question. mean: of stars. comments: in no order that tells whose they are."""

    id: str
    kind: FormKind
    text: str
    answered: int
    mean: float | None
    counts: list[CountOut]
    comments: list[str]


class EvaluationResults(Out):
    """Results so far. shown: how many responses are in them; the others wait until their group of five is whole."""

    responses: int
    shown: int
    questions: list[QuestionResultOut]


class TemplateIn(Body):
    """A form to keep. unit_id: may be left out by who organizes for one unit only."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    questions: Questions
    unit_id: uuid.UUID | None = None


class TemplateQuestion(Out):
    """A question of a template."""

    kind: FormKind
    text: str
    options: list[str]


class TemplateOut(Out):
    """A form to begin with. unit_id: null for the one that everybody has."""

    id: uuid.UUID
    unit_id: uuid.UUID | None
    name: str
    questions: list[TemplateQuestion]
    created_at: datetime | None


class TemplateList(Out):
    """The templates that my units may use, the common one first."""

    items: list[TemplateOut]
