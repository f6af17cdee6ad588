"""Bodies of rule sets, their versions, and the choices of a version."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from credit.rules.rule_sets import RuleSet
from service.api.projects.schemas.projects import SaneDate
from service.edge.answers.bodies import Body, Out, Reason
from service.edge.answers.paging import ListOut


class RuleSetSummary(Out):
    """A version of a rule set, without its rules."""

    code: str
    version: int
    name: str
    source: str
    effective_on: date


class RuleSetList(ListOut):
    """A page of versions, by code and version."""

    items: list[RuleSetSummary]
    next_cursor: str | None


class RuleSetNew(Body):
    """A version to publish. code: equal to the path's; version: the next number."""

    content: RuleSet
    reason: Reason


class ChoiceNew(Body):
    """The choice of a version for activities from a day on."""

    effective_on: SaneDate
    code: Annotated[str, Field(min_length=1, max_length=40)]
    version: Annotated[int, Field(ge=1, le=100_000)]
    reason: Reason


class RuleSetChoiceOut(Out):
    """A stored choice. The last choice for a day is in force."""

    effective_on: date
    code: str
    version: int
    reason: str
    chosen_at: datetime


class ChoiceList(ListOut):
    """A page of choices, the last one first."""

    items: list[RuleSetChoiceOut]
    next_cursor: str | None
