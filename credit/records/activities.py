"""One identity of an activity: whether two records of credits are of the same one. Pure.

Imports, settlements and whatever grants credits use it, so that one activity is granted once. Likeness of names alone
is never enough: many activities of a day have similar names.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from credit.rules.levelling import level_name, level_number

GRANTED_ELSEWHERE = "already_granted_elsewhere"
"""The reason in a settlement's line of a person who has the same activity from elsewhere."""
NEAR_DAYS = 7
"""So many days outside its dates, an activity of the same number is probably the same."""


class Likeness(enum.Enum):
    """How two records are alike. The value is the code that a person is shown; the field is what differs, or agrees."""

    SAME_NUMBER = ("already_recorded", "number")
    SAME_NAME = ("already_recorded", "name")
    OTHER_EDITION = ("other_edition", "number")
    OTHER_DAYS = ("other_days", "date")
    OTHER_CATEGORY = ("other_category", "category")

    @property
    def is_sure(self) -> bool:
        """Return whether the two are surely of one activity; else they probably are."""
        return self in (Likeness.SAME_NUMBER, Likeness.SAME_NAME)

    @property
    def code(self) -> str:
        """Return the code to tell."""
        return self.value[0]

    @property
    def field(self) -> str:
        """Return the field to name."""
        return self.value[1]


@dataclass(frozen=True)
class Activity:
    """What tells an activity from others. first_on to last_on: its days, one for a record from elsewhere.

    edition: 期次 of its number where it is known; else the one that is written after the number is taken.
    """

    name: str
    category: str
    number: str | None
    first_on: date
    last_on: date
    own_edition: int | None = None

    @cached_property
    def number_key(self) -> str:
        """Return the levelled number, without its edition; empty if there is none."""
        return level_number(self.number)[0]

    @cached_property
    def name_key(self) -> str:
        """Return the levelled name."""
        return level_name(self.name)

    @cached_property
    def edition(self) -> int | None:
        """Return the edition, as it is written after the number, or else as it is known."""
        written = level_number(self.number)[1]
        return self.own_edition if written is None else written

    def search_keys(self) -> Iterator[tuple[str, str]]:
        """Return what an activity that is alike must share with this one: its number or its name."""
        if self.number_key:
            yield ("number", self.number_key)
        yield ("name", self.name_key)


def likeness_of(one: Activity, other: Activity) -> Likeness | None:
    """Return how two activities are alike, the surest first; None if they are two.

    Surely the same: the number, in one edition as far as both have one, on a common day; or name, category and day,
    whatever the editions: a service that registers one activity twice counts it as two editions. Probably: the number
    in another edition or at most NEAR_DAYS apart; or name and day in another category.
    """
    days = _days_apart(one, other)
    by_number = _by_number(one, other, days)
    if by_number is Likeness.SAME_NUMBER:
        return by_number
    is_same_name = not days and one.name_key == other.name_key
    if is_same_name and one.category == other.category:
        return Likeness.SAME_NAME
    return by_number or (Likeness.OTHER_CATEGORY if is_same_name else None)


def _by_number(one: Activity, other: Activity, days: int) -> Likeness | None:
    if not one.number_key or one.number_key != other.number_key or days > NEAR_DAYS:
        return None
    if None not in (one.edition, other.edition) and one.edition != other.edition:
        return Likeness.OTHER_EDITION
    return Likeness.OTHER_DAYS if days else Likeness.SAME_NUMBER


def _days_apart(one: Activity, other: Activity) -> int:
    """Return the days between two activities, 0 if they share one."""
    return max((one.first_on - other.last_on).days, (other.first_on - one.last_on).days, 0)
