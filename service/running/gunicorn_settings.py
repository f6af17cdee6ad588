"""How gunicorn serves `wsgi:app`. The supervisor starts it with this; `gunicorn -c` alone works too, without faces."""

import gc
import os
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from service.configuration.settings import Settings
from service.observing import logs
from service.observing.metrics import FOLDER_VARIABLE
from service.running.processes import GRACEFUL_SECONDS
from service.running.web_worker import hold_signals_while_forking

_settings = Settings()
logs.configure(_settings.log_level)

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
worker_class = "service.running.web_worker.WebWorker"
threads = _settings.web_threads
preload_app = True  # the workers share the code's pages
proc_name = "cme-web"

timeout = 60  # seconds until a worker that does nothing at all is replaced; a slow request is no reason
graceful_timeout = GRACEFUL_SECONDS
keepalive = 15

# The workers' sign of life must not wait for a disk that is busy.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(_settings.var)  # noqa: S108 - unlinked at once
# It would listen under the user's home, and puts a thread into the process that forks.
control_socket_disable = True

loglevel = _settings.log_level.lower()
logger_class = logs.GunicornLogger
accesslog = None  # requests are logged by service/observing/logs.py, without paths


def on_starting(server: Any) -> None:
    """Prepare gunicorn's main process, before its first worker."""
    hold_signals_while_forking()


def child_exit(server: Any, worker: Any) -> None:
    """Drop what only makes sense while that worker lives; its counts stay."""
    if FOLDER_VARIABLE in os.environ:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def when_ready(server: Any) -> None:
    """Keep the collector off what was loaded before the workers are forked: it would copy the pages they share."""
    gc.collect()
    gc.freeze()
