"""Disciplines (学科) of two levels, as data; a name that isn't among them is taken as it is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "packaged" / "disciplines.json"


@dataclass(frozen=True)
class Discipline:
    """A discipline; below: those of the second level, none for one of the second level itself."""

    code: str
    name: str
    below: tuple["Discipline", ...] = ()
    also: tuple[str, ...] = ()
    """Names that it had before, or has elsewhere."""


@cache
def disciplines() -> tuple[Discipline, ...]:
    """Return the tree, in the order of its codes."""
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
    """Return the name of a discipline that was given by its code or its name."""
    return _by_code().get(text, text)


def discipline_code(name: str) -> str | None:
    """Return the code of a discipline by any of its names; None for a name that isn't in the tree."""
    return _codes().get(name)


@cache
def _by_code() -> dict[str, str]:
    return {each.code: each.name for each in _every()}


@cache
def _codes() -> dict[str, str]:
    return {name: each.code for each in _every() for name in (each.name, *each.also)}


def _every() -> Iterator[Discipline]:
    return (each for top in disciplines() for each in (top, *top.below))
