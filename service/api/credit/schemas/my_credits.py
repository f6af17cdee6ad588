"""Bodies of credits, compliance and summary. Amounts are strings, such as `38.00` credits and `134.0` hours."""

import enum
import uuid
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from credit.compliance.judging import Result
from credit.compliance.lines import EVERY_LINE, LineStatus, Wanted
from foundation.clock import day_at_home
from models.ledger import SourceRole
from service.api.projects.schemas.projects import SaneDate
from service.edge.answers.bodies import Out, Page, Query
from service.edge.answers.paging import ListOut

Year = Annotated[int, Field(ge=2000, le=2099)]


class EveryStatus(enum.StrEnum):
    """Lines of each status, but for those that were taken back."""

    ALL = "all"


class PeriodAsked(Query):
    """A period, both days included. Without one of the days the period is open on that side.

    status: `all` for approved, pending, returned and rejected lines; without it, approved and pending ones.
    """

    first: SaneDate = Field(date(2000, 1, 1), alias="from")
    last: SaneDate = Field(date(2099, 12, 31), alias="to")
    status: LineStatus | EveryStatus | None = None

    @property
    def wanted(self) -> Wanted:
        """Return which lines are wanted."""
        return EVERY_LINE if isinstance(self.status, EveryStatus) else self.status

    def days(self) -> dict[str, str]:
        """Return the days that the query has, by their names there: `from`, `to`, both or none."""
        named = (("from", "first", self.first), ("to", "last", self.last))
        return {name: day.isoformat() for name, field, day in named if field in self.model_fields_set}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("period", "`to` comes before `from`")
        return self


class CreditsAsked(PeriodAsked, Page):
    """Which credits to list."""


class YearAsked(Query):
    """Which year (统计年度); this year, if the query has none."""

    year: Year | None = None

    def year_at(self, now: datetime) -> int:
        """Return the year that is asked for; without one, the year in the province at `now`."""
        return day_at_home(now).year if self.year is None else self.year


class ComplianceAsked(YearAsked, Page):
    """Which year, and which page of its lines. One page usually has them all."""

    limit: int = Field(500, ge=1, le=500)


class CreditOut(Out):
    """A line of credits (M-4.1.3). level: the category's name (学分级别); rule, version: of the grant."""

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
    """Sums of all lines of the query, on each page the same (M-4.1.8)."""

    credits: str
    hours: str
    class_I: str  # noqa: N815 - the API's name
    class_II: str  # noqa: N815
    other: str


class CreditList(ListOut):
    """A page of lines, newest first. totals: of all (全部); approved_totals: of the approved ones (O-13)."""

    items: list[CreditOut]
    next_cursor: str | None
    totals: TotalsOut
    approved_totals: TotalsOut


class CompliancePeriod(Out):
    """The days of a year."""

    model_config = ConfigDict(populate_by_name=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class ComplianceItem(CreditOut):
    """A line as the standard counts it (M-4.2.4). reason: the code of why counted is less than credits, or null."""

    cme_number: str | None
    credit_class: str | None
    counted: str
    reason: str | None


class ComplianceOut(ListOut):
    """The result of a year. required, have, missing: by measure (credits, hours, class_I, class_II).

    record_count: the number of all lines; items: those of this page, by day. If a standard over several years is on for
    the person's unit, `rolling_` and its code is a measure too.
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
    """A year by category, rows of zero too."""

    year: int
    rows: list[SummaryRowOut]
