"""Bodies about who may claim credits, through which review, and under which names."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from models.claims import ReviewLevel
from service.edge.answers.bodies import Body, Out, Reason
from service.edge.answers.briefs import PersonBrief, UnitBrief, beside

Levels = Annotated[list[ReviewLevel], Field(min_length=1, max_length=3)]
OpenYears = Annotated[int, Field(ge=1, le=10)]


class ClaimSettingIn(Body):
    """What a unit says for its people; null: as the unit above says.

    levels: the levels of the review, in order, 单位 among them; open_years: for how many years, this one and those
    before.
    """

    is_open: bool | None
    levels: Levels | None = None
    open_years: OpenYears | None = None
    reason: Reason | None = None

    @field_validator("levels")
    @classmethod
    def _in_order(cls, levels: list[ReviewLevel] | None) -> list[ReviewLevel] | None:
        if levels is not None and (
            ReviewLevel.UNIT not in levels or levels != [each for each in ReviewLevel if each in levels]
        ):
            raise PydanticCustomError("levels", "levels are some of department, unit, authority, in order, with unit")
        return levels


class TermsOut(Out):
    """What holds for claims. opened_by: the unit that says whether they are open; null where none does."""

    is_open: bool
    levels: list[ReviewLevel]
    open_years: int
    opened_by: uuid.UUID | None
    opener: UnitBrief | None = beside("opened_by")
    is_exception: bool


class OwnTermsOut(TermsOut):
    """What holds for my claims. ask: whom to ask where they are not open, in words; null if they are."""

    message: str | None


class ClaimSettingOut(Out):
    """What a unit says itself, null where it says nothing; terms: what holds for its people."""

    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")
    is_open: bool | None
    levels: list[ReviewLevel] | None
    open_years: int | None
    set_by: uuid.UUID | None
    setter: PersonBrief | None = beside("set_by")
    set_at: datetime | None
    terms: TermsOut


class ClaimPermissionIn(Body):
    """Whether one person may claim, whatever their unit says; null: as their unit says."""

    is_open: bool | None
    reason: Reason


class ClaimNameWords(Out):
    """The words that are no name of an activity, as they are compared."""

    words: list[str]


class ClaimNameWordsIn(Body):
    """All words that are no name of an activity."""

    words: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(min_length=1, max_length=1000)]
    reason: Reason | None = None
