"""The form of an evaluation (项目评价): one's own questions or those of a template, set before anybody answers."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.errors import QuestionInvalid
from attendance.evaluations.errors import EvaluationStarted
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.base import new_id
from models.evaluations import EvaluationForm
from models.projects import Project


class FormKind(enum.StrEnum):
    """How a question of a form is answered."""

    STARS = "stars"
    SINGLE = "single"
    MULTIPLE = "multiple"
    TEXT = "text"


CHOICES = (FormKind.SINGLE, FormKind.MULTIPLE)


@dataclass(frozen=True)
class NewFormQuestion:
    """A question to ask. options: two or more texts for choices, none for stars and text."""

    kind: FormKind
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormOption:
    """One thing to choose."""

    id: str
    text: str


@dataclass(frozen=True)
class FormQuestion:
    """A question as it stands in a form."""

    id: str
    kind: FormKind
    text: str
    options: tuple[FormOption, ...]

    def write(self) -> dict[str, Any]:
        """As JSON, for the row."""
        options = [{"id": each.id, "text": each.text} for each in self.options]
        return {"id": self.id, "kind": self.kind.value, "text": self.text, "options": options}

    @property
    def wording(self) -> NewFormQuestion:
        """What was asked for, without the ids."""
        return NewFormQuestion(self.kind, self.text, tuple(each.text for each in self.options))


def read_questions(form: EvaluationForm) -> list[FormQuestion]:
    """Return the questions of a form's row, in order."""
    return [
        FormQuestion(each["id"], FormKind(each["kind"]), each["text"], tuple(FormOption(**o) for o in each["options"]))
        for each in form.questions
    ]


def number_questions(wanted: Sequence[NewFormQuestion]) -> list[FormQuestion]:
    """Give every question and option an id. Raises QuestionInvalid where options and kind don't fit."""
    numbered = []
    for place, each in enumerate(wanted):
        has_options = len(each.options) >= 2 and len(set(each.options)) == len(each.options)
        if has_options != (each.kind in CHOICES) or (each.options and each.kind not in CHOICES):
            raise QuestionInvalid(field=f"questions.{place}.options")
        options = tuple(FormOption(str(number), text) for number, text in enumerate(each.options, 1))
        numbered.append(FormQuestion(str(new_id()), each.kind, each.text, options))
    return numbered


def find_form(db: Session, project_id: uuid.UUID) -> EvaluationForm | None:
    """Return the form of a project, as it is now."""
    wanted = select(EvaluationForm).where(EvaluationForm.project_id == project_id)
    return db.scalars(wanted.execution_options(populate_existing=True)).first()


def get_form(db: Session, project_id: uuid.UUID) -> EvaluationForm:
    """Return the form of a project. Raises NotFound where it has none."""
    form = find_form(db, project_id)
    if form is None:
        raise NotFound
    return form


def set_form(
    db: Session, *, project: Project, questions: Sequence[NewFormQuestion], caller: Caller, now: datetime
) -> EvaluationForm:
    """Give the project its form, or another one; the same questions again change nothing.

    project: locked, so that who sets it at the same time waits; who answers meanwhile finds that it changed. Raises
    QuestionInvalid; EvaluationStarted once somebody has answered.
    """
    numbered = number_questions(questions)
    wanted = select(EvaluationForm).where(EvaluationForm.project_id == project.id).with_for_update()
    form = db.scalars(wanted.execution_options(populate_existing=True)).first()  # who answers meanwhile waits
    if form is not None and [each.wording for each in read_questions(form)] == list(questions):
        return form
    if form is None:
        form = EvaluationForm(project_id=project.id, responses=0)
        db.add(form)
    elif form.responses:
        raise EvaluationStarted
    form.questions = [each.write() for each in numbered]
    form.set_by, form.set_at = caller.person_id, now
    audit.record(db, caller, now, "evaluation.set", project, after={"questions": len(numbered)})
    db.flush()
    return form
