"""Calls that are made at the same moment, and an engine in which they meet once more."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from faces.engine import Look, Purpose
from tests.fakes import FakeEngine

GUARD_SECONDS = 120.0  # a hang guard

Answer = TypeVar("Answer")


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Make all calls at the same moment, each in a thread of its own; gives their answers in the same order."""
    gate = threading.Barrier(len(calls))

    def go(call: Callable[[], Answer]) -> Answer:
        gate.wait(GUARD_SECONDS)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(go, calls, timeout=GUARD_SECONDS))


class MeetingEngine(FakeEngine):
    """A fake engine in which looks wait for each other, so that all have read before the first one writes."""

    def __init__(self) -> None:
        super().__init__()
        self._gate: threading.Barrier | None = None

    def gather(self, looks: int) -> None:
        """Have looks wait until so many are there, from now on; 1 ends it."""
        self._gate = threading.Barrier(looks) if looks > 1 else None

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        if self._gate is not None:
            self._gate.wait(GUARD_SECONDS)
        return super().look(photo, purpose)
