"""Gunicorn's threaded worker with two changes: no early signal to end is lost, and it closes the port at once."""

import os
import signal

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

_ENDING = {signal.SIGTERM, signal.SIGQUIT, signal.SIGINT}


def hold_signals_while_forking() -> None:
    """Hold signals to end until a new worker can handle them.

    After the fork a worker first has the signal handlers of gunicorn's main process, which only note a signal. Without
    this the worker would miss the signal, serve until the end of the grace period, and be killed during its requests.
    """
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING),
    )


class WebWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """A worker that finishes its open requests before it ends, and accepts no new connections meanwhile."""

    def init_signals(self) -> None:
        """Install the worker's own handlers, and handle the signals that were held."""
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Stop or resume accepting connections. A worker that is ending does not resume."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            streams = self.wsgi.extensions.get("streams")
            if streams is not None:
                streams.end()  # otherwise they would last until the end of the grace period
            for listener in self.sockets:
                listener.close()
