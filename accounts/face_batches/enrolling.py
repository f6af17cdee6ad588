"""The job of a batch: decides one row after the other. A row, its enrolment and the end of its photos are one commit.

A killed job goes on at the first row without a result. No transaction is open while the face engine works.
"""

import uuid
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.enrolment.agreement import Agreement
from accounts.enrolment.enrolment_desk import EnrolmentDesk
from accounts.face_batches.admission import admit_row, current_version
from accounts.face_batches.batches import end_if_decided, lock_status
from accounts.face_batches.waiting_photos import delete_photos, open_photos
from accounts.face_errors import FaceBelongsToAnotherAccount
from faces.errors import EngineUnavailable, FaceError
from faces.matching.vault import KeyRing, VaultError
from foundation.errors import Refusal
from foundation.jobs import Progress, Result, Work
from foundation.transactions import read_only
from models.face_batches import FaceBatch, FaceBatchResult, FaceBatchRow, FaceBatchStatus
from models.faces import FaceCase

PHOTOS_LOST = "photos_lost"
_MOST_TRIES = 5
"""Times that a row is tried while the face engine is out of reach. Then it is refused: the others must not wait."""


@dataclass(frozen=True)
class _Verdict:
    """What becomes of a row. photo: the one at fault, from 0."""

    result: FaceBatchResult
    code: str | None = None
    photo: int | None = None
    advice: tuple[str, ...] = ()
    case_id: uuid.UUID | None = None


@dataclass(frozen=True)
class _Turn:
    """The next row with its photos. verdict: set if they need no look. version: of the consent text."""

    batch: FaceBatch
    row: FaceBatchRow
    person_id: uuid.UUID | None
    done: int
    version: str
    photos: list[bytes]
    verdict: _Verdict | None


@dataclass(frozen=True)
class BatchEnroller:
    """Enrols the faces of batches. desk: as for people who enrol themselves. ring: opens the photos that wait."""

    desk: EnrolmentDesk
    ring: KeyRing

    def run(self, work: Work) -> Generator[Progress, None, Result]:
        """Decide the rows of a batch, one a step. It stops if the batch is cancelled."""
        tries = work.job.tries
        while (turn := self._next(work.db, work.job.subject_id)) is not None:
            now = work.clock.now()
            try:
                verdict = turn.verdict or self._enrol(work.db, turn, now)
            except EngineUnavailable as error:
                work.db.rollback()
                if tries < _MOST_TRIES:
                    raise  # the job is tried again, after a pause
                verdict = _Verdict(FaceBatchResult.REFUSED, error.code, error.photo, error.advice)
            turn.photos.clear()  # before the next row's are opened
            if lock_status(work.db, turn.batch.id) is not FaceBatchStatus.WORKING:
                work.db.rollback()
                return None
            _write(work.db, turn.row, verdict, now)
            tries, done = 0, turn.done + 1
            has_ended = end_if_decided(work.db, turn.batch, now)
            yield Progress(done, turn.batch.rows)
            if has_ended:
                return None
            work.db.expunge(turn.row)
        batch = _find_at_work(work.db, work.job.subject_id)
        if batch is not None and lock_status(work.db, batch.id) is FaceBatchStatus.WORKING:
            end_if_decided(work.db, batch, work.clock.now())  # the last rows were refused by a withdrawal
        return None

    def _next(self, db: Session, batch_id: uuid.UUID | None) -> _Turn | None:
        """Return the next row that has no result; None if there is none, or the batch is no longer at work."""
        with read_only(db):
            batch = _find_at_work(db, batch_id)
            if batch is None:
                return None
            mine = FaceBatchRow.batch_id == batch.id
            is_open = FaceBatchRow.result.is_(None)
            row = db.scalar(select(FaceBatchRow).where(mine, is_open).order_by(FaceBatchRow.number).limit(1))
            if row is None:
                return None
            done = db.scalar(select(func.count()).select_from(FaceBatchRow).where(mine, ~is_open)) or 0
            found = admit_row(db, admin_id=batch.made_by, cme_number=row.cme_number, photos=row.photos, size=0)
            photos, verdict = [], None
            if found.code is not None:
                verdict = _Verdict(FaceBatchResult.REFUSED, found.code)
            else:
                with suppress(VaultError):
                    photos = open_photos(db, row, self.ring)
                if len(photos) != row.photos:  # on PostgreSQL, a withdrawal since the look at the consents deletes them
                    now_found = admit_row(db, admin_id=batch.made_by, cme_number=row.cme_number, photos=0, size=0)
                    verdict = _Verdict(FaceBatchResult.REFUSED, now_found.code or PHOTOS_LOST)
            return _Turn(batch, row, found.person_id, done, current_version(db), photos, verdict)

    def _enrol(self, db: Session, turn: _Turn, now: datetime) -> _Verdict:
        """Enrol the face of a row; return what became of it. Raises EngineUnavailable."""
        person_id = turn.person_id
        assert person_id is not None  # noqa: S101 - for the type checker: a row without a person has its verdict
        agreement = Agreement(turn.version, channel="batch", witness_id=turn.batch.made_by, is_on_record=True)
        try:
            enrolled = self.desk.enrol(db, person_id=person_id, photos=turn.photos, agreement=agreement, now=now)
        except EngineUnavailable:
            raise
        except (Refusal, FaceError) as refusal:
            if not refusal.keeps_writes:
                db.rollback()
            return _refused(db, refusal, person_id)
        if enrolled.case is not None:
            return _Verdict(FaceBatchResult.HELD, case_id=enrolled.case.id)
        return _Verdict(FaceBatchResult.ENROLLED)


def _find_at_work(db: Session, batch_id: uuid.UUID | None) -> FaceBatch | None:
    wanted = select(FaceBatch).where(FaceBatch.id == batch_id, FaceBatch.status == FaceBatchStatus.WORKING)
    return db.scalar(wanted.execution_options(populate_existing=True))


def _refused(db: Session, refusal: Refusal | FaceError, person_id: uuid.UUID) -> _Verdict:
    if isinstance(refusal, FaceError):
        return _Verdict(FaceBatchResult.REFUSED, refusal.code, refusal.photo, refusal.advice)
    case_id = None
    if isinstance(refusal, FaceBelongsToAnotherAccount):
        newest = select(FaceCase.id).where(FaceCase.person_id == person_id).order_by(FaceCase.id.desc())
        case_id = db.scalar(newest.limit(1))
    return _Verdict(FaceBatchResult.REFUSED, refusal.code, case_id=case_id)


def _write(db: Session, row: FaceBatchRow, verdict: _Verdict, now: datetime) -> None:
    """Write the result of a row, and delete its photos and their key."""
    row.result, row.code, row.photo = verdict.result, verdict.code, verdict.photo
    row.advice, row.case_id, row.decided_at = list(verdict.advice), verdict.case_id, now
    delete_photos(db, row)
    db.flush()
