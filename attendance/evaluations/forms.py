"""The form of an evaluation (项目评价): own questions or those of a template. It is fixed after the first response."""

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
from attendance.projects.access import ReadableProject
from attendance.record.participants import InsiderProject
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.base import new_id
from models.evaluations import EvaluationForm
from models.projects import Project


class FormKind(enum.StrEnum):
    """The kind of a form question: how it is answered."""

    STARS = "stars"
    SINGLE = "single"
    MULTIPLE = "multiple"
    TEXT = "text"


CHOICES = (FormKind.SINGLE, FormKind.MULTIPLE)


@dataclass(frozen=True)
class NewFormQuestion:
    """A question without ids. options: two or more texts for choices, none for stars and text."""

    kind: FormKind
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormOption:
    """An option of a choice."""

    id: str
    text: str


@dataclass(frozen=True)
class FormQuestion:
    """A question of a form, with the ids of the question and its options."""

    id: str
    kind: FormKind
    text: str
    options: tuple[FormOption, ...]

    def write(self) -> dict[str, Any]:
        """Return the question as JSON for the row."""
        options = [{"id": each.id, "text": each.text} for each in self.options]
        return {"id": self.id, "kind": self.kind.value, "text": self.text, "options": options}

    @property
    def wording(self) -> NewFormQuestion:
        """Return the question without ids."""
        return NewFormQuestion(self.kind, self.text, tuple(each.text for each in self.options))


def read_questions(form: EvaluationForm) -> list[FormQuestion]:
    """Return the questions of a form in order."""
    return [
        FormQuestion(each["id"], FormKind(each["kind"]), each["text"], tuple(FormOption(**o) for o in each["options"]))
        for each in form.questions
    ]


def number_questions(wanted: Sequence[NewFormQuestion]) -> list[FormQuestion]:
    """Return the questions with ids for them and their options. Raises QuestionInvalid for options that don't fit."""
    numbered = []
    for position, each in enumerate(wanted):
        has_options = len(each.options) >= 2 and len(set(each.options)) == len(each.options)
        if has_options != (each.kind in CHOICES) or (each.options and each.kind not in CHOICES):
            raise QuestionInvalid(field=f"questions.{position}.options")
        options = tuple(FormOption(str(number), text) for number, text in enumerate(each.options, 1))
        numbered.append(FormQuestion(str(new_id()), each.kind, each.text, options))
    return numbered


def find_form(db: Session, project_id: uuid.UUID) -> EvaluationForm | None:
    """Return the form of a project, read from the database again, or None."""
    wanted = select(EvaluationForm).where(EvaluationForm.project_id == project_id)
    return db.scalars(wanted.execution_options(populate_existing=True)).first()


def get_form(db: Session, project: ReadableProject | InsiderProject) -> EvaluationForm:
    """Return the form of a project. Raises NotFound for a project without form."""
    form = find_form(db, project.id)
    if form is None:
        raise NotFound
    return form


def set_form(
    db: Session, *, project: Project, questions: Sequence[NewFormQuestion], caller: Caller, now: datetime
) -> EvaluationForm:
    """Set or replace the form of a project and return it. The same questions a second time change nothing.

    project: locked, so that two changes at the same time wait for each other. A response to the replaced form is
    refused. Raises QuestionInvalid; EvaluationStarted after the first response.
    """
    numbered = number_questions(questions)
    wanted = select(EvaluationForm).where(EvaluationForm.project_id == project.id).with_for_update()
    form = db.scalars(wanted.execution_options(populate_existing=True)).first()  # responses wait for this lock
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
