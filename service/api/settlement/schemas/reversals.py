"""Reversals of grants, and the reopening of settled projects."""

import uuid
from typing import ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.roster.person_refs import PersonRef
from models.ledger import ReversalCause
from models.projects import ProjectStatus
from service.api.projects.schemas.person_refs import CmeNumber
from service.edge.answers.bodies import Body, Credits, Hours, Out, Reason, Way, Ways


class NamedPeopleIn(Body):
    """The people, by 继教编号, or by id for people without a number; and the reason."""

    ways: ClassVar[Ways] = {
        "ByNumber": Way(needs=("cme_numbers",), is_open=True),
        "ById": Way(needs=("person_ids",), is_open=True),
    }

    cme_numbers: list[CmeNumber] = Field(default_factory=list, max_length=1000)
    person_ids: list[uuid.UUID] = Field(default_factory=list, max_length=1000)
    reason: Reason

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.cme_numbers and not self.person_ids:
            raise PydanticCustomError("somebody", "give cme_numbers or person_ids")
        return self

    def person(self) -> list[PersonRef]:
        """Return who is meant."""
        return [*map(PersonRef, self.cme_numbers), *(PersonRef(person_id=each) for each in self.person_ids)]


class ReversalIn(NamedPeopleIn):
    """The people whose grants are reversed, and why.

    cause: after `misconduct` the next round skips the person until the authority lifts it.
    """

    cause: ReversalCause = ReversalCause.MISTAKE


class LiftingOut(Out):
    """How many people can get grants again; not_barred: numbers, or ids, of people who were not barred."""

    lifted: int
    not_barred: list[str]


class ReversalOut(Out):
    """How many grants were reversed; not_granted: numbers, or ids, of people without a grant."""

    reversed: int
    not_granted: list[str]


class ReopeningIn(Body):
    """Why a settled project is reopened. credits, hours: the correct approved values, if they were wrong."""

    reason: Reason
    credits: Credits | None = None
    hours: Hours | None = None


class ReopenedOut(Out):
    """Where the project is now."""

    status: ProjectStatus
