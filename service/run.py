"""The supervisor: `python -m service.run` prepares the database, starts all processes and keeps them running.

    supervisor            no threads, no HTTP; loads the face engine once and forks
    ├── preparation       keys, migrations, demo data; ends before the port opens
    ├── face workers      FACE_WORKERS of them; they share the engine's memory; a dead one is replaced
    ├── gunicorn          web: WEB_WORKERS processes of WEB_THREADS threads
    ├── job workers       JOB_WORKERS of them, for work longer than a request; a dead one is replaced
    └── sweep             every ten minutes, for a short time: deletes expired rows

When the supervisor ends, even by SIGKILL, all of them end.
"""

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from faces.engine import FaceEngine
from service.configuration.reading import WrongSettings, read_settings
from service.configuration.settings import Settings
from service.observing import logs
from service.running.children import FacePool, Gunicorn, JobWorkers, Sweeps
from service.running.processes import exit_code, fork
from service.running.startup import (
    CannotStart,
    claim_folder,
    clear_metrics,
    listen_later,
    tell_networks,
    warn_if_nobody_answers_for_privacy,
    warn_if_open_to_others,
)

_WATCHED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}


def prepare(settings: Settings) -> None:
    """Create missing keys, migrate the database, and in the demo seed its data."""
    from service.configuration.keys import load_keys
    from service.edge.migrating import migrate
    from service.running.key_checks import check_keys

    keys = load_keys(settings)
    migrate(settings)
    check_keys(settings, keys, datetime.now(UTC))
    if settings.demo:
        from service.commands.demo import seed

        print(seed(settings))  # noqa: T201 - the table of accounts is for the person at the terminal


def load_engine(settings: Settings) -> FaceEngine:
    """Return the loaded face engine, ready for its first photo."""
    from faces.engines.choosing import make_engine

    return make_engine(
        settings.face_engine,
        folder=settings.var / "models",
        also=settings.face_engines_also,
        refuses_covered_eyes=settings.face_refuse_covered_eyes,
    )


def sweep(settings: Settings) -> None:
    """Run the regular upkeep once."""
    from service.running.upkeep import sweep as sweep_once

    sweep_once(settings)


def run_jobs(settings: Settings) -> None:
    """Run jobs until a signal to end."""
    gc.disable()  # an import makes objects that stay: to look through them takes a quarter of its time
    from service.running.job_worker import work

    gc.freeze()
    gc.enable()
    work(settings)


@dataclass(frozen=True)
class Program:
    """The functions that the supervisor runs. Tests replace them."""

    prepare: Callable[[Settings], None] = prepare
    load_engine: Callable[[Settings], FaceEngine] = load_engine
    sweep: Callable[[Settings], None] = sweep
    run_jobs: Callable[[Settings], None] = run_jobs
    application: str = "wsgi:app"


def main(program: Program | None = None) -> int:
    """Run the service until a signal to end; return the exit code, 2 if the service can't start."""
    # Gunicorn inherits these. A process whose maths library has started threads can't be forked safely.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ.setdefault(name, "1")
    os.umask(0o077)
    try:
        logs.configure()  # the names of settings are looked at before the level is known
        settings = read_settings()
        logs.configure(settings.log_level)
        with claim_folder(settings.var), listen_later(settings) as listener:
            warn_if_open_to_others(settings, listener)
            return supervise(settings, program or Program(), listener)
    except (WrongSettings, CannotStart) as error:
        print(f"serve: {error}", file=sys.stderr)  # noqa: T201 - one line for the person at the terminal
    return 2


def supervise(settings: Settings, program: Program, listener: socket.socket) -> int:
    """Start all processes on the bound `listener`, watch them and end them in order; return gunicorn's exit code."""
    # Signals are blocked here and read by `sigtimedwait`. Child processes unblock them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    os.register_at_fork(after_in_child=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED))
    preparation = fork(lambda: _prepared(program, settings), dies_by=signal.SIGKILL)
    clear_metrics(settings.var / "metrics")
    try:
        engine = program.load_engine(settings)  # meanwhile, on the other core
    except (OSError, ImportError, RuntimeError) as error:
        raise CannotStart(f"the face engine can't be loaded: {error}") from error
    tell_networks(engine.networks)
    code = _await_end(preparation)
    if code != 0:
        return code
    try:
        faces = FacePool(settings, engine)
    except OSError as error:
        raise CannotStart(f"the face pool can't listen at {settings.face_socket_path}: {error.strerror}") from error
    warn_if_nobody_answers_for_privacy(settings)
    gunicorn = Gunicorn(program.application, listener)
    workers = JobWorkers(settings, lambda: program.run_jobs(settings))
    return _watch(gunicorn, faces, workers, Sweeps(lambda: program.sweep(settings)))


def _prepared(program: Program, settings: Settings) -> int:
    """Prepare in a child process, so that the supervisor loads no database driver; return the exit code."""
    gc.disable()  # it ends soon
    from service.running.failures import why

    try:
        program.prepare(settings)
    except Exception as error:
        line = why(error)
        if line is None:
            raise
        print(f"serve: {line}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


def _await_end(pid: int) -> int:
    """Wait for a child and return its exit code. A signal to end this process ends the child early."""
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return exit_code(status)
        if signal.sigwait(_WATCHED) in (signal.SIGTERM, signal.SIGINT):
            os.kill(pid, signal.SIGTERM)


def _watch(gunicorn: Gunicorn, faces: FacePool, workers: JobWorkers, sweeps: Sweeps) -> int:
    """Pass signals on and collect ended children until gunicorn has ended; return its exit code."""
    while gunicorn.status is None:
        due = min(faces.keep_running(), workers.keep_running(), sweeps.keep_running(), gunicorn.patience())
        heard = signal.sigtimedwait(_WATCHED, max(0.0, due))
        if heard is not None and heard.si_signo != signal.SIGCHLD:
            gunicorn.tell(signal.Signals(heard.si_signo))
        for pid, status in _ended_children():
            for part in (gunicorn, faces, workers, sweeps):
                part.note_end(pid, status)
    faces.stop()
    sweeps.stop()
    workers.stop()
    return gunicorn.status


def _ended_children() -> list[tuple[int, int]]:
    ended: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended.append((pid, status))


if __name__ == "__main__":
    sys.exit(main())
