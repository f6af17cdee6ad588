"""Batches of photos: how far one is, and the result of each row."""

import uuid
from datetime import datetime
from typing import Self

from apiflask.fields import UploadFile

from accounts.face_batches.batches import BatchCounts
from models.face_batches import FaceBatch, FaceBatchResult, FaceBatchRow, FaceBatchStatus
from models.jobs import Job
from service.api.faces.schemas.photo_checks import AdviceOut
from service.edge.answers.bodies import Body, Out, Page
from service.edge.answers.paging import ListOut
from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.answers.problems import in_callers_language
from service.wording.faults import FACE_BATCH_FAULTS


class FaceBatchForm(Body):
    """A zip of photos named by 继教编号: 3310000101_1.jpg, 3310000101_2.jpg and so on, up to five for each person."""

    file: UploadFile


class FaceBatchOut(Out):
    """A batch. done: rows with a result; results: how many have which; codes: how many were refused for which reason.

    job_error: a code, where the job gave up. The rows that it did not decide are refused, and their photos deleted.
    """

    id: uuid.UUID
    status: FaceBatchStatus
    rows: int
    done: int
    results: dict[str, int]
    codes: dict[str, int]
    job_id: uuid.UUID | None
    job_error: str | None
    made_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, batch: FaceBatch, counts: BatchCounts, job: Job | None) -> Self:
        """Return what a batch looks like."""
        return cls(
            id=batch.id,
            status=batch.status,
            rows=batch.rows,
            done=counts.done,
            results={result.value: number for result, number in counts.results.items()},
            codes=counts.codes,
            job_id=job.id if job else None,
            job_error=batch.job_error or (job.error if job else None),
            made_at=batch.made_at,
            ended_at=batch.ended_at,
        )


class FaceBatchBrief(Out):
    """A batch in a list."""

    id: uuid.UUID
    status: FaceBatchStatus
    rows: int
    made_at: datetime
    ended_at: datetime | None


class FaceBatchList(ListOut):
    """A page of batches, newest first."""

    items: list[FaceBatchBrief]
    next_cursor: str | None


class FaceBatchRowsPage(Page):
    """Which rows of a batch."""

    result: FaceBatchResult | None = None


class FaceBatchRowOut(Out):
    """A row. number: its place in the file; cme_number: null if the name of the photo holds none.

    code: why it is refused, and hint: what to do next; photo: the photo at fault, from 0; case: for an admin to decide.
    """

    number: int
    cme_number: str | None
    file_name: str
    photos: int
    result: FaceBatchResult | None
    code: str | None
    hint: str | None
    photo: int | None
    advice: list[AdviceOut]
    case: uuid.UUID | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: FaceBatchRow) -> Self:
        """Return what a row looks like."""
        return cls(
            number=row.number,
            cme_number=row.cme_number,
            file_name=row.file_name,
            photos=row.photos,
            result=row.result,
            code=row.code,
            hint=_hint(row.code) if row.code else None,
            photo=row.photo,
            advice=[AdviceOut.of(code) for code in row.advice or ()],
            case=row.case_id,
            decided_at=row.decided_at,
        )


class FaceBatchRowList(ListOut):
    """A page of rows, in the order of the file."""

    items: list[FaceBatchRowOut]
    next_cursor: str | None


def _hint(code: str) -> str:
    """Return what to do about a refused row, in the caller's language."""
    if code in FACE_BATCH_FAULTS:
        return in_callers_language(FACE_BATCH_FAULTS[code])
    kind = PROBLEMS[code]
    return in_callers_language((kind.hint_zh, kind.hint_en))
