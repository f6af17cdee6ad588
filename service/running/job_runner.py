"""Runs one job: takes its row, calls its handler, and commits each step with its progress."""

import logging
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from foundation import jobs
from foundation.clock import Clock
from foundation.errors import Refusal
from foundation.jobs import Handler, LeaseLost, Result, Work
from models.base import new_id
from models.jobs import Job
from service.edge.database import DatabaseBusy

_LONGEST_PAUSE = 60.0  # seconds at most until a failed job is tried again
_log = logging.getLogger("cme.jobs")


class _Ending(Exception):
    """The worker must end. The job is released after its last committed step."""


@dataclass(frozen=True)
class JobRunner:
    """Runs the jobs of a database.

    handlers: by kind of job. lease: the longest time of a step; each step renews it. is_ending: called after each step.
    """

    engine: Engine
    handlers: Mapping[str, Handler]
    clock: Clock
    lease: timedelta
    is_ending: Callable[[], bool] = lambda: False

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
            if self.is_ending():
                steps.close()
                raise _Ending

    def _let_go(self, db: Session, job: Job, lease: uuid.UUID, error: Exception) -> None:
        """Release a job that this worker did not finish, or mark it as failed. Uncommitted work is rolled back."""
        now = self.clock.now()
        if isinstance(error, Refusal):
            jobs.fail(db, job_id=job.id, lease=lease, error=error.code, now=now)
        elif isinstance(error, _Ending):
            jobs.give_back(db, job_id=job.id, lease=lease, due_at=now)
        elif isinstance(error, LeaseLost):
            _log.warning("another worker has the job by now (kind: %s, job: %s)", job.kind, job.id)
        else:
            _log.error("a job went wrong and will be tried again (kind: %s)", job.kind, exc_info=error)
            pause = timedelta(seconds=min(2.0**job.tries, _LONGEST_PAUSE))
            jobs.give_back(db, job_id=job.id, lease=lease, due_at=now + pause)
