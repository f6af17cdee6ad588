"""How the supervisor's children are started and what they start with."""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable

GRACEFUL_SECONDS = 30  # how long requests may take to end when the service does; more than they wait for face work

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_libc = ctypes.CDLL(None, use_errno=True)


def fork(
    work: Callable[[], int | None], *, dies_by: signal.Signals, hears_terminal: bool = True, name: str | None = None
) -> int:
    """Run `work` in a child process and return its process id. The return value of `work` is the exit code.

    dies_by: the signal that the kernel sends the child when this process is gone, however it went.
    hears_terminal: False keeps the signals of the process group, such as Ctrl-C, from the child.
    name: what ps and top show it as, up to 15 letters.
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
    """Hear signals as if nothing had been set, and end by `dies_by` when the process `parent` is gone."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python had its own handler
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _libc.prctl(_PR_SET_PDEATHSIG, int(dies_by), 0, 0, 0)
    if os.getppid() != parent:  # it went before the kernel knew
        os.kill(os.getpid(), dies_by)


def exit_code(status: int) -> int:
    """Return the exit code of a wait status as a shell does: 128 + number for a signal."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
