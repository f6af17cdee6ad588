"""The body of a job's progress."""

import uuid
from datetime import datetime
from typing import Any

from models.jobs import JobStatus
from service.edge.bodies import Out


class JobOut(Out):
    """A job. done, total: steps, in the unit of its kind; error: the code if it failed, else null."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    status: JobStatus
    done: int
    total: int | None
    result: dict[str, Any] | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None
