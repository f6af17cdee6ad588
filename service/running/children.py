"""The kinds of child processes of the supervisor. Each class starts, watches and stops one kind."""

import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from faces.engine import FaceEngine
from faces.pool import workers
from service.configuration.settings import Settings
from service.running.processes import GRACEFUL_SECONDS, exit_code, fork
from service.running.worker_slots import LONG, WorkerSlots, kill

SWEEP_SECONDS = 600.0
JOB_STEP_SECONDS = 5.0

_log = logging.getLogger("cme.supervisor")


def next_sweep(now: datetime) -> datetime:
    """Return when the next sweep will have signed the ledger."""
    return now + timedelta(seconds=SWEEP_SECONDS)


class FacePool:
    """The face workers, forked from this process so that they share the loaded engine."""

    def __init__(self, settings: Settings, engine: FaceEngine, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = settings.face_socket_path
        self._socket = workers.open_pool(self._path, settings.face_queue)
        start = partial(self._start, engine, settings.face_nice)
        self._slots = WorkerSlots("face worker", settings.face_workers, start, clock)
        self.keep_running, self.note_end = self._slots.keep_running, self._slots.note_end

    def _start(self, engine: FaceEngine, nice: int) -> int:
        return workers.start_worker(self._socket, engine, nice)

    def stop(self) -> None:
        """Kill all face workers. They store nothing, and no request waits for them any more."""
        self._slots.tell(signal.SIGKILL)
        self._socket.close()
        self._path.unlink(missing_ok=True)


class JobWorkers:
    """The processes that run jobs, each with its own connections to the database."""

    def __init__(
        self, settings: Settings, run_jobs: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        def start() -> int:
            return fork(run_jobs, dies_by=signal.SIGTERM, name="cme-jobs")

        self._slots = WorkerSlots("job worker", settings.job_workers, start, clock)
        self.keep_running, self.note_end = self._slots.keep_running, self._slots.note_end

    def stop(self) -> None:
        """Give each worker a few seconds to finish its step, then kill it. At most that step is lost."""
        self._slots.tell(signal.SIGTERM)
        self._slots.await_ends(JOB_STEP_SECONDS)
        self._slots.tell(signal.SIGKILL)


class Gunicorn:
    """The web server: one gunicorn. The service ends when it ends. status: its exit code once it has ended."""

    def __init__(self, application: str, listener: socket.socket) -> None:
        self.status: int | None = None
        self._ends_at: float | None = None
        bind = f"fd://{listener.fileno()}"
        config = "python:service.running.web.gunicorn_settings"
        command = [sys.executable, "-m", "gunicorn", "--config", config, "--bind", bind, application]

        def become_gunicorn() -> None:
            listener.set_inheritable(True)
            os.execv(sys.executable, command)  # noqa: S606 - no shell is meant

        self._pid = fork(become_gunicorn, dies_by=signal.SIGTERM, hears_terminal=False)
        listener.close()  # or the port would stay open after gunicorn

    def tell(self, heard: signal.Signals) -> None:
        """Pass on a signal: end after the open requests, end fast at the second signal, or replace the workers."""
        if heard is signal.SIGHUP:
            kill(self._pid, signal.SIGHUP)
        elif self._ends_at is None:
            self._ends_at = time.monotonic() + GRACEFUL_SECONDS + 10
            kill(self._pid, signal.SIGTERM)
        else:
            kill(self._pid, signal.SIGINT)

    def patience(self) -> float:
        """Return the seconds until gunicorn must be killed; kill it if they are over."""
        if self._ends_at is None:
            return LONG
        left = self._ends_at - time.monotonic()
        if left <= 0:
            os.killpg(self._pid, signal.SIGKILL)
            return LONG
        return left

    def note_end(self, pid: int, status: int) -> None:
        """Note that gunicorn has ended. If it crashed, kill its workers too, because they hold the port."""
        if pid != self._pid:
            return
        self.status = exit_code(status)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        if self._ends_at is None:
            _log.error("gunicorn ended by itself (code: %d)", self.status)


class Sweeps:
    """Regular upkeep in a short-lived child, so that the supervisor itself needs no database connection."""

    def __init__(self, sweep: Callable[[], None]) -> None:
        self._sweep, self._pid = sweep, 0
        self._due = time.monotonic() + SWEEP_SECONDS

    def keep_running(self) -> float:
        """Start the next sweep if it is due and none runs; return the seconds until the next one."""
        if self._due <= time.monotonic():
            self._due = time.monotonic() + SWEEP_SECONDS
            if not self._pid:
                with suppress(OSError):  # the system has no process left: try the next time
                    self._pid = fork(self._sweep, dies_by=signal.SIGTERM)
        return self._due - time.monotonic()

    def note_end(self, pid: int, status: int) -> None:
        """Note that a sweep has ended. A failed sweep is repeated at the next time."""
        if pid == self._pid:
            self._pid = 0
            if exit_code(status) != 0:
                _log.error("the sweep failed (code: %d)", exit_code(status))

    def stop(self) -> None:
        """Kill a running sweep. The next one finishes its work."""
        kill(self._pid, signal.SIGTERM)
