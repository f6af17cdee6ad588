"""Rule sets, their versions, and which holds from when."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from credit.rules.rule_sets import RuleSet
from service.api.projects.schemas.projects import SaneDate
from service.edge.bodies import Body, Out, Reason
from service.edge.paging import ListOut


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
    """A version to publish. Its code must be the path's, its version the next one."""

    content: RuleSet
    reason: Reason


class ChoiceNew(Body):
    """Have activities go by a version from a day on."""

    effective_on: SaneDate
    code: Annotated[str, Field(min_length=1, max_length=40)]
    version: Annotated[int, Field(ge=1, le=100_000)]
    reason: Reason


class RuleSetChoiceOut(Out):
    """A choice that was made. The last one for a day holds."""

    effective_on: date
    code: str
    version: int
    reason: str
    chosen_at: datetime


class ChoiceList(ListOut):
    """A page of choices, the last one first."""

    items: list[RuleSetChoiceOut]
    next_cursor: str | None
