"""Work that outlives a request: one row a job, written in the transaction of its cause."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class JobStatus(enum.StrEnum):
    """Where a job stands; `done` and `failed` are for good."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = text("status IN ('waiting', 'running')")
"""Which jobs are not over. SQLite finds their index only where a statement says exactly this, without parameters."""


class Job(Base):
    """What is to be done, how far it is, and until when somebody may be believed to work on it."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("(status = 'running') = (lease IS NOT NULL)", name="running_with_a_lease"),
        # Few jobs are open at a time, so what an idle worker reads stays small however many were done.
        Index("ix_job_open", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_job_subject", "kind", "subject_id", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID | None]
    """What it is about, such as a settlement."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who caused it; None where the system itself did."""
    status: Mapped[JobStatus] = mapped_column(words(JobStatus), default=JobStatus.WAITING)
    lease: Mapped[uuid.UUID | None]
    """Drawn anew by each worker that takes the job: only who knows it may write."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From here on a worker may take it: it is new, to be tried again, or its lease has run out."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often it was taken since it last came forward."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    """Steps done, of how many; in the unit of its kind, such as learners or rows."""
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(String(60))
    """A stable code, where it failed."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
