"""Project numbers (项目编号) and levels (项目级别).

A number is stored as it was given. Its parts are read where a known format of the packaged file fits.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.projects import ProjectLevel

_FILE = Path(__file__).parent / "packaged" / "number_formats.json"
_LEVELS = {
    "NAT": ProjectLevel.NATIONAL,
    "PRV": ProjectLevel.PROVINCIAL,
    "PRVP": ProjectLevel.PROVINCIAL,
    "ANN": ProjectLevel.PROVINCIAL,
    "MUN": ProjectLevel.MUNICIPAL,
    "MUN2": ProjectLevel.MUNICIPAL,
    "CTY": ProjectLevel.COUNTY,
}


@dataclass(frozen=True)
class NumberFormat:
    """The number format of a level. pattern: a regular expression whose groups are the fields of `NumberParts`."""

    level: ProjectLevel
    name: str
    pattern: re.Pattern[str]
    example: str
    source: str


@dataclass(frozen=True)
class NumberParts:
    """The parts of a number. discipline: a code of one or two levels; suffix: such as (国)."""

    level: ProjectLevel
    year: int
    discipline: str
    serial: str
    suffix: str | None


def parse_number(text: str) -> NumberParts | None:
    """Return the parts of a number, or None for an unknown format. Numbers of unknown formats are accepted too."""
    for known in number_formats():
        found = known.pattern.fullmatch(text.strip())
        if found is not None:
            parts = found.groupdict()
            return NumberParts(
                known.level, int(parts["year"]), parts["discipline"], parts["serial"], parts.get("suffix")
            )
    return None


@cache
def number_formats() -> tuple[NumberFormat, ...]:
    """Return the known formats in the order in which they are tried. Raises ValueError for a faulty file."""
    return tuple(
        NumberFormat(
            ProjectLevel(each["level"]), each["name"], re.compile(each["pattern"]), each["example"], each["source"]
        )
        for each in json.loads(_FILE.read_text(encoding="utf-8"))
    )


def level_of(category: str) -> ProjectLevel:
    """Return the level of a category of figure 9; it is used where the organizer names no level."""
    return _LEVELS.get(category, ProjectLevel.UNIT)
