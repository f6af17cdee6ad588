"""Which tests a run has, and how many examples: all with `--full`, else what proves something that others don't.

The second database is asked for what it alone can answer. `--note-statements=FOLDER` has the run on the first one note
what each test asked of its database; `--only-new-statements=FOLDER` then chooses tests that together ask it all.
"""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from tests.asked_statements import choose, read_notes

T = TypeVar("T")
Sample = Callable[[Sequence[T], int], Sequence[T]]
FEWEST_EXAMPLES = 3


def is_full(config: pytest.Config) -> bool:
    """Say whether everything runs: each photo, each example, everything on both databases."""
    return bool(config.getoption("--full"))


def is_second_database(config: pytest.Config) -> bool:
    """Say whether the other database had its run before."""
    return bool(config.getoption("--only-with-database"))


def share_of_examples(config: pytest.Config) -> int:
    """Return of how many examples that go through a database one is run."""
    if is_full(config):
        return 1
    if config.getoption("--few-examples"):
        return 10
    return 4 if is_second_database(config) else 2


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of `items` what this run doesn't need, and tell pytest."""
    wanted = [item for item in items if is_full(config) or not item.get_closest_marker("thorough")]
    if is_second_database(config):
        wanted = [item for item in wanted if _uses_database(item) and not item.get_closest_marker("either_database")]
        if not is_full(config):
            wanted = _with_new_statements(wanted, config.getoption("--only-new-statements"))
    _ask_fewer_examples([item for item in wanted if _uses_database(item)], share_of_examples(config))
    left = set(wanted)
    config.hook.pytest_deselected(items=[item for item in items if item not in left])
    items[:] = wanted


def _uses_database(item: pytest.Item) -> bool:
    return "database" in getattr(item, "fixturenames", ())


def _with_new_statements(items: list[pytest.Item], folder: Path | None) -> list[pytest.Item]:
    """Keep enough tests for every statement, and those of which nothing is known or which are marked."""
    notes = read_notes(folder) if folder else {}
    names = {item.nodeid for item in items}
    notes = {name: noted for name, noted in notes.items() if name in names and noted[1]}
    kept = [item.nodeid for item in items if item.get_closest_marker("both_databases") or item.nodeid not in notes]
    chosen = choose(notes, kept)
    return [item for item in items if item.nodeid in chosen]


def _ask_fewer_examples(items: list[pytest.Item], share: int) -> None:
    for test in {getattr(item, "obj", None) for item in items}:
        with contextlib.suppress(AttributeError):  # it has no examples
            before: settings = test._hypothesis_internal_use_settings  # type: ignore[union-attr]
            fewer = max(FEWEST_EXAMPLES, before.max_examples // share)
            test._hypothesis_internal_use_settings = settings(before, max_examples=fewer)  # type: ignore[union-attr]
