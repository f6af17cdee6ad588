"""The supervisor's children: each kind knows how it is started, what its end means, and how it is stopped."""

import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from faces import pool
from faces.engine import FaceEngine
from service.processes import GRACEFUL_SECONDS, exit_code, fork
from service.settings import Settings

SWEEP_SECONDS = 600.0
_LONG = 3600.0  # seconds; nothing is due
_STABLE_SECONDS = 60.0  # a face worker that lived this long may be replaced at once
_FIRST_PAUSE = 0.25  # seconds, doubled each time one dies young
_LONGEST_PAUSE = 30.0

_log = logging.getLogger("cme.supervisor")


@dataclass
class _Place:
    """One place in the face pool: who sits there, since when, and when it may be taken again."""

    pid: int | None = None
    since: float = 0.0
    died_young: int = 0
    due: float = 0.0


class FacePool:
    """The face workers, forked from this process so that they share the loaded engine."""

    def __init__(self, settings: Settings, engine: FaceEngine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._nice, self._clock = engine, settings.face_nice, clock
        self._path = settings.face_socket_path
        self._socket = pool.open_pool(self._path, settings.face_queue)
        self._places = [_Place() for _ in range(settings.face_workers)]

    def keep_running(self) -> float:
        """Fill the empty places that are due; gives the seconds until the next one is."""
        now = self._clock()
        for place in self._places:
            if place.pid is None and place.due <= now:
                self._fill(place, now)
        return min((place.due - now for place in self._places if place.pid is None), default=_LONG)

    def _fill(self, place: _Place, now: float) -> None:
        try:
            place.pid, place.since = pool.start_worker(self._socket, self._engine, self._nice), now
        except OSError as error:  # no memory or no process left: the machine may recover
            _log.error("no face worker could be started: %s", error.strerror)
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
                    _log.error("a face worker died (pid: %d, code: %d)", pid, exit_code(status))

    def stop(self) -> None:
        """End all face workers; they keep nothing, and nobody waits for them any more."""
        for place in self._places:
            _kill(place.pid, signal.SIGKILL)
        self._socket.close()
        self._path.unlink(missing_ok=True)


class Gunicorn:
    """The web: one gunicorn, whose end is the end of the service. status: its exit code once it has ended."""

    def __init__(self, application: str, listener: socket.socket) -> None:
        self.status: int | None = None
        self._ends_at: float | None = None
        bind = f"fd://{listener.fileno()}"
        config = "python:service.gunicorn_settings"
        command = [sys.executable, "-m", "gunicorn", "--config", config, "--bind", bind, application]

        def become_gunicorn() -> None:
            listener.set_inheritable(True)
            os.execv(sys.executable, command)  # noqa: S606 - no shell is meant

        self._pid = fork(become_gunicorn, dies_by=signal.SIGTERM, hears_terminal=False)
        listener.close()  # or the port would stay open after gunicorn

    def tell(self, heard: signal.Signals) -> None:
        """Pass on what the supervisor was told: to end in order, to end fast if told again, or to renew its workers."""
        if heard is signal.SIGHUP:
            _kill(self._pid, signal.SIGHUP)
        elif self._ends_at is None:
            self._ends_at = time.monotonic() + GRACEFUL_SECONDS + 10
            _kill(self._pid, signal.SIGTERM)
        else:
            _kill(self._pid, signal.SIGINT)

    def patience(self) -> float:
        """Seconds until it is time to use force; uses it when they are over."""
        if self._ends_at is None:
            return _LONG
        left = self._ends_at - time.monotonic()
        if left <= 0:
            os.killpg(self._pid, signal.SIGKILL)
            return _LONG
        return left

    def note_end(self, pid: int, status: int) -> None:
        """Take gunicorn's end; should it have crashed, its workers go too, since they hold the port."""
        if pid != self._pid:
            return
        self.status = exit_code(status)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        if self._ends_at is None:
            _log.error("gunicorn ended by itself (code: %d)", self.status)


class Sweeps:
    """Regular upkeep in a short-lived child, so that the supervisor itself never touches the database."""

    def __init__(self, sweep: Callable[[], None]) -> None:
        self._sweep, self._pid = sweep, 0
        self._due = time.monotonic() + SWEEP_SECONDS

    def keep_running(self) -> float:
        """Start the next sweep when it is due and none runs; gives the seconds until the next one."""
        if self._due <= time.monotonic():
            self._due = time.monotonic() + SWEEP_SECONDS
            if not self._pid:
                with suppress(OSError):  # no process left: next time
                    self._pid = fork(self._sweep, dies_by=signal.SIGTERM)
        return self._due - time.monotonic()

    def note_end(self, pid: int, status: int) -> None:
        """Take the end of a sweep; a failed one is tried again at the next time."""
        if pid == self._pid:
            self._pid = 0
            if exit_code(status) != 0:
                _log.error("the sweep failed (code: %d)", exit_code(status))

    def stop(self) -> None:
        """End a running sweep; what it had not finished, the next one will."""
        _kill(self._pid, signal.SIGTERM)


def _kill(pid: int | None, number: signal.Signals) -> None:
    """Send a signal to a child that may be gone."""
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
