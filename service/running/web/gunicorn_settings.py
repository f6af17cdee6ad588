"""Gunicorn's settings for `wsgi:app`. The supervisor uses them; `gunicorn -c` alone works too, but without faces."""

import gc
import os
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from service.configuration.settings import Settings
from service.observing import logs
from service.observing.metrics import FOLDER_VARIABLE
from service.running.processes import GRACEFUL_SECONDS
from service.running.web.web_worker import hold_signals_while_forking

# Until the application is loaded, which makes objects that stay: to look through them took a quarter of the time.
gc.disable()

_settings = Settings()
logs.configure(_settings.log_level)

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_workers
worker_class = "service.running.web.web_worker.WebWorker"
threads = _settings.web_threads
preload_app = True  # the workers share the code's pages
proc_name = "cme-web"

timeout = 60  # seconds until a worker without a sign of life is replaced; a slow request does not stop that sign
graceful_timeout = GRACEFUL_SECONDS
keepalive = 15

# The workers' sign of life must not wait for a disk that is busy.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(_settings.var)  # noqa: S108 - unlinked at once
# The control socket would listen in the user's home, and adds a thread to the process that forks.
control_socket_disable = True

# No request is believed about its address, scheme or path: PUBLIC_URL says what phones see, and nothing else is needed.
forwarded_allow_ips = ""
forwarder_headers = ""

loglevel = _settings.log_level.lower()
logger_class = logs.GunicornLogger
accesslog = None  # requests are logged by service/observing/logs.py, without paths


def on_starting(server: Any) -> None:
    """Prepare gunicorn's main process, before its first worker."""
    hold_signals_while_forking()


def child_exit(server: Any, worker: Any) -> None:
    """Delete the gauges of an ended worker. Its counters stay."""
    if FOLDER_VARIABLE in os.environ:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def when_ready(server: Any) -> None:
    """Exclude the loaded objects from garbage collection before the fork, so that workers can share their memory."""
    gc.collect()
    gc.freeze()
    gc.enable()
