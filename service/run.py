"""The supervisor: `python -m service.run` makes everything ready, starts all processes, and keeps them running.

    supervisor            no threads, no HTTP; loads the face engine once and forks
    ├── preparation       keys, migrations, demo data; ends before the port opens
    ├── face workers      FACE_WORKERS of them, sharing the engine's pages; restarted when one dies
    ├── gunicorn          web: WEB_WORKERS processes of WEB_THREADS threads
    ├── job workers       JOB_WORKERS of them, for work that outlives a request; restarted when one dies
    └── sweep             every ten minutes, for a moment: what has expired is deleted

When the supervisor goes, even by SIGKILL, so do all of them.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from faces.engine import FaceEngine
from service.configuration.settings import Settings
from service.observing import logs
from service.observing.redaction import redact
from service.running.children import FacePool, Gunicorn, JobWorkers, Sweeps
from service.running.processes import exit_code, fork
from service.running.startup import CannotStart, claim_folder, clear_metrics, explain, listen_later, tell_networks

_WATCHED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}


def prepare(settings: Settings) -> None:
    """Make keys and the newest schema, and the demo's data where that is wanted."""
    from service.configuration.keys import load_keys
    from service.edge.database import migrate

    load_keys(settings)
    migrate(settings)
    if settings.demo:
        from service.commands.demo import seed

        print(seed(settings))  # noqa: T201 - the table of accounts is for the person at the terminal


def load_engine(settings: Settings) -> FaceEngine:
    """Load the face engine, ready for its first photo."""
    from faces.engines.choosing import make_engine

    return make_engine(settings.face_engine, folder=settings.var / "models", also=settings.face_engines_also)


def sweep(settings: Settings) -> None:
    """Delete what has expired: the one place for regular upkeep."""
    from service.running.upkeep import sweep as sweep_once

    sweep_once(settings)


def run_jobs(settings: Settings) -> None:
    """Do long work until told to end."""
    from service.running.job_worker import work

    work(settings)


@dataclass(frozen=True)
class Program:
    """What the supervisor runs; tests put others in."""

    prepare: Callable[[Settings], None] = prepare
    load_engine: Callable[[Settings], FaceEngine] = load_engine
    sweep: Callable[[Settings], None] = sweep
    run_jobs: Callable[[Settings], None] = run_jobs
    application: str = "wsgi:app"


def main(program: Program | None = None) -> int:
    """Serve until a signal says otherwise; gives the exit code, 2 where the settings can't be served."""
    # For gunicorn, which inherits them: a maths library that starts threads can't be forked from.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ.setdefault(name, "1")
    os.umask(0o077)
    try:
        settings = Settings()
        logs.configure(settings.log_level)
        with claim_folder(settings.var), listen_later(settings) as listener:
            return supervise(settings, program or Program(), listener)
    except ValidationError as error:
        print(f"serve: {explain(error)}", file=sys.stderr)  # noqa: T201 - one line for the person at the terminal
    except CannotStart as error:
        print(f"serve: {error}", file=sys.stderr)  # noqa: T201
    return 2


def supervise(settings: Settings, program: Program, listener: socket.socket) -> int:
    """Start everything on the bound `listener`, watch it, and end it in order; gives gunicorn's exit code."""
    # Signals wait until they are asked for; what is forked from here hears them again.
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
    gunicorn = Gunicorn(program.application, listener)
    workers = JobWorkers(settings, lambda: program.run_jobs(settings))
    return _watch(gunicorn, faces, workers, Sweeps(lambda: program.sweep(settings)))


def _prepared(program: Program, settings: Settings) -> int:
    """Prepare in a child of its own, which takes the database's driver and its threads with it."""
    from sqlalchemy.exc import OperationalError

    from service.configuration.keys import BadKey

    try:
        program.prepare(settings)
    except OperationalError as error:
        print(f"serve: the database can't be used (DATABASE_URL): {_first_line(error.orig)}", file=sys.stderr)  # noqa: T201
        return 2
    except (BadKey, OSError) as error:
        print(f"serve: {_first_line(error)}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


def _first_line(error: object) -> str:
    return redact(str(error).strip().partition("\n")[0])


def _await_end(pid: int) -> int:
    """Wait for a child, and end it early when this process is told to end; gives its exit code."""
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return exit_code(status)
        if signal.sigwait(_WATCHED) in (signal.SIGTERM, signal.SIGINT):
            os.kill(pid, signal.SIGTERM)


def _watch(gunicorn: Gunicorn, faces: FacePool, workers: JobWorkers, sweeps: Sweeps) -> int:
    """Pass signals on and reap children until gunicorn has ended."""
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
