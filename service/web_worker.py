"""Gunicorn's threaded worker, with one change: told to end, it shuts the port at once."""

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]


class WebWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Answers what it has begun, but lets nobody new wait for a worker that will never turn to them."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Stop or resume accepting; for good once this worker is ending."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()
