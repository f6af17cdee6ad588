"""Jobs: a row written with its cause, taken under a lease, brought forward step by step, swept when its worker is gone.

The row alone decides; a queue only says which row to look at, and may lose, repeat or delay what it says. A worker
draws a lease, and each of its commits renews it in the same transaction as the work: who lost the lease writes nothing
more. So a job may be taken again at any time, and runs twice without harm if each of its steps finds what is there.
"""

import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, case, exists, literal_column, select, update
from sqlalchemy.orm import Session

from foundation.clock import Clock
from foundation.errors import NotFound
from models.base import new_id
from models.jobs import Job, JobStatus

TELL_AGAIN = timedelta(seconds=30)
"""How long a job may wait before the queue is told of it again: longer than an idle queue takes."""
MOST_TRIES = 20
"""Times a job is taken without coming forward; then it is what kills its workers, and fails."""
_NEW = "jobs.new"
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

    payload: plain JSON values, no personal data beyond ids. The edge tells the queue once it is committed.
    """
    job = Job(
        id=new_id(),
        kind=kind,
        subject_id=subject_id,
        payload=dict(payload or {}),
        actor_id=actor_id,
        status=JobStatus.WAITING,
        due_at=now + TELL_AGAIN,
        tries=0,
        done=0,
        created_at=now,
    )
    db.add(job)
    db.flush()
    db.info.setdefault(_NEW, []).append(job.id)
    return job


def take_new(db: Session) -> list[uuid.UUID]:
    """Give, once, the jobs enqueued on this session; for the edge, after its commit."""
    new: list[uuid.UUID] = db.info.pop(_NEW, [])
    return new


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


def take(db: Session, *, job_id: uuid.UUID, lease: uuid.UUID, now: datetime, lasts: timedelta) -> Job | None:
    """Take a waiting job; of several workers one gets it. None where there is nothing to take."""
    return db.scalar(
        update(Job)
        .where(Job.id == job_id, Job.status == JobStatus.WAITING)
        .values(status=JobStatus.RUNNING, lease=lease, due_at=now + lasts, tries=Job.tries + 1)
        .returning(Job)
        .execution_options(populate_existing=True)
    )


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
    """Let somebody else go on with a job, from `due_at` at the latest. Raises LeaseLost."""
    _write(db, job_id, lease, status=JobStatus.WAITING, due_at=due_at, **_NO_LEASE)


def is_any_due(db: Session, *, now: datetime) -> bool:
    """Say whether the sweep would find anything; it only reads, so that an idle worker keeps no writer waiting."""
    return bool(db.scalar(select(exists().where(*_due(now)))))


def sweep(db: Session, *, now: datetime) -> list[uuid.UUID]:
    """Set waiting what nobody works on any more, and give all that the queue must be told of again.

    A job that was taken MOST_TRIES times without coming forward fails with `gave_up`.
    """
    db.execute(
        update(Job)
        .where(*_due(now), Job.tries >= MOST_TRIES)
        .values(status=JobStatus.FAILED, error="gave_up", ended_at=now, **_NO_LEASE)
    )
    waiting = update(Job).where(*_due(now)).values(status=JobStatus.WAITING, due_at=now + TELL_AGAIN, **_NO_LEASE)
    return list(db.scalars(waiting.returning(Job.id)))


def _due(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    # Spelled as the index is, so that SQLite finds it: parameters would hide what they are.
    return literal_column("status IN ('waiting', 'running')", Boolean), Job.due_at <= now


def _write(db: Session, job_id: uuid.UUID, held: uuid.UUID, **values: Any) -> None:
    written = db.execute(
        update(Job).where(Job.id == job_id, Job.lease == held).values(**values).returning(Job.id)
    ).scalar_one_or_none()
    if written is None:
        raise LeaseLost
