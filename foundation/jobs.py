"""Jobs as database rows: a worker takes one under a lease and works in steps; another takes it if the worker dies.

Only the row decides. On PostgreSQL a notice wakes the workers when the row is committed. A notice may be lost, because
workers also read the rows regularly. Each commit of a worker renews its lease in the same transaction as the work, so
that a worker without the lease can't write. A job can be taken again at any time, so each step checks what is done
already.
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
    """Another worker has the job now, or the job is over. The work since the last step is rolled back."""


@dataclass(frozen=True)
class Progress:
    """The progress after a step. The runner commits it, together with the end of the job if all is done.

    done, total: in the unit of the job kind; total is None while it is not known.
    """

    done: int
    total: int | None


@dataclass(frozen=True)
class Work:
    """What a handler gets. A handler flushes and never commits: the runner commits at each Progress that it yields."""

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
    due_at: datetime | None = None,
) -> Job:
    """Add a job to the open transaction, so that it exists if and only if its cause does.

    payload: plain JSON values, no personal data except ids. due_at: not before that time; None for at once. The commit
    wakes a worker.
    """
    job = Job(
        id=new_id(),
        kind=kind,
        subject_id=subject_id,
        payload=dict(payload or {}),
        actor_id=actor_id,
        status=JobStatus.WAITING,
        due_at=due_at or now,
        tries=0,
        done=0,
        created_at=now,
    )
    db.add(job)
    db.flush()
    _wake_workers(db)
    return job


def get_job(db: Session, *, job_id: uuid.UUID, person_id: uuid.UUID) -> Job:
    """Return a job, for the person who caused it. Raises NotFound for anybody else."""
    job = db.get(Job, job_id)
    if job is None or job.actor_id != person_id:
        raise NotFound
    return job


def find_latest(db: Session, *, kind: str, subject_id: uuid.UUID) -> Job | None:
    """Return the newest job of a kind for a subject, or None."""
    return db.scalar(select(Job).where(Job.kind == kind, Job.subject_id == subject_id).order_by(Job.id.desc()).limit(1))


def keep_at_work(db: Session, *, kind: str, subject_id: uuid.UUID, now: datetime, actor_id: uuid.UUID | None) -> None:
    """Enqueue a job for a subject if there was none yet, or the last one failed."""
    last = find_latest(db, kind=kind, subject_id=subject_id)
    if last is None or last.status is JobStatus.FAILED:
        enqueue(db, kind=kind, subject_id=subject_id, now=now, actor_id=actor_id)


def find_next_due(db: Session) -> datetime | None:
    """Return the earliest time at which a job can be taken, or None where no job is open.

    It only reads an index of the open jobs, so that an idle worker never blocks a writer.
    """
    return db.scalar(select(func.min(Job.due_at)).where(OPEN))


def take_next(db: Session, *, lease: uuid.UUID, now: datetime, lasts: timedelta) -> Job | None:
    """Take the job that has been due longest: a new one, one to retry, or one whose lease has expired.

    Two workers never get the same job. Returns None if there is no job to take. A job that was taken MOST_TRIES times
    without progress fails with `gave_up`.
    """
    while (job := _take_next(db, lease, now, lasts)) is not None and job.tries > MOST_TRIES:
        fail(db, job_id=job.id, lease=lease, error="gave_up", now=now)
    return job


def _take_next(db: Session, lease: uuid.UUID, now: datetime, lasts: timedelta) -> Job | None:
    # PostgreSQL skips jobs that another worker is taking now; on SQLite only one transaction writes at a time.
    due = select(Job.id).where(OPEN, Job.due_at <= now).order_by(Job.due_at).limit(1)
    first = due.with_for_update(skip_locked=True).correlate(None).scalar_subquery()
    taken = {"status": JobStatus.RUNNING, "lease": lease, "due_at": now + lasts, "tries": Job.tries + 1}
    taking = update(Job).where(Job.id == first).values(taken).returning(Job)
    return db.scalar(taking.execution_options(populate_existing=True, synchronize_session=False))


def come_forward(
    db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, progress: Progress, now: datetime, lasts: timedelta
) -> None:
    """Record a step in the transaction of its work, and renew the lease. Raises LeaseLost."""
    tries = case((Job.done < progress.done, 0), else_=Job.tries)  # a step that was done before is not progress
    _write(db, job_id, lease, due_at=now + lasts, tries=tries, done=progress.done, total=progress.total)


def finish(db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, result: Result, now: datetime) -> None:
    """Record the end of a job in the transaction of its last step. Raises LeaseLost."""
    kept = dict(result) if result is not None else None
    _write(db, job_id, lease, status=JobStatus.DONE, result=kept, ended_at=now, **_NO_LEASE)


def fail(db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, error: str, now: datetime) -> None:
    """Record that a job failed for good. error: a stable code. Raises LeaseLost."""
    _write(db, job_id, lease, status=JobStatus.FAILED, error=error, ended_at=now, **_NO_LEASE)


def give_back(db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, due_at: datetime) -> None:
    """Release a job, so that any worker can continue it from `due_at` on. Raises LeaseLost."""
    _write(db, job_id, lease, status=JobStatus.WAITING, due_at=due_at, **_NO_LEASE)
    _wake_workers(db)


def _wake_workers(db: Session) -> None:
    """Have PostgreSQL send a notice when the transaction commits. On SQLite the workers see the commit itself."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(f"NOTIFY {CHANNEL}"))


def _write(db: Session, job_id: uuid.UUID, held: uuid.UUID, **values: Any) -> None:
    written = db.execute(
        update(Job).where(Job.id == job_id, Job.lease == held).values(**values).returning(Job.id)
    ).scalar_one_or_none()
    if written is None:
        raise LeaseLost
