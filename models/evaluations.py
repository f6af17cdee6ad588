"""Evaluations (项目评价): a project's form, who has answered, and, apart from that, what was answered."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id


class EvaluationForm(Base):
    """The questions of one project, as they were when the form was set, whatever becomes of a template."""

    __tablename__ = "evaluation_form"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """As `attendance.evaluations.forms.FormQuestion` writes them, in order."""
    responses: Mapped[int] = mapped_column(default=0)
    """How many there are; counts the groups of five in which they are shown."""
    waiting: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    """Up to four answers whose group is not whole yet, shuffled: as rows of their own they would lie in the order in
    which people came, as do the rows that say who has answered."""
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EvaluationTemplate(Base):
    """A form that a unit keeps to begin with; the unit and all below it may use it."""

    __tablename__ = "evaluation_template"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EvaluationRespondent(Base):
    """Somebody has answered: the primary key makes it once. No time, and no order on disk, to find the answers by."""

    __tablename__ = "evaluation_respondent"
    __table_args__ = ({"sqlite_with_rowid": False},)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class EvaluationResponse(Base):
    """What one of them answered. Its id is random, unlike all others, and it has no time: nothing leads to a person.

    The five of a group are written at once, in no order.
    """

    __tablename__ = "evaluation_response"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), index=True)
    batch: Mapped[int]
    """Which group of five it came in; a group is shown once it is whole."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    """By the question's id: stars as a number, choices as a list of option ids, text as text."""
