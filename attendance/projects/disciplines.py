"""Disciplines (学科) of two levels, read from a packaged file. A name that isn't in the file is accepted as it is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "packaged" / "disciplines.json"


@dataclass(frozen=True)
class Discipline:
    """A discipline of the first or second level. below: its disciplines of the second level."""

    code: str
    name: str
    below: tuple["Discipline", ...] = ()
    also: tuple[str, ...] = ()
    """Its earlier names and the names that other lists use."""


@cache
def disciplines() -> tuple[Discipline, ...]:
    """Return the disciplines of the first level, in the order of their codes."""
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Discipline(
            each["code"],
            each["name"],
            tuple(Discipline(code, name, also=tuple(also)) for code, name, *also in each["below"]),
            tuple(each.get("also", ())),
        )
        for each in content["disciplines"]
    )


def discipline_name(text: str) -> str:
    """Return the name of a discipline that is given by its code or its name."""
    return _by_code().get(text, text)


def discipline_code(name: str) -> str | None:
    """Return the code of a discipline by one of its names, or None for an unknown name."""
    return _codes().get(name)


@cache
def _by_code() -> dict[str, str]:
    return {each.code: each.name for each in _all_levels()}


@cache
def _codes() -> dict[str, str]:
    return {name: each.code for each in _all_levels() for name in (each.name, *each.also)}


def _all_levels() -> Iterator[Discipline]:
    return (each for top in disciplines() for each in (top, *top.below))
