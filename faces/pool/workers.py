"""Where face work runs: processes forked from one that has loaded the engine, sharing the model's pages.

All of them wait in accept() on one Unix socket, and the kernel's queue of connections not yet accepted is the queue of
photos: bounded, first come first served, and gone with a client that gives up. See docs/decisions/0002-face-pool.md.
"""

import ctypes
import logging
import os
import signal
import socket
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from faces.engine import FaceEngine
from faces.errors import EngineDown, FaceError
from faces.pool.client import PoolEngine, address
from faces.pool.messages import (
    LARGEST_PHOTO,
    ConnectionLost,
    Deadline,
    pack_look,
    pack_refusal,
    receive,
    send,
    unpack_request,
)

__all__ = ["PoolEngine", "open_pool", "serve_pool", "start_worker"]

log = logging.getLogger(__name__)
TRANSFER_SECONDS = 10.0  # a request comes from this machine's memory; a client that stopped must not hold a worker
LOOK_SECONDS = 60  # more than any photo within the limits takes, even on a busy machine: then the worker hangs
RESPAWN_SECONDS = 1.0  # between two starts in one place, so that an engine that can't work doesn't burn a core
PR_SET_PDEATHSIG = 1
STOPPING = {signal.SIGTERM, signal.SIGINT}


def open_pool(path: Path | str, queue: int) -> socket.socket:
    """Listen on a Unix socket of mode 600 at which up to `queue` connections wait; raises OSError.

    A socket left by a dead pool is replaced; one that a living pool listens on is not (EADDRINUSE).
    """
    path = Path(path)
    if path.is_socket() and not PoolEngine(path).ready():
        path.unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with address(path) as place:
            listening.bind(place)
    except OSError:
        listening.close()
        raise
    path.chmod(0o600)  # nobody can connect before listen()
    listening.listen(max(queue - 1, 0))  # the kernel lets one more wait than it is told
    return listening


def start_worker(listening: socket.socket, engine: FaceEngine, nice: int = 0) -> int:
    """Fork a worker that serves the socket until it is terminated or its parent dies; returns its process id.

    The engine must be warm: what it has loaded by now is shared, what it loads later is each worker's own.
    nice: added to the worker's niceness, so that web workers get the CPU first.
    Call it from a process with one thread.
    """
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        _become_worker(parent, nice)
        _serve(listening, engine)
    except BaseException as failed:
        _log_failure("a face worker failed", failed)
    finally:
        os._exit(1)  # whatever it was, this copy of the parent must not go on as one


def serve_pool(
    path: Path | str, workers: int, queue: int, make_engine: Callable[[], FaceEngine], nice: int = 0
) -> NoReturn:
    """Be the supervisor: load the engine once, fork the workers, replace those that die, until SIGTERM or SIGINT."""
    engine = make_engine()
    # Signals wait until they are asked for: what a handler raises in the middle of a fork is lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING | {signal.SIGCHLD})
    listening = open_pool(path, queue)
    started: dict[int, float] = {}
    try:
        while True:
            for _ in range(workers - len(started)):
                started[start_worker(listening, engine, nice)] = time.monotonic()
            youngest = _await_end_of_one(started)
            _stop_if_told(max(0.0, youngest + RESPAWN_SECONDS - time.monotonic()))
    finally:
        Path(path).unlink(missing_ok=True)
        for pid in started:
            os.kill(pid, signal.SIGTERM)
        for pid in started:
            os.waitpid(pid, 0)


def _await_end_of_one(started: dict[int, float]) -> float:
    """Wait until a worker has ended, and take it off the list; returns when the youngest such was started."""
    ended: list[float] = []
    while not ended:
        if signal.sigwait(STOPPING | {signal.SIGCHLD}) in STOPPING:
            raise SystemExit(0)
        for pid in list(started):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                log.warning("face worker %d ended with status %d", pid, os.waitstatus_to_exitcode(status))
                ended.append(started.pop(pid))
    return max(ended)


def _stop_if_told(seconds: float) -> None:
    """Pause, and end this process when it is told to meanwhile."""
    if signal.sigtimedwait(STOPPING, seconds) is not None:
        raise SystemExit(0)


class _Stop:
    """Ends a worker on SIGTERM: at once while it waits, after the reply while it works.

    While it waits the kernel does it: a handler of Python's runs only after accept() has returned, and a signal that
    comes just before accept() would wait for the next photo.
    """

    def __init__(self) -> None:
        self._asked = False

    def wait_for_it(self) -> None:
        """Let SIGTERM end the worker at once from here on, also one that came before."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if self._asked:
            os._exit(0)

    def finish_first(self) -> None:
        """Hold SIGTERM from here on until the worker waits again."""
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._asked = True


def _become_worker(parent: int, nice: int) -> None:
    for each in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(each, signal.SIG_IGN)  # they concern the supervisor, which will tell us
    for each in (signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING | {signal.SIGCHLD})
    signal.set_wakeup_fd(-1)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked to be told
        os._exit(0)
    os.nice(nice)


def _serve(listening: socket.socket, engine: FaceEngine) -> NoReturn:
    stop = _Stop()
    while True:
        stop.wait_for_it()
        connection, _ = listening.accept()
        stop.finish_first()
        with connection:
            signal.alarm(LOOK_SECONDS)  # kills this worker: a hanging library can't be interrupted otherwise
            try:
                _answer(connection, engine)
            except (ConnectionLost, TimeoutError):
                log.info("a client of the face pool left")
            signal.alarm(0)


def _answer(connection: socket.socket, engine: FaceEngine) -> None:
    request = receive(connection, LARGEST_PHOTO, Deadline.after(TRANSFER_SECONDS))
    photo, purpose, model = unpack_request(request)
    if _is_gone(connection):
        return
    try:
        reply = pack_look(engine.look(photo, purpose, model) if model else engine.look(photo, purpose))
    except FaceError as refusal:
        reply = pack_refusal(refusal)
    except Exception as failed:  # one photo must not end the worker
        _log_failure("a look failed", failed)
        reply = pack_refusal(EngineDown())
    send(connection, reply, Deadline.after(TRANSFER_SECONDS))


def _is_gone(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def _log_failure(what: str, failed: BaseException) -> None:
    """Log where it happened but not the message, which could quote what was being looked at."""
    where = "".join(traceback.format_tb(failed.__traceback__))
    log.error("%s: %s\n%s", what, type(failed).__name__, where)
