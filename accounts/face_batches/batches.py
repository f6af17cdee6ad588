"""Batches of photos: received, shown row by row, cancelled, and closed when their job has died."""

import uuid
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from accounts.enrolment import consent
from accounts.face_batches.admission import AdmittedRow, admit_row, current_version
from accounts.face_batches.archive import Archive, ArchiveRow
from accounts.face_batches.waiting_photos import delete_photos, seal_photos
from accounts.face_errors import BatchEnded, ConsentMissing
from faces.errors import FaceError
from faces.matching.vault import KeyRing
from foundation import audit, jobs
from foundation.callers import Caller
from foundation.clock import day_at_home
from foundation.errors import NotFound
from foundation.transactions import read_only
from models.base import new_id
from models.face_batches import FaceBatch, FaceBatchPhoto, FaceBatchResult, FaceBatchRow, FaceBatchStatus
from models.jobs import Job, JobStatus

JOB = "face_batch"
NOT_PROCESSED, CANCELLED = "not_processed", "batch_cancelled"
_BROKEN_UPLOAD_KEPT = timedelta(days=1)
_WAITS = timedelta(days=3)
"""How long a batch may wait for its job. Then its photos are deleted: nobody keeps faces that nobody needs."""
_REPORT_KEPT = timedelta(days=90)
_PORTION = 200  # rows without photos in one commit


OwnBatch = NewType("OwnBatch", FaceBatch)
"""A batch that the caller sent. Only `get_batch` makes one."""


@dataclass(frozen=True)
class BatchCounts:
    """How many rows have each result; codes: how many were refused for each reason."""

    results: dict[FaceBatchResult, int]
    codes: dict[str, int]

    @property
    def done(self) -> int:
        """Return the number of decided rows."""
        return sum(self.results.values())


def receive(
    db: Session, *, archive: Archive, ring: KeyRing, caller: Caller, now: datetime
) -> Generator[None, None, FaceBatch]:
    """Store the rows of a file and have a job enrol them; return the batch. One row's photos are in memory at a time.

    The photos of a row that is refused at once are not stored. The caller must commit at each yield; the commit of the
    request stores the end. Raises FaceNotOffered.
    """
    with read_only(db):
        consent.check_may_enrol(db, version=current_version(db), birth_on=None, today=day_at_home(now))
        admitted = [_admit(db, told, caller) for told in archive.rows]
    batch = FaceBatch(
        id=new_id(),
        status=FaceBatchStatus.RECEIVING,
        rows=len(archive.rows),
        made_by=caller.person_id,
        made_at=now,
    )
    db.add(batch)
    yield
    for number, (told, found) in enumerate(zip(archive.rows, admitted, strict=True), start=1):
        row, photos = _row(batch, number, told, found, now), []
        if row.result is None:
            photos = _seal(row, told, archive, ring, now)  # no transaction is open meanwhile
        db.add(row)
        if photos or number % _PORTION == 0:
            db.flush()
            db.add_all(photos)
            yield
            db.expunge_all()
    batch = db.get_one(FaceBatch, batch.id)
    _begin(db, batch, caller, now)
    return batch


def list_batches(db: Session, *, caller: Caller, after: uuid.UUID | None, limit: int) -> Sequence[FaceBatch]:
    """Return the caller's batches, newest first, after the batch `after`."""
    mine = FaceBatch.made_by == caller.person_id, FaceBatch.status != FaceBatchStatus.RECEIVING
    wanted = select(FaceBatch).where(*mine)
    if after is not None:
        wanted = wanted.where(FaceBatch.id < after)
    return db.scalars(wanted.order_by(FaceBatch.id.desc()).limit(limit)).all()


def get_batch(db: Session, *, batch_id: uuid.UUID, caller: Caller) -> OwnBatch:
    """Return one of the caller's batches. Raises NotFound, also for the batch of somebody else."""
    batch = db.get(FaceBatch, batch_id, populate_existing=True)
    if batch is None or batch.made_by != caller.person_id or batch.status is FaceBatchStatus.RECEIVING:
        raise NotFound
    return OwnBatch(batch)


def list_rows(
    db: Session, *, batch: OwnBatch, result: FaceBatchResult | None, after: int, limit: int
) -> Sequence[FaceBatchRow]:
    """Return the rows of a batch in order, after row number `after`."""
    wanted = select(FaceBatchRow).where(FaceBatchRow.batch_id == batch.id, FaceBatchRow.number > after)
    if result is not None:
        wanted = wanted.where(FaceBatchRow.result == result)
    return db.scalars(wanted.order_by(FaceBatchRow.number).limit(limit)).all()


def count_rows(db: Session, batch: FaceBatch) -> BatchCounts:
    """Return how many rows of a batch have each result and code."""
    counted = db.execute(
        select(FaceBatchRow.result, FaceBatchRow.code, func.count())
        .where(FaceBatchRow.batch_id == batch.id, FaceBatchRow.result.is_not(None))
        .group_by(FaceBatchRow.result, FaceBatchRow.code)
        .order_by(FaceBatchRow.result, FaceBatchRow.code)
    )
    results = dict.fromkeys(FaceBatchResult, 0)
    codes: dict[str, int] = {}
    for result, code, number in counted:
        if result is not None:
            results[result] += number
        if code is not None:
            codes[code] = number
    return BatchCounts(results, codes)


def find_job(db: Session, batch: FaceBatch) -> Job | None:
    """Return the job of a batch, with its `error` if it gave up; None if no row needed one."""
    return jobs.find_latest(db, kind=JOB, subject_id=batch.id)


def cancel(db: Session, *, batch_id: uuid.UUID, reason: str, caller: Caller, now: datetime) -> FaceBatch:
    """Cancel a batch and return it: the photos that wait are deleted at once, and what is enrolled stays.

    Raises NotFound, BatchEnded.
    """
    batch = get_batch(db, batch_id=batch_id, caller=caller)
    if lock_status(db, batch_id) is not FaceBatchStatus.WORKING:
        raise BatchEnded
    _close(db, batch, FaceBatchStatus.CANCELLED, CANCELLED, now)
    audit.record(db, caller, now, "face_batch.cancel", batch, reason=reason)
    db.flush()
    return batch


def refuse_waiting(db: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Refuse the rows of a person who has just withdrawn their consent, and delete their waiting photos and keys."""
    mine = FaceBatchRow.person_id == person_id, FaceBatchRow.result.is_(None)
    for row in db.scalars(select(FaceBatchRow).where(*mine).with_for_update()).all():
        row.result, row.code, row.decided_at = FaceBatchResult.REFUSED, ConsentMissing.code, now
        delete_photos(db, row)
    db.flush()


def lock_status(db: Session, batch_id: uuid.UUID) -> FaceBatchStatus | None:
    """Lock a batch until the transaction ends, and return its status; None if there is no such batch."""
    return db.scalar(select(FaceBatch.status).where(FaceBatch.id == batch_id).with_for_update())


def close_dead(db: Session, *, now: datetime) -> int:
    """Close one batch whose job gave up or never came: its photos are deleted. Return 0 if there is none.

    A batch whose upload broke off, or that ended 90 days ago, is deleted with its report.
    """
    old = FaceBatch.ended_at < now - _REPORT_KEPT
    broken = (FaceBatch.status == FaceBatchStatus.RECEIVING) & (FaceBatch.made_at < now - _BROKEN_UPLOAD_KEPT)
    gone = db.scalar(select(FaceBatch.id).where(old | broken).order_by(FaceBatch.id).limit(1))
    if gone is not None:
        for table in (FaceBatchPhoto, FaceBatchRow):
            db.execute(delete(table).where(table.batch_id == gone))
        db.execute(delete(FaceBatch).where(FaceBatch.id == gone))
        return 1
    at_work = select(FaceBatch).where(FaceBatch.status == FaceBatchStatus.WORKING).order_by(FaceBatch.id)
    for batch in db.scalars(at_work).all():
        job = find_job(db, batch)
        is_dead = job is None or job.status in (JobStatus.FAILED, JobStatus.DONE) or batch.made_at < now - _WAITS
        if is_dead and lock_status(db, batch.id) is FaceBatchStatus.WORKING:
            batch.job_error = (job.error if job else None) or NOT_PROCESSED
            _close(db, batch, FaceBatchStatus.FAILED, NOT_PROCESSED, now)
            audit.record(db, None, now, "face_batch.fail", batch, after={"job_error": batch.job_error})
            db.flush()
            return 1
    return 0


def end_if_decided(db: Session, batch: FaceBatch, now: datetime) -> bool:
    """End a batch all of whose rows are decided; return whether they are."""
    counts = count_rows(db, batch)
    if counts.done < batch.rows:
        return False
    batch.status, batch.ended_at = FaceBatchStatus.DONE, now
    after = {result.value: number for result, number in counts.results.items()}
    audit.record(db, batch.made_by, now, "face_batch.end", batch, after=after)
    db.flush()
    return True


def _begin(db: Session, batch: FaceBatch, caller: Caller, now: datetime) -> None:
    """Make a received batch visible, and have a job decide the rows that are still open."""
    if lock_status(db, batch.id) is not FaceBatchStatus.RECEIVING:
        raise RuntimeError("an upload was taken for a broken one and deleted")
    batch.status = FaceBatchStatus.WORKING
    audit.record(db, caller, now, "face_batch.create", batch, after={"rows": batch.rows})
    db.flush()
    if not end_if_decided(db, batch, now):
        jobs.enqueue(db, kind=JOB, subject_id=batch.id, now=now, actor_id=caller.person_id)


def _admit(db: Session, told: ArchiveRow, caller: Caller) -> AdmittedRow:
    return admit_row(db, admin_id=caller.person_id, cme_number=told.cme_number, photos=len(told.files), size=told.size)


def _row(batch: FaceBatch, number: int, told: ArchiveRow, found: AdmittedRow, now: datetime) -> FaceBatchRow:
    row = FaceBatchRow(
        batch_id=batch.id,
        number=number,
        cme_number=told.cme_number,
        file_name=told.file_name,
        photos=len(told.files),
        person_id=found.person_id,
        advice=[],
    )
    if found.code is not None:
        row.result, row.code, row.decided_at = FaceBatchResult.REFUSED, found.code, now
    return row


def _seal(row: FaceBatchRow, told: ArchiveRow, archive: Archive, ring: KeyRing, now: datetime) -> list[FaceBatchPhoto]:
    """Return the sealed photos of a row; refuse the row and return none if one of them can't be unpacked."""
    try:
        return seal_photos(row, [archive.read(info) for info in told.files], ring)
    except FaceError as error:
        row.result, row.code, row.decided_at = FaceBatchResult.REFUSED, error.code, now
        return []


def _close(db: Session, batch: FaceBatch, status: FaceBatchStatus, code: str, now: datetime) -> None:
    """End a batch before its time: refuse the rows that are open, and delete their photos and keys."""
    db.execute(delete(FaceBatchPhoto).where(FaceBatchPhoto.batch_id == batch.id))
    db.execute(
        update(FaceBatchRow)
        .where(FaceBatchRow.batch_id == batch.id, FaceBatchRow.result.is_(None))
        .values(result=FaceBatchResult.REFUSED, code=code, decided_at=now, master_id=None, wrapped=None)
        .execution_options(synchronize_session=False)
    )
    batch.status, batch.ended_at = status, now
