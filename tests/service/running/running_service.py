"""A service started as a process of its own, and how tests talk to it."""

import contextlib
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

JOBS = "cme-jobs"
GUARD_SECONDS = 180.0  # a hang guard, many times what anything here takes, also on a machine that does more beside


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until `condition` holds; fails after GUARD_SECONDS."""
    end = time.monotonic() + GUARD_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain: {what}")
        select.select([], [], [], 0.05)  # who is starting needs the processors


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _command_of(process: psutil.Process) -> list[str]:
    """What a process was started as; nothing of one that ends at this moment."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return list(process.cmdline())
    return []


def _name_of_living(process: psutil.Process) -> str | None:
    """The name of a process that runs; None of one that has ended, or ends at this moment."""
    try:
        return process.name() if process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


@dataclass
class RunningService:
    """The supervisor's process, its port and its log."""

    process: psutil.Popen
    port: int
    log: Path

    def is_open(self) -> bool:
        """Say whether anything accepts connections."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                return True
        except ConnectionRefusedError:
            return False

    def call(self, method: str, path: str, body: bytes = b"", token: str = "") -> tuple[int, bytes]:
        """Send one request over a connection of its own; gives status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=GUARD_SECONDS)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with contextlib.closing(connection):
            connection.request(method, path, body or None, headers)
            reply = connection.getresponse()
            return reply.status, reply.read()

    def gunicorn(self) -> psutil.Process:
        """Give gunicorn's main process."""
        return next(child for child in self.process.children() if "gunicorn" in " ".join(_command_of(child)))

    def web_workers(self) -> list[psutil.Process]:
        """Give the processes that answer HTTP."""
        return list(self.gunicorn().children())

    def face_workers(self) -> list[psutil.Process]:
        """Give the processes that do face work."""
        return [child for child, name in self._workers() if name != JOBS]

    def job_workers(self) -> list[psutil.Process]:
        """Give the processes that do long work."""
        return [child for child, name in self._workers() if name == JOBS]

    def _workers(self) -> list[tuple[psutil.Process, str]]:
        web = self.gunicorn().pid
        named = [(child, _name_of_living(child)) for child in self.process.children() if child.pid != web]
        return [(child, name) for child, name in named if name is not None]

    def kill(self) -> None:
        """End whatever is left of it."""
        family = [self.process, *self.process.children(recursive=True)] if self.process.is_running() else []
        for each in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGKILL)
        self.process.wait(GUARD_SECONDS)


@contextlib.contextmanager
def running(module: str, var: Path, **environment: str) -> Iterator[RunningService]:
    """Start `python -m module` on the data folder `var`, in a process group of its own."""
    port = int(environment.setdefault("PORT", str(free_port())))
    log = var.parent / f"{var.name}.log"
    with log.open("wb") as out:
        process = psutil.Popen(
            [sys.executable, "-m", module],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "VAR": str(var), **environment},
            start_new_session=True,
        )
    service = RunningService(process, port, log)
    try:
        yield service
    finally:
        service.kill()
