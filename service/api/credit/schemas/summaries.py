"""Queries of summaries over several years."""

import re
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from service.edge.answers.bodies import Query

MOST_YEARS = 5
"""Of one multi-year summary (O-27)."""
_YEARS = re.compile(r"20[0-9]{2}(?:,20[0-9]{2})*")


class YearsAsked(Query):
    """The years of a multi-year summary. A client offers the last three, chosen already (O-27)."""

    years: Annotated[
        str,
        Field(
            max_length=100,
            validate_default=True,
            description="One to five years with commas between them, such as 2017,2018.",
        ),
    ] = ""

    def listed(self) -> list[int]:
        """Return the years in their order, each once."""
        return sorted({int(each) for each in self.years.split(",")})

    @field_validator("years")
    @classmethod
    def _some(cls, years: str) -> str:
        if not _YEARS.fullmatch(years):
            raise PydanticCustomError("years_chosen", "choose one year or more, such as years=2017,2018")
        if len(set(years.split(","))) > MOST_YEARS:
            raise PydanticCustomError("years_too_many", "choose {most} years at most", {"most": MOST_YEARS})
        return years
