"""Bodies of evaluations: forms, answers and results."""

import uuid
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field, JsonValue, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from attendance.evaluations.forms import FormKind, NewFormQuestion
from service.api.projects.schemas.project_briefs import CutOffOut
from service.edge.answers.bodies import ONE_OF, Body, Out, Way, Ways
from service.edge.answers.briefs import UnitBrief, beside

Text = Annotated[str, Field(min_length=1, max_length=1000)]


class FormQuestionIn(Body):
    """A question to ask. options: two to twenty different texts for `single` and `multiple`, none for the others."""

    kind: FormKind
    text: Text
    options: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(default_factory=list, max_length=20)

    def to_domain(self) -> NewFormQuestion:
        """Return the question in the domain's type."""
        return NewFormQuestion(self.kind, self.text, tuple(self.options))


Questions = Annotated[list[FormQuestionIn], Field(min_length=1, max_length=50)]


class FormIn(Body):
    """The form of a project: its own questions, or those of a template (`GET /evaluation-templates`)."""

    ways: ClassVar[Ways] = {
        "ByQuestions": Way(needs=("questions",), without=("template_id",)),
        "ByTemplate": Way(needs=("template_id",), without=("questions",)),
    }

    questions: Questions | None = None
    template_id: uuid.UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "FormIn":
        if (self.questions is None) == (self.template_id is None):
            raise PydanticCustomError("one_of", ONE_OF, {"names": "questions, template_id"})
        return self


class FormOptionOut(Out):
    """An option to choose."""

    id: str
    text: str


class FormQuestionOut(Out):
    """A question of a form."""

    id: str
    kind: FormKind
    text: str
    options: list[FormOptionOut]


class FormOut(Out):
    """The form of a project. has_evaluated: whether I have answered it; cut_off: why it was closed early, if it was."""

    questions: list[FormQuestionOut]
    has_evaluated: bool
    cut_off: CutOffOut | None


_VALUE: dict[str, JsonValue] = {
    "description": "A number of stars, an option's id, a list of option ids, or a text.",
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 5},
        {"type": "string", "maxLength": 2000},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ],
}


class FormAnswerIn(Body):
    """An answer. value: 1 to 5 for stars, an option's id for `single`, a list of them for `multiple`, or a text."""

    question_id: Annotated[str, Field(max_length=64)]
    value: Annotated[Any, WithJsonSchema(_VALUE)]


class ResponseIn(Body):
    """Answers to all questions; only texts may be left out."""

    answers: Annotated[list[FormAnswerIn], Field(max_length=50)]


class Thanks(Out):
    """The answers are stored, without the person."""

    has_evaluated: bool


class CountOut(Out):
    """The number of people with this answer. value: a number of stars, or an option's id."""

    value: str
    text: str
    count: int


class QuestionResultOut(Out):
    """The results of a question. mean: of the stars; comments: in an order that does not show who wrote them."""

    id: str
    kind: FormKind
    text: str
    answered: int
    mean: float | None
    counts: list[CountOut]
    comments: list[str]


class EvaluationResults(Out):
    """The results so far. shown: the number of responses in them; others wait until their group of five is complete."""

    responses: int
    shown: int
    questions: list[QuestionResultOut]


class TemplateIn(Body):
    """A form template to store. unit_id: optional for an organizer of one unit only."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    questions: Questions
    unit_id: uuid.UUID | None = None


class TemplateQuestion(Out):
    """A question of a template."""

    kind: FormKind
    text: str
    options: list[str]


class TemplateOut(Out):
    """A form template. unit_id: null for the common one."""

    id: uuid.UUID
    unit_id: uuid.UUID | None
    unit: UnitBrief | None = beside("unit_id")
    name: str
    questions: list[TemplateQuestion]
    created_at: datetime | None


class TemplateList(Out):
    """The templates that my units may use, the common one first."""

    items: list[TemplateOut]
