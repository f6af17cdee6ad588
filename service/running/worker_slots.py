"""Keeps a fixed number of workers running. A dead worker is replaced, after a growing pause if workers die soon."""

import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from service.running.processes import exit_code

LONG = 3600.0  # seconds; nothing is due
_STABLE_SECONDS = 60.0  # a worker that lived this long may be replaced at once
_FIRST_PAUSE = 0.25  # seconds, doubled each time a worker dies within the stable time
_LONGEST_PAUSE = 30.0
_LOOK_SECONDS = 0.02

_log = logging.getLogger("cme.supervisor")


@dataclass
class _WorkerSlot:
    """The place of one worker: its pid, its start, and when it may be replaced."""

    pid: int | None = None
    since: float = 0.0
    died_young: int = 0
    due: float = 0.0


class WorkerSlots:
    """Keeps `count` workers running. kind: their name in the log. start: forks a worker and returns its pid."""

    def __init__(self, kind: str, count: int, start: Callable[[], int], clock: Callable[[], float]) -> None:
        self._kind, self._start, self._clock = kind, start, clock
        self._slots = [_WorkerSlot() for _ in range(count)]

    def keep_running(self) -> float:
        """Fill the empty slots that are due; return the seconds until the next one is due."""
        now = self._clock()
        for slot in self._slots:
            if slot.pid is None and slot.due <= now:
                self._fill(slot, now)
        return min((slot.due - now for slot in self._slots if slot.pid is None), default=LONG)

    def _fill(self, slot: _WorkerSlot, now: float) -> None:
        try:
            slot.pid, slot.since = self._start(), now
        except OSError as error:  # the machine has no memory or no process left, and may recover
            _log.error("no %s could be started: %s", self._kind, error.strerror)
            slot.due = now + _LONGEST_PAUSE

    def note_end(self, pid: int, status: int) -> None:
        """Empty the slot of `pid`. It is filled at once, or after a growing pause if workers die soon."""
        now = self._clock()
        for slot in self._slots:
            if slot.pid == pid:
                slot.died_young = 0 if now - slot.since > _STABLE_SECONDS else slot.died_young + 1
                pause = _FIRST_PAUSE * 2.0 ** min(slot.died_young - 2, 10) if slot.died_young > 1 else 0.0
                slot.pid, slot.due = None, now + min(pause, _LONGEST_PAUSE)
                if status != 0:  # 0 means that it was told to end, with the rest of the process group
                    _log.error("a %s died (pid: %d, code: %d)", self._kind, pid, exit_code(status))

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to all workers."""
        for slot in self._slots:
            kill(slot.pid, number)

    def await_ends(self, seconds: float) -> None:
        """Wait until all workers have ended, at most `seconds`."""
        until = time.monotonic() + seconds
        while any(self._is_running(slot) for slot in self._slots) and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)

    def _is_running(self, slot: _WorkerSlot) -> bool:
        if slot.pid is not None:
            with suppress(ChildProcessError):
                ended, _ = os.waitpid(slot.pid, os.WNOHANG)
                if ended:
                    slot.pid = None
        return slot.pid is not None


def kill(pid: int | None, number: signal.Signals) -> None:
    """Send a signal to a child process. Does nothing if it has ended."""
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
