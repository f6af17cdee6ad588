"""Templates of evaluation forms (评价模板): a common one and those of units."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.evaluations.forms import FormKind, NewFormQuestion, number_questions
from attendance.projects.units import get_own_unit, visible_unit_ids
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.base import new_id
from models.evaluations import EvaluationTemplate


@dataclass(frozen=True)
class Template:
    """A template for forms. unit_id, created_at: None for the common template."""

    id: uuid.UUID
    unit_id: uuid.UUID | None
    name: str
    questions: tuple[NewFormQuestion, ...]
    created_at: datetime | None


STANDARD = Template(
    id=uuid.UUID("01930000-0000-7000-8000-000000000001"),
    unit_id=None,
    name="通用项目评价",  # REQUIREMENTS W: stars for content, teachers, organization, place; and a text
    questions=(
        NewFormQuestion(FormKind.STARS, "课程内容"),
        NewFormQuestion(FormKind.STARS, "授课教师"),
        NewFormQuestion(FormKind.STARS, "组织工作"),
        NewFormQuestion(FormKind.STARS, "场地设施"),
        NewFormQuestion(FormKind.TEXT, "意见和建议"),
    ),
    created_at=None,
)


def list_templates(db: Session, *, caller: Caller) -> list[Template]:
    """Return the common template, then the templates that the caller may use, newest first.

    These belong to the caller's units as organizer and to all units above them.
    """
    wanted = select(EvaluationTemplate).where(EvaluationTemplate.unit_id.in_(visible_unit_ids(caller)))
    stored = db.scalars(wanted.order_by(EvaluationTemplate.id.desc()).limit(200))
    return [STANDARD, *map(_read, stored)]


def get_template(db: Session, *, template_id: uuid.UUID, caller: Caller) -> Template:
    """Return a template that the caller may use. Raises NotFound."""
    if template_id == STANDARD.id:
        return STANDARD
    stored = db.get(EvaluationTemplate, template_id)
    if stored is None or stored.unit_id not in visible_unit_ids(caller):
        raise NotFound(field="template_id")
    return _read(stored)


def keep_template(
    db: Session,
    *,
    name: str,
    questions: Sequence[NewFormQuestion],
    unit_id: uuid.UUID | None,
    caller: Caller,
    now: datetime,
) -> Template:
    """Store a template for a unit and all units below it, and return it.

    Raises QuestionInvalid, UnitNeeded, NotFound, Forbidden.
    """
    number_questions(questions)
    unit = get_own_unit(db, unit_id, caller)
    made = EvaluationTemplate(
        id=new_id(),
        unit_id=unit.id,
        name=name,
        questions=[{"kind": each.kind.value, "text": each.text, "options": list(each.options)} for each in questions],
        created_by=caller.person_id,
        created_at=now,
    )
    db.add(made)
    audit.record(db, caller, now, "evaluation_template.create", made, after={"name": name, "unit_id": str(unit.id)})
    db.flush()
    return _read(made)


def _read(row: EvaluationTemplate) -> Template:
    questions = tuple(
        NewFormQuestion(FormKind(each["kind"]), each["text"], tuple(each["options"])) for each in row.questions
    )
    return Template(row.id, row.unit_id, row.name, questions, row.created_at)
