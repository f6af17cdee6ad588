"""Runs one job: takes its row, calls its handler, and commits each step with its progress."""

import logging
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from foundation import jobs
from foundation.clock import Clock
from foundation.errors import Refusal
from foundation.jobs import Handler, LeaseLost, Result, Work
from foundation.transactions import read_only
from models.base import new_id
from models.jobs import Job
from service.edge.database import DatabaseBusy

_LONGEST_PAUSE = 60.0  # seconds at most until a failed job is tried again
_log = logging.getLogger("cme.jobs")


class _GivenBack(Exception):
    """The worker must end, or another job's turn has come. The job is released after its last committed step."""


@dataclass(frozen=True)
class JobRunner:
    """Runs the jobs of a database.

    handlers: by kind of job. lease: the longest time of a step; each step renews it. is_ending: called after each step.
    turn: how long a job goes on while another one is due. It then waits behind the other one.
    """

    engine: Engine
    handlers: Mapping[str, Handler]
    clock: Clock
    lease: timedelta
    is_ending: Callable[[], bool] = lambda: False
    turn: timedelta = timedelta(seconds=5)

    def run_next(self) -> bool:
        """Run the job that has been due for the longest time; return False if no job was due."""
        lease = new_id()
        with Session(self.engine, expire_on_commit=False) as db:
            job = jobs.take_next(db, lease=lease, now=self.clock.now(), lasts=self.lease)
            db.commit()
            if job is None:
                return False
            try:
                result = self._steps(db, job, lease)
                jobs.finish(db, job_id=job.id, lease=lease, result=result, now=self.clock.now())
                db.commit()
            except Exception as error:
                db.rollback()
                # If even that can't be written, another worker takes the job when the lease has expired.
                with suppress(LeaseLost, OperationalError, DatabaseBusy):
                    self._let_go(db, job, lease, error)
                    db.commit()
        return True

    def _steps(self, db: Session, job: Job, lease: uuid.UUID) -> Result:
        steps = self.handlers[job.kind](Work(db, job, self.clock))
        turn_ends_at, done, has_come_forward = self.clock.now() + self.turn, job.done, False
        while True:
            try:
                progress = next(steps)
            except StopIteration as ended:
                result: Result = ended.value
                return result
            now = self.clock.now()
            jobs.come_forward(db, job_id=job.id, lease=lease, progress=progress, now=now, lasts=self.lease)
            if progress.done == progress.total:  # only the end is left; it is committed together with this step
                continue
            db.commit()
            has_come_forward, done = has_come_forward or progress.done > done, progress.done
            # A turn without progress goes on: a job that is taken too often without it fails.
            is_over = has_come_forward and now >= turn_ends_at and self._is_another_due(now)
            if is_over or self.is_ending():
                steps.close()
                raise _GivenBack

    def _is_another_due(self, now: datetime) -> bool:
        """Return whether a job waits. It is read apart, so that the handler's session is left as it is."""
        with Session(self.engine) as db, read_only(db):
            due_at = jobs.find_next_due(db)
        return due_at is not None and due_at <= now

    def _let_go(self, db: Session, job: Job, lease: uuid.UUID, error: Exception) -> None:
        """Release a job that this worker did not finish, or mark it as failed. Uncommitted work is rolled back."""
        now = self.clock.now()
        if isinstance(error, Refusal):
            jobs.fail(db, job_id=job.id, lease=lease, error=error.code, now=now)
        elif isinstance(error, _GivenBack):
            jobs.give_back(db, job_id=job.id, lease=lease, due_at=now)
        elif isinstance(error, LeaseLost):
            _log.warning("another worker has the job by now (kind: %s, job: %s)", job.kind, job.id)
        else:
            _log.error("a job went wrong and will be tried again (kind: %s)", job.kind, exc_info=error)
            pause = timedelta(seconds=min(2.0**job.tries, _LONGEST_PAUSE))
            jobs.give_back(db, job_id=job.id, lease=lease, due_at=now + pause)
