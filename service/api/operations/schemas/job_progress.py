"""The body of a job's progress."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from models.jobs import JobStatus
from service.edge.answers.bodies import Out

JobCounts = TypeAliasType(
    "JobCounts",
    Annotated[
        dict[str, int],
        Field(
            description="Numbers of rows. Of a file of attendance: `bad` once checked, then by what became of them. "
            "Of a file of credits: `errors` once checked, `committed` and `left_out` once committed. Other jobs: null."
        ),
    ],
)


class JobOut(Out):
    """A job. done, total: steps, in the unit of its kind; error: the code if it failed, else null."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    status: JobStatus
    done: int
    total: int | None
    result: JobCounts | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None
