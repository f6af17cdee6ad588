"""Project numbers (项目编号): kept as given; their parts are told where a known format fits, by data per level."""

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
    """A format of a level; pattern: a regular expression with the groups that `NumberParts` has."""

    level: ProjectLevel
    name: str
    pattern: re.Pattern[str]
    example: str
    source: str


@dataclass(frozen=True)
class NumberParts:
    """What a number says. discipline: a code of one or two levels; suffix: as in (国)."""

    level: ProjectLevel
    year: int
    discipline: str
    serial: str
    suffix: str | None


def parse_number(text: str) -> NumberParts | None:
    """Return the parts of a number; None for a format that isn't known, which is no reason to refuse it."""
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
    """Return the formats known, in the order in which they are tried. Raises ValueError for a file that isn't right."""
    return tuple(
        NumberFormat(
            ProjectLevel(each["level"]), each["name"], re.compile(each["pattern"]), each["example"], each["source"]
        )
        for each in json.loads(_FILE.read_text(encoding="utf-8"))
    )


def level_of(category: str) -> ProjectLevel:
    """Return the level that goes with a category, where the organizer names none."""
    return _LEVELS.get(category, ProjectLevel.UNIT)
