"""Disciplines (学科) of two levels, as data; a name that isn't among them is taken as it is."""

import json
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


@cache
def disciplines() -> tuple[Discipline, ...]:
    """The tree, in the order of its codes."""
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Discipline(each["code"], each["name"], tuple(Discipline(code, name) for code, name in each["below"]))
        for each in content["disciplines"]
    )


def discipline_name(text: str) -> str:
    """The name of a discipline that was given by its code or its name."""
    return _by_code().get(text, text)


def discipline_code(name: str) -> str | None:
    """The code of a discipline; None for a name that isn't in the tree."""
    return next((code for code, known in _by_code().items() if known == name), None)


@cache
def _by_code() -> dict[str, str]:
    every = [each for top in disciplines() for each in (top, *top.below)]
    return {each.code: each.name for each in every}
