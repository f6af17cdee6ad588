"""The rows of stored files: what keeps a file, what gives it up, and the sweep that deletes files nobody wants."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from foundation.errors import FileUnreadable
from foundation.stored_files.store import SealedFiles, Stored
from foundation.transactions import read_only
from models.stored_files import StoredFile

ORPHANS_AFTER = timedelta(days=7)
"""How old a file without a row must be before it is deleted: a restored database may lack rows of some hours."""
_SHARDS = 256
_EVERY = 600.0  # seconds between two sweeps: each looks at the next shard, and at all of them in 43 hours
_AT_ONCE = 200


def keep(db: Session, stored: Stored, now: datetime) -> StoredFile:
    """Add the row of a file that was put into the store. Without it the sweep deletes the file as an orphan."""
    row = StoredFile(name=stored.name, key_id=stored.key_id, size=stored.size, stored_at=now)
    db.add(row)
    db.flush()
    return row


def discard(db: Session, file_id: uuid.UUID, now: datetime) -> None:
    """Give a file up. The next sweep deletes it: a rollback keeps it, and no crash leaves it behind."""
    db.execute(
        update(StoredFile).where(StoredFile.id == file_id, StoredFile.discarded_at.is_(None)).values(discarded_at=now)
    )


def read(db: Session, files: SealedFiles, file_id: uuid.UUID) -> bytes:
    """Return the content of a stored file. Raises FileUnreadable, FileStoreUnavailable."""
    with read_only(db):
        name = db.scalar(select(StoredFile.name).where(StoredFile.id == file_id))
    if name is None:
        raise FileUnreadable
    return files.get(name)


def sweep_files(engine: Engine, files: SealedFiles, now: datetime) -> int:
    """Delete discarded files with their rows, and the orphans of one shard. Return how many files were deleted.

    A file goes before its row, so a sweep that stops in the middle is done again by the next one.
    """
    deleted = 0
    with Session(engine) as db:
        while discarded := _discarded(db):
            for _, name in discarded:
                files.store.delete(name)
            with db.begin():
                for row_id, _ in discarded:
                    db.delete(db.get_one(StoredFile, row_id))
            deleted += len(discarded)
        shard = f"{int(now.timestamp() // _EVERY) % _SHARDS:02x}"
        return deleted + _sweep_orphans(db, files, shard, now)


def _discarded(db: Session) -> list[tuple[uuid.UUID, str]]:
    wanted = select(StoredFile.id, StoredFile.name).where(StoredFile.discarded_at.is_not(None)).limit(_AT_ONCE)
    with read_only(db):
        return [(row.id, row.name) for row in db.execute(wanted)]


def _sweep_orphans(db: Session, files: SealedFiles, shard: str, now: datetime) -> int:
    names, deleted = list(files.store.older_than(shard, now - ORPHANS_AFTER)), 0
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        with read_only(db):
            known = set(db.scalars(select(StoredFile.name).where(StoredFile.name.in_(some))))
        for name in some:
            if name not in known:
                files.store.delete(name)
                deleted += 1
    return deleted
