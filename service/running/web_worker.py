"""Gunicorn's threaded worker with two changes: it misses no early signal to end, and closes the port at once."""

import os
import signal

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

_ENDING = {signal.SIGTERM, signal.SIGQUIT, signal.SIGINT}


def hold_signals_while_forking() -> None:
    """Hold signals to end until a new worker can handle them.

    Between its fork and its own handlers a worker still has those of gunicorn's main process, which only note the
    signal: the worker would go on serving until the grace is over, and then be killed in the middle of its requests.
    """
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING),
    )


class WebWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """A worker that finishes its open requests when it ends, and accepts no new connections then."""

    def init_signals(self) -> None:
        """Install the worker's own handlers, and hear what came meanwhile."""
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Stop or resume accepting; for good once this worker is ending."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            streams = self.wsgi.extensions.get("streams")
            if streams is not None:
                streams.end()  # they would last until the grace is over
            for listener in self.sockets:
                listener.close()
