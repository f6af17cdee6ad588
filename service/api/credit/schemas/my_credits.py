"""Credits, compliance and its summary; amounts are strings, as `38.00` credits and `134.0` hours."""

import uuid
from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from credit.compliance.judging import Result
from credit.compliance.lines import LineStatus
from models.ledger import SourceRole
from service.api.projects.schemas.projects import SaneDate
from service.edge.bodies import Out, Page, Query
from service.edge.paging import ListOut

Year = Annotated[int, Field(ge=2000, le=2099)]


class PeriodAsked(Query):
    """A period, both days included; open where an end is left out."""

    first: SaneDate = Field(date(2000, 1, 1), alias="from")
    last: SaneDate = Field(date(2099, 12, 31), alias="to")
    status: LineStatus | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("period", "`to` comes before `from`")
        return self


class CreditsAsked(PeriodAsked, Page):
    """Which credits. status: those that are approved or wait, unless one status is asked for."""


class YearAsked(Query):
    """Which year (统计年度)."""

    year: Year


class ComplianceAsked(YearAsked, Page):
    """Which year, and which of its lines to show: all of them, unless there are more than a person can have."""

    limit: int = Field(500, ge=1, le=500)


class CreditOut(Out):
    """One line of credits (M-4.1.3). level: the category's name (学分级别); rule and version: of the grant."""

    id: uuid.UUID
    date: date
    number: str | None
    name: str
    activity_type: str
    category: str
    level: str
    role: SourceRole
    discipline: str | None
    delivery_mode: str
    hours: str
    credits: str
    status: LineStatus
    review_comment: str | None
    recorded_by: str
    rule: str | None
    rule_set: str | None
    rule_set_version: int | None


class TotalsOut(Out):
    """Sums over all lines that were asked for, whatever the page (M-4.1.8)."""

    credits: str
    hours: str
    class_I: str  # noqa: N815 - the name of the contract
    class_II: str  # noqa: N815
    other: str


class CreditList(ListOut):
    """A page of lines, newest first, with the totals of all."""

    items: list[CreditOut]
    next_cursor: str | None
    totals: TotalsOut


class CompliancePeriod(Out):
    """The days of a year."""

    model_config = ConfigDict(populate_by_name=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class ComplianceItem(CreditOut):
    """A line as the standard counts it (M-4.2.4). reason: why counted is less than credits, if it is."""

    cme_number: str | None
    credit_class: str | None
    counted: str
    reason: str | None


class ComplianceOut(ListOut):
    """Whether a year meets the standard. required, have and missing by measure: credits, hours, class_I, class_II.

    record_count: of all lines, which all count; items: those of this page, by day. Where the rule set has a standard
    over several years that is on for the person's unit, `rolling_` and its code is a measure too.
    """

    year: int
    period: CompliancePeriod
    result: Result
    record_count: int
    items: list[ComplianceItem]
    next_cursor: str | None
    required: dict[str, str]
    have: dict[str, str]
    missing: dict[str, str]
    exemptions: list[str]
    rule_set: str
    rule_set_version: int


class SummaryRowOut(Out):
    """A row of figure 9."""

    model_config = ConfigDict(populate_by_name=True)

    code: str
    name: str
    credit_class: str | None = Field(alias="class")
    credits: str
    hours: str


class SummaryOut(Out):
    """The tree of a year, zero rows too."""

    year: int
    rows: list[SummaryRowOut]
