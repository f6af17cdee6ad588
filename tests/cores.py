"""The processor cores of the workers: a test that gives one up slows all that come after it."""

import os
from collections.abc import Generator

import pytest


class KeptCores:
    """A plugin of pytest: fails a test that leaves its worker on fewer cores than it had, and a run whose modules do.

    Once benchmarks pinned themselves when they were imported. So all workers shared one core, and the run took twice as
    long without a word.
    """

    def __init__(self) -> None:
        self._cores = os.sched_getaffinity(0)

    def pytest_collection_finish(self) -> None:
        """Look whether a module took cores away when it was imported."""
        self._give_back("A test module")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Look whether a test took cores away."""
        result = yield
        self._give_back("This test")
        return result

    def _give_back(self, who: str) -> None:
        left = os.sched_getaffinity(0)
        if left != self._cores:
            os.sched_setaffinity(0, self._cores)
            pytest.fail(f"{who} leaves its worker on {len(left)} of {len(self._cores)} cores.", pytrace=False)
