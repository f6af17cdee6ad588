"""A worker that is told to end while it is being made ends all the same."""

import subprocess
import sys

MAKE_A_WORKER = """
import os, signal
from service.running.web.web_worker import WebWorker, hold_signals_while_forking

signal.signal(signal.SIGTERM, lambda *_: None)  # as gunicorn's main process only notes it
hold_signals_while_forking()
pid = os.fork()
if pid == 0:
    os.kill(os.getpid(), signal.SIGTERM)  # too early for the worker's own handlers
    worker = object.__new__(WebWorker)
    worker.PIPE, worker.alive = os.pipe(), True
    for end in worker.PIPE:
        os.set_blocking(end, False)
    worker.method_queue = type("Queue", (), {"defer": lambda *_: None})()
    worker.init_signals()
    os._exit(0 if worker.alive is False else 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""


def test_a_worker_told_to_end_before_it_can_hear_hears_it_later() -> None:
    printed = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", MAKE_A_WORKER], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert printed.strip() == f"0 {set()}"
