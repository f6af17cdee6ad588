"""A job worker: a process that runs jobs one after another, and waits when no job is due."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import FrameType
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from attendance.attempts.receipts import Receipts
from foundation import jobs
from foundation.clock import SystemClock
from foundation.jobs import Handler
from foundation.sealing import FieldSeal
from foundation.transactions import read_only
from service.configuration.keys import BadKey, Keys, load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.running.job_handlers import make_enroller, make_handlers
from service.running.job_runner import JobRunner
from service.running.job_waiter import JobWaiter
from service.running.key_checks import check_keys_of
from service.running.sms_sending import make_gateway

LOOK_SECONDS = 5.0  # until an idle worker looks for jobs without a notice
_NICE = 5  # a lower priority than web requests
_SHORT_PAUSE = 0.1
_log = logging.getLogger("cme.jobs")


def work(
    settings: Settings, handlers: Mapping[str, Handler] | None = None, *, look_seconds: float = LOOK_SECONDS
) -> None:
    """Run jobs until SIGTERM or SIGINT, then release the current job after its step. handlers: None for all kinds.

    It takes no job before its keys were compared with those of the database. Raises SystemExit with code 2 for others.
    """
    os.nice(_NICE)
    try:
        keys = load_keys(settings)
        _work(settings, handlers or handlers_of(settings), keys, look_seconds)
    except BadKey as error:
        print(f"job worker: {error}", file=sys.stderr)  # noqa: T201 - one line for the person at the terminal
        sys.exit(2)


def _work(settings: Settings, handlers: Mapping[str, Handler], keys: Keys, look_seconds: float) -> None:
    engine = create_engine(settings.database, connect_args=_driver_options(settings.database))
    prepare_engine(engine)
    with _stop_signals() as stop:
        lease = timedelta(seconds=settings.job_lease_seconds)
        clock = SystemClock()
        check = cache(lambda: check_keys_of(engine, keys, clock.now()))  # until it succeeds once
        runner = JobRunner(engine, handlers, clock, lease, stop.is_wanted)
        waiter = JobWaiter(engine, stop.descriptor)
        while not stop.is_wanted():
            waiter.wait(_do_what_is_due(runner, check, look_seconds))
        waiter.close()
    engine.dispose()


def handlers_of(settings: Settings) -> Mapping[str, Handler]:
    """Return the handlers of all kinds of jobs, with the keys and the SMS gateway of the settings."""
    keys = load_keys(settings)
    receipts, enroller = Receipts(keys.receipt, settings.base_url), make_enroller(settings, keys)
    sms = cache(lambda: make_gateway(settings))
    return make_handlers(receipts, sms, enroller, settings=settings, seal=FieldSeal(keys.lookup))


def _do_what_is_due(runner: JobRunner, check: Callable[[], None], look_seconds: float) -> float:
    """Run all jobs that are due; return the seconds until the worker should look again without a notice.

    check: called before any job. Raises BadKey.
    """
    try:
        check()
        while not runner.is_ending():
            with Session(runner.engine) as db, read_only(db):
                due_at = jobs.find_next_due(db)
            if due_at is None:
                return look_seconds
            left = (due_at - runner.clock.now()).total_seconds()
            if left > 0:
                return min(look_seconds, left)
            if not runner.run_next():
                return _SHORT_PAUSE  # another worker is taking the job at this moment
    except BadKey:
        raise
    except Exception as error:  # for example a database out of reach: the worker tries again
        _log.warning("the jobs could not be looked at: %s", type(error).__name__)
    return LOOK_SECONDS


@dataclass
class _Stop:
    """A signal to end this process. descriptor: becomes readable with the signal."""

    descriptor: int
    _wanted: bool = False

    def is_wanted(self) -> bool:
        return self._wanted

    def hear(self, number: int, frame: FrameType | None) -> None:
        self._wanted = True


@contextmanager
def _stop_signals() -> Iterator[_Stop]:
    """Catch SIGTERM and SIGINT, also just before a wait begins: the interpreter writes each signal to a pipe."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    stop = _Stop(reading)
    before = signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.hear)
    try:
        yield stop
    finally:
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)


def _driver_options(url: str) -> dict[str, Any]:
    """Return driver options that notice a lost PostgreSQL within a minute. Options in the URL have priority."""
    if not url.startswith("postgresql"):
        return {}
    wanted = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    return {name: value for name, value in wanted.items() if name not in make_url(url).query}
