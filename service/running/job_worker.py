"""A job worker: a process that huey hands ids of jobs, and that sweeps for jobs whose worker is gone."""

import logging
import os
import signal
import time
from collections.abc import Mapping
from datetime import timedelta
from types import FrameType

from huey import Huey
from huey.consumer import ForkSafeFlag, Worker
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from attendance.check_in.receipts import Receipts
from foundation import jobs
from foundation.clock import Clock, SystemClock
from foundation.jobs import Handler
from foundation.transactions import read_only
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.edge.job_queue import open_huey, tell
from service.running.job_handlers import make_handlers
from service.running.job_runner import JobRunner

_NICE = 5  # pages come first
_SHORTEST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.1, 1.0, 1.3  # seconds between two looks into an empty queue
_SWEEP_SECONDS = 5.0
_log = logging.getLogger("cme.jobs")


def work(settings: Settings, handlers: Mapping[str, Handler] | None = None) -> None:
    """Do jobs until SIGTERM or SIGINT; what is being done then goes back after its step. handlers: by default all."""
    ending = ForkSafeFlag()

    def end(number: int, frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    os.nice(_NICE)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    clock = SystemClock()
    if handlers is None:
        handlers = make_handlers(Receipts(load_keys(settings).receipt, settings.base_url))
    lease = timedelta(seconds=settings.job_lease_seconds)
    runner = JobRunner(engine, handlers, clock, lease, ending.is_set)
    huey = open_huey(settings, runner.run)
    taker = Worker(huey, ending, _SHORTEST_PAUSE, _LONGEST_PAUSE, _GROWTH)
    sweep_due = time.monotonic()
    while not ending.is_set():
        if time.monotonic() >= sweep_due:
            sweep_due = time.monotonic() + min(_SWEEP_SECONDS, settings.job_lease_seconds)
            _sweep(engine, huey, clock)
        taker.loop()


def _sweep(engine: Engine, huey: Huey, clock: Clock) -> None:
    """Tell the queue of jobs that nobody works on; a database or queue out of reach is asked again later."""
    try:
        with Session(engine) as db:
            with read_only(db):
                is_due = jobs.is_any_due(db, now=clock.now())
            lost = jobs.sweep(db, now=clock.now()) if is_due else []
            db.commit()
        for job_id in lost:
            tell(huey, job_id)
    except Exception as error:  # of either database: the worker stays, and the next sweep tries again
        _log.warning("the jobs could not be swept: %s", type(error).__name__)
