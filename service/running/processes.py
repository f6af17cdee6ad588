"""Starts the supervisor's child processes, with signals and exit codes."""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable

GRACEFUL_SECONDS = 30  # for open requests when the service ends; longer than a request waits for a face worker

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_libc = ctypes.CDLL(None, use_errno=True)


def fork(
    work: Callable[[], int | None], *, dies_by: signal.Signals, hears_terminal: bool = True, name: str | None = None
) -> int:
    """Run `work` in a child process and return its process id. The return value of `work` is the exit code.

    dies_by: the signal that the kernel sends the child when this process has ended, for whatever reason.
    hears_terminal: False keeps the signals of the process group, such as Ctrl-C, from the child.
    name: the child's name in ps and top, up to 15 letters.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        start_as_child(parent, dies_by)
        if not hears_terminal:
            os.setpgid(0, 0)
        if name is not None:
            _libc.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)
        code = work() or 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def start_as_child(parent: int, dies_by: signal.Signals) -> None:
    """Set the default signal handlers, and let the kernel send `dies_by` when the process `parent` has ended."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # in place of Python's own handler
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _libc.prctl(_PR_SET_PDEATHSIG, int(dies_by), 0, 0, 0)
    if os.getppid() != parent:  # the parent ended before the kernel had the signal to send
        os.kill(os.getpid(), dies_by)


def exit_code(status: int) -> int:
    """Return the exit code of a wait status as a shell does: 128 + number for a signal."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
