"""Files of evidence: taken once for each owner, seen by the owner and by reviewers of their claims, swept if unused."""

import hashlib
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from credit.evidence.errors import EvidenceBroken, EvidenceInUse, EvidenceNotYours, EvidenceTooLarge
from credit.evidence.pdfs import clean_pdf, is_pdf
from credit.evidence.pictures import Harmless, clean_picture
from foundation import throttles
from foundation.callers import Caller
from foundation.errors import FileUnreadable, NotFound
from foundation.sealing import FieldSeal
from foundation.stored_files import records
from foundation.stored_files.store import SealedFiles, Stored
from foundation.transactions import insert_or_none, read_only
from models.base import new_id
from models.claims import ClaimEvidence
from models.evidence import Evidence, EvidenceKind
from models.stored_files import StoredFile

MOST_BYTES = 5 * 2**20
"""Of a file (O-17)."""
MEDIA_TYPES = ("image/jpeg", "image/png", "image/heic", "application/pdf")
_DAY = timedelta(days=1)
_SWEPT_AT_ONCE = 100
_USED = exists().where(ClaimEvidence.evidence_id == Evidence.id)

Reviews = Callable[[Session, Evidence, Caller], bool]
"""Whether a caller reviews a claim that has this file."""


@dataclass(frozen=True)
class Taken:
    """A file that was uploaded. is_new: whether it was not there before."""

    evidence: Evidence
    is_new: bool


@dataclass(frozen=True)
class _Put:
    """What lies in the store already, and still needs its rows."""

    kind: EvidenceKind
    content: Stored
    thumbnail: Stored
    pages: int


class EvidenceDesk:
    """Takes files of evidence. daily: files of a person in 24 hours; unused_days: how long unused ones stay."""

    def __init__(self, files: SealedFiles, seal: FieldSeal, *, daily: int, unused_days: int) -> None:
        self._files, self._seal, self._daily = files, seal, daily
        self.unused = timedelta(days=unused_days)

    def take(self, db: Session, *, caller: Caller, data: bytes, now: datetime) -> Taken:
        """Check a file by its content, make it anew, store it, and return its row; the same file is stored once.

        The slow work is done outside of any transaction. Raises the refusals of evidence, TooManyAttempts.
        """
        if len(data) > MOST_BYTES:
            raise EvidenceTooLarge(field="file", facts={"limit_bytes": MOST_BYTES})
        if not data:
            raise EvidenceBroken(field="file")
        digest, key = self._digest(data), f"evidence:{caller.person_id}"
        with read_only(db):
            before = _find(db, caller.person_id, digest)
            if before is None:
                throttles.check_count(db, key, limit=self._daily, window=_DAY, now=now)
        if before is not None:
            return Taken(before, is_new=False)
        put = self._put(clean_pdf(data) if is_pdf(data) else clean_picture(data))
        throttles.count(db, key, limit=self._daily, window=_DAY, now=now)
        made = self._insert(db, caller.person_id, digest, put, now)
        if made is not None:
            return Taken(made, is_new=True)
        before = _find(db, caller.person_id, digest)  # another request with this file was first
        if before is None:
            raise NotFound
        return Taken(before, is_new=False)

    def _put(self, clean: Harmless) -> _Put:
        kind = EvidenceKind.PDF if clean.media_type == "application/pdf" else EvidenceKind.PICTURE
        return _Put(kind, self._files.put(clean.content), self._files.put(clean.thumbnail), clean.pages)

    def _insert(self, db: Session, person_id: uuid.UUID, digest: bytes, put: _Put, now: datetime) -> Evidence | None:
        """Add the rows of a file; None, without a row, if the owner has it meanwhile: the store's copy is an orphan."""
        content, thumbnail = (records.keep(db, each, now).id for each in (put.content, put.thumbnail))
        made = insert_or_none(
            db,
            Evidence,
            id=new_id(),
            person_id=person_id,
            digest=digest,
            kind=put.kind,
            file_id=content,
            thumbnail_id=thumbnail,
            size=put.content.size,
            pages=put.pages,
            made_at=now,
        )
        if made is None:
            for each in (content, thumbnail):
                records.discard(db, each, now)
        return made

    def read(self, db: Session, evidence: Evidence, *, thumbnail: bool = False) -> bytes:
        """Return the content of a file, or its thumbnail (JPEG). Raises FileUnreadable, FileStoreUnavailable."""
        with read_only(db):
            name = db.scalar(
                select(StoredFile.name).where(
                    StoredFile.id == (evidence.thumbnail_id if thumbnail else evidence.file_id)
                )
            )
        if name is None:
            raise FileUnreadable
        return self._files.get(name)

    def unused_until(self, evidence: Evidence) -> datetime:
        """Return when a file without a claim is deleted."""
        return evidence.made_at + self.unused

    def _digest(self, data: bytes) -> bytes:
        return self._seal.blind("evidence", hashlib.sha256(data).hexdigest())


def nobody(_db: Session, _evidence: Evidence, _caller: Caller) -> bool:
    """Return False: nobody but the owner sees a file."""
    return False


def get_evidence(db: Session, *, evidence_id: uuid.UUID, caller: Caller, reviews: Reviews = nobody) -> Evidence:
    """Return a file that the caller may see: their own, or one of a claim that they review. Raises NotFound."""
    found = db.get(Evidence, evidence_id)
    if found is None or (found.person_id != caller.person_id and not reviews(db, found, caller)):
        raise NotFound
    return found


def own_evidence(db: Session, *, owner_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Sequence[Evidence]:
    """Return files of one owner by their ids, in that order, locked: none of them is deleted before the commit.

    A claim calls this before it links them. Raises EvidenceNotYours for ids that are not the owner's.
    """
    wanted = select(Evidence).where(Evidence.id.in_(ids), Evidence.person_id == owner_id).order_by(Evidence.id)
    found = {each.id: each for each in db.scalars(wanted.with_for_update())}
    unknown = [str(each) for each in ids if each not in found]
    if unknown:
        raise EvidenceNotYours(field="evidence", facts={"unknown_evidence": unknown})
    return [found[each] for each in ids]


def delete_evidence(db: Session, *, evidence_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Delete a file of the caller's that belongs to no claim. Raises NotFound, EvidenceInUse."""
    wanted = select(Evidence).where(Evidence.id == evidence_id, Evidence.person_id == caller.person_id)
    found = db.scalars(wanted.with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    if db.scalar(select(exists().where(ClaimEvidence.evidence_id == found.id))):
        raise EvidenceInUse
    _delete(db, found, now)


def sweep_unused(db: Session, *, now: datetime, unused: timedelta) -> int:
    """Delete some files that belong to no claim and are old enough; return how many. Each call is one transaction."""
    wanted = (
        select(Evidence)
        .where(Evidence.made_at < now - unused, ~_USED)
        .order_by(Evidence.made_at, Evidence.id)
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = db.scalars(wanted).all()
    for each in found:
        _delete(db, each, now)
    return len(found)


def is_used(db: Session, evidence: Evidence) -> bool:
    """Return whether a file belongs to a claim."""
    return bool(db.scalar(select(exists().where(ClaimEvidence.evidence_id == evidence.id))))


def _find(db: Session, person_id: uuid.UUID, digest: bytes) -> Evidence | None:
    return db.scalars(select(Evidence).where(Evidence.person_id == person_id, Evidence.digest == digest)).one_or_none()


def _delete(db: Session, evidence: Evidence, now: datetime) -> None:
    db.delete(evidence)
    db.flush()
    for each in (evidence.file_id, evidence.thumbnail_id):
        records.discard(db, each, now)
