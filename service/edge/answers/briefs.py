"""The names beside ids: a field with the id of a person, a unit or a project has a brief of it beside it.

A body declares both: `unit_id: uuid.UUID` and `unit: UnitBrief = beside("unit_id")`. The view has `@with_names`
directly above it, which fills the briefs of the whole answer with at most one statement for people, one for units and
one for projects. A brief that is set already, as in a list that reads the names anyway, stays as it is.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, get_args

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo
from sqlalchemy.orm import Session

from accounts.people.names import name_people, name_units
from attendance.projects.names import name_projects
from models.projects import Project
from service.edge.answers.bodies import Out
from service.edge.calls import PublicCall

Some = TypeVar("Some", bound=PublicCall)
P = ParamSpec("P")
Answer = TypeVar("Answer")
Body = TypeVar("Body", bound=Out)

_BESIDE = "x-names"


class UnitBrief(Out):
    """A unit by its name."""

    id: uuid.UUID
    name: str


class PersonBrief(Out):
    """A person by name, 继教编号 and unit."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: UnitBrief


class ProjectBrief(Out):
    """The main facts of a project. unit: the name of the unit that holds it."""

    id: uuid.UUID
    name: str
    number: str | None
    unit: str
    starts_on: date
    ends_on: date

    @classmethod
    def brief(cls, project: Project, unit: str) -> "ProjectBrief":
        """Return the main facts of a project."""
        return ProjectBrief(
            id=project.id,
            name=project.name,
            number=project.number,
            unit=unit,
            starts_on=project.starts_on,
            ends_on=project.ends_on,
        )


_LOADERS: Mapping[type[Out], Callable[[Session, Collection[uuid.UUID]], Mapping[uuid.UUID, Any]]] = {
    UnitBrief: name_units,
    PersonBrief: name_people,
    ProjectBrief: name_projects,
}


def _nothing() -> Any:
    return None


def beside(field: str) -> Any:
    """Return the default of a brief that `with_names` fills. field: the field of the same body that holds the id.

    The document says so too, as `x-names`.
    """
    return Field(default_factory=_nothing, json_schema_extra={_BESIDE: field})


def without_names(kind: type[Body], row: Any) -> Body:
    """Return the body of a row without its briefs. A row has other things by their names: relations not loaded."""
    briefs = {name for name, field in kind.model_fields.items() if _id_field(field) is not None}
    return kind.model_validate({name: getattr(row, name) for name in kind.model_fields.keys() - briefs})


def with_names(view: Callable[Concatenate[Some, P], Answer]) -> Callable[Concatenate[Some, P], Answer]:
    """Return a view whose answer has the names of the people, units and projects that its bodies refer to."""

    @wraps(view)
    def answer(call: Some, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        answered = view(call, *args, **kwargs)
        fill_names(call.db, answered)
        return answered

    answer.has_names = True  # type: ignore[attr-defined]
    return answer


@dataclass(frozen=True)
class _Gap:
    """A brief to fill in."""

    body: BaseModel
    field: str
    kind: type[Out]
    ident: uuid.UUID


def fill_names(db: Session, answered: Any) -> None:
    """Fill the briefs of all bodies in an answer, in one statement for each kind of brief."""
    gaps = list(_gaps(answered))
    for kind, load in _LOADERS.items():
        wanted = [gap for gap in gaps if gap.kind is kind]
        known = load(db, {gap.ident for gap in wanted})
        shown = {ident: kind.model_validate(each) for ident, each in known.items()}
        for gap in wanted:
            setattr(gap.body, gap.field, shown[gap.ident])


def _gaps(value: Any) -> Iterator[_Gap]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            inner = getattr(value, name)
            id_field = _id_field(field)
            if id_field is not None and inner is None:
                ident = getattr(value, id_field)
                if ident is not None:
                    yield _Gap(value, name, kind_of(field.annotation), ident)
            elif isinstance(inner, BaseModel | list | tuple):
                yield from _gaps(inner)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _gaps(each)


def _id_field(field: FieldInfo) -> str | None:
    """Return the name of the field that holds the id of a brief; None for a field that is no brief."""
    extra = field.json_schema_extra
    return str(extra[_BESIDE]) if isinstance(extra, dict) and _BESIDE in extra else None


def kind_of(annotation: Any) -> type[Out]:
    """Return the class of a brief from the annotation of its field, with or without None."""
    (kind,) = (each for each in get_args(annotation) or (annotation,) if each is not type(None))
    return kind  # type: ignore[no-any-return]
