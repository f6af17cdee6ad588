"""Jobs: a row written with its cause, taken under a lease, brought forward by steps, taken again if its worker dies.

The row alone decides. On PostgreSQL a notice wakes the workers when it is committed; a notice may be lost, because
workers look at the rows anyway. A worker draws a lease, and each of its commits renews it in the same transaction as
the work: a worker that lost the lease writes nothing more. So a job may be taken again at any time, and runs twice
without harm if each of its steps finds what is there.
"""

import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select, text, update
from sqlalchemy.orm import Session

from foundation.clock import Clock
from foundation.errors import NotFound
from models.base import new_id
from models.jobs import OPEN, Job, JobStatus

CHANNEL = "cme_jobs"
"""The channel of PostgreSQL on which workers listen for new jobs."""
MOST_TRIES = 20
"""Times a job is taken without coming forward; then it is what kills its workers, and fails."""
_NO_LEASE: dict[str, Any] = {"lease": None}


class LeaseLost(Exception):
    """Another worker has the job by now, or it is over: what this one did since its last step is rolled back."""


@dataclass(frozen=True)
class Progress:
    """A step is done: commit it, with the end of the job where all is done.

    done, total: steps, in the unit of the kind; total None while it isn't known.
    """

    done: int
    total: int | None


@dataclass(frozen=True)
class Work:
    """What a handler works with. It flushes and never commits: each Progress it yields is a commit."""

    db: Session
    job: Job
    clock: Clock


Result = Mapping[str, Any] | None
Handler = Callable[[Work], Generator[Progress, None, Result]]
"""Does a job of one kind. It may be begun again at any step, and must then go on from what is in the database."""


def enqueue(
    db: Session,
    *,
    kind: str,
    subject_id: uuid.UUID | None = None,
    payload: Mapping[str, Any] | None = None,
    now: datetime,
    actor_id: uuid.UUID | None,
) -> Job:
    """Add a job to the open transaction, so that it exists if and only if its cause does.

    payload: plain JSON values, no personal data beyond ids. The commit wakes a worker.
    """
    job = Job(
        id=new_id(),
        kind=kind,
        subject_id=subject_id,
        payload=dict(payload or {}),
        actor_id=actor_id,
        status=JobStatus.WAITING,
        due_at=now,
        tries=0,
        done=0,
        created_at=now,
    )
    db.add(job)
    db.flush()
    _wake_workers(db)
    return job


def get_job(db: Session, *, job_id: uuid.UUID, person_id: uuid.UUID) -> Job:
    """Give a job to who caused it. Raises NotFound for anybody else."""
    job = db.get(Job, job_id)
    if job is None or job.actor_id != person_id:
        raise NotFound
    return job


def find_latest(db: Session, *, kind: str, subject_id: uuid.UUID) -> Job | None:
    """Give the newest job of a kind about something, or None."""
    return db.scalar(select(Job).where(Job.kind == kind, Job.subject_id == subject_id).order_by(Job.id.desc()).limit(1))


def keep_at_work(db: Session, *, kind: str, subject_id: uuid.UUID, now: datetime, actor_id: uuid.UUID | None) -> None:
    """Enqueue a job about something unless one is at it: there was none yet, or the last one failed."""
    last = find_latest(db, kind=kind, subject_id=subject_id)
    if last is None or last.status is JobStatus.FAILED:
        enqueue(db, kind=kind, subject_id=subject_id, now=now, actor_id=actor_id)


def find_next_due(db: Session) -> datetime | None:
    """Return the earliest time at which a job can be taken, or None where no job is open.

    It only reads, from an index of the open jobs: an idle worker keeps no writer waiting.
    """
    return db.scalar(select(func.min(Job.due_at)).where(OPEN))


def take_next(db: Session, *, lease: uuid.UUID, now: datetime, lasts: timedelta) -> Job | None:
    """Take the job that has been due longest: new, to be tried again, or its lease has run out.

    Two workers never get the same one. Returns None where there is nothing to take. A job that was taken MOST_TRIES
    times without coming forward fails with `gave_up`.
    """
    while (job := _take_next(db, lease, now, lasts)) is not None and job.tries > MOST_TRIES:
        fail(db, job_id=job.id, lease=lease, error="gave_up", now=now)
    return job


def _take_next(db: Session, lease: uuid.UUID, now: datetime, lasts: timedelta) -> Job | None:
    # PostgreSQL passes over what another worker is taking at this moment; on SQLite one transaction writes at a time.
    due = select(Job.id).where(OPEN, Job.due_at <= now).order_by(Job.due_at).limit(1)
    first = due.with_for_update(skip_locked=True).correlate(None).scalar_subquery()
    taken = {"status": JobStatus.RUNNING, "lease": lease, "due_at": now + lasts, "tries": Job.tries + 1}
    taking = update(Job).where(Job.id == first).values(taken).returning(Job)
    return db.scalar(taking.execution_options(populate_existing=True, synchronize_session=False))


def come_forward(
    db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, progress: Progress, now: datetime, lasts: timedelta
) -> None:
    """Write down a step in the transaction of its work, and renew the lease. Raises LeaseLost."""
    tries = case((Job.done < progress.done, 0), else_=Job.tries)  # a step that was only found done is no way forward
    _write(db, job_id, lease, due_at=now + lasts, tries=tries, done=progress.done, total=progress.total)


def finish(db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, result: Result, now: datetime) -> None:
    """Write down that all is done, in the transaction of the last step. Raises LeaseLost."""
    kept = dict(result) if result is not None else None
    _write(db, job_id, lease, status=JobStatus.DONE, result=kept, ended_at=now, **_NO_LEASE)


def fail(db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, error: str, now: datetime) -> None:
    """Give a job up for good. error: a stable code. Raises LeaseLost."""
    _write(db, job_id, lease, status=JobStatus.FAILED, error=error, ended_at=now, **_NO_LEASE)


def give_back(db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, due_at: datetime) -> None:
    """Let any worker go on with a job from `due_at` on. Raises LeaseLost."""
    _write(db, job_id, lease, status=JobStatus.WAITING, due_at=due_at, **_NO_LEASE)
    _wake_workers(db)


def _wake_workers(db: Session) -> None:
    """Have PostgreSQL send a notice with the commit of the open transaction; on SQLite the workers see the commit."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(f"NOTIFY {CHANNEL}"))


def _write(db: Session, job_id: uuid.UUID, held: uuid.UUID, **values: Any) -> None:
    written = db.execute(
        update(Job).where(Job.id == job_id, Job.lease == held).values(**values).returning(Job.id)
    ).scalar_one_or_none()
    if written is None:
        raise LeaseLost
