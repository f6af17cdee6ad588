"""Places for workers of one kind: each is filled again when its worker dies, but ever later if they die young."""

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
_FIRST_PAUSE = 0.25  # seconds, doubled each time one dies young
_LONGEST_PAUSE = 30.0
_LOOK_SECONDS = 0.02

_log = logging.getLogger("cme.supervisor")


@dataclass
class _Place:
    """One place: who sits there, since when, and when it may be taken again."""

    pid: int | None = None
    since: float = 0.0
    died_young: int = 0
    due: float = 0.0


class WorkerSlots:
    """Keeps `count` workers running. kind: what they are called in the log. start: forks one and gives its pid."""

    def __init__(self, kind: str, count: int, start: Callable[[], int], clock: Callable[[], float]) -> None:
        self._kind, self._start, self._clock = kind, start, clock
        self._places = [_Place() for _ in range(count)]

    def keep_running(self) -> float:
        """Fill the empty places that are due; gives the seconds until the next one is."""
        now = self._clock()
        for place in self._places:
            if place.pid is None and place.due <= now:
                self._fill(place, now)
        return min((place.due - now for place in self._places if place.pid is None), default=LONG)

    def _fill(self, place: _Place, now: float) -> None:
        try:
            place.pid, place.since = self._start(), now
        except OSError as error:  # no memory or no process left: the machine may recover
            _log.error("no %s could be started: %s", self._kind, error.strerror)
            place.due = now + _LONGEST_PAUSE

    def note_end(self, pid: int, status: int) -> None:
        """Empty the place of `pid`: at once ready for another worker, but later each time they die young."""
        now = self._clock()
        for place in self._places:
            if place.pid == pid:
                place.died_young = 0 if now - place.since > _STABLE_SECONDS else place.died_young + 1
                pause = _FIRST_PAUSE * 2.0 ** min(place.died_young - 2, 10) if place.died_young > 1 else 0.0
                place.pid, place.due = None, now + min(pause, _LONGEST_PAUSE)
                if status != 0:  # 0 is one that was asked to go, with the rest of the process group
                    _log.error("a %s died (pid: %d, code: %d)", self._kind, pid, exit_code(status))

    def tell(self, number: signal.Signals) -> None:
        """Send all of them a signal."""
        for place in self._places:
            kill(place.pid, number)

    def await_ends(self, seconds: float) -> None:
        """Wait up to so long until all of them have ended."""
        until = time.monotonic() + seconds
        while any(self._is_running(place) for place in self._places) and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)

    def _is_running(self, place: _Place) -> bool:
        if place.pid is not None:
            with suppress(ChildProcessError):
                ended, _ = os.waitpid(place.pid, os.WNOHANG)
                if ended:
                    place.pid = None
        return place.pid is not None


def kill(pid: int | None, number: signal.Signals) -> None:
    """Send a signal to a child that may be gone."""
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
