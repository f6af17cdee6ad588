"""How much of what decides about credits the tests of credits run; the floor is in pyproject.toml.

A plugin of pytest, for the run of all tests (`COVERAGE_OF_CREDITS=1`): it counts what runs while modules are imported,
and during those tests.
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from coverage import Coverage

ROOT = Path(__file__).parents[1]
FOLDERS = ("tests/credit/", "tests/attendance/settlement/")


class Counting:
    """Counts while it is on; it stays on from one test of credits to the next, because to turn it takes time."""

    def __init__(self) -> None:
        self._coverage = Coverage(config_file=str(ROOT / "pyproject.toml"), data_suffix=True)
        self._is_on = False

    def turn(self, on: bool) -> None:
        """Count from now on, or no longer."""
        if on and not self._is_on:
            self._coverage.start()
        elif self._is_on and not on:
            self._coverage.stop()
        self._is_on = on

    def pytest_collection_finish(self) -> None:
        """All modules are imported."""
        self.turn(False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Count what a test of credits runs, with its fixtures."""
        self.turn(item.nodeid.startswith(FOLDERS))
        return (yield)

    def pytest_sessionfinish(self) -> None:
        """Write what was counted, for `coverage combine`."""
        self.turn(False)
        self._coverage.save()


def count_if_wanted() -> Counting | None:
    """Begin, before anything of the product is imported; a variable says so, because workers see no option as early."""
    if "COVERAGE_OF_CREDITS" not in os.environ:
        return None
    counting = Counting()
    counting.turn(True)
    return counting
