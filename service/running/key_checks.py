"""Compares the keys of this start with those of earlier starts, before anything is sealed with a wrong one.

For each key the database holds a check value, from which nobody can compute the key. A key without one is tried on what
is sealed already before its value is stored. The keys of tokens and of venue codes are not among them: whoever replaces
one of those only ends sign-ins, or makes screens show a new code.
"""

import hmac
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine, create_engine, select, union
from sqlalchemy.orm import Session

from faces.matching.vault import VaultError, WrappedKey
from foundation.sealing import FieldSeal
from foundation.transactions import insert_new, read_only
from models.edge import KeyCheck
from models.face_batches import FaceBatchRow
from models.faces import FaceKey
from models.people import Person
from models.stored_files import StoredFile
from service.configuration.keys import BadKey, Keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine

Row = TypeVar("Row")
_LOOKUP, _MASTER, _FILES = "LOOKUP_KEY", "FACE_MASTER_KEYS ", "FILE_KEYS "
_WAITING = select(FaceBatchRow.master_id).where(FaceBatchRow.master_id.is_not(None))
_LENGTH = 32  # hexadecimal digits: 128 bits
_MOST_TRIED = 3  # rows of a kind: the first one may be damaged


def check_keys(settings: Settings, keys: Keys, now: datetime) -> None:
    """Store a check value for each new key. Raises BadKey for a key that the data here was not made with.

    The master keys of faces and the keys of files may grow by new ids. A key whose id still wraps faces, or has sealed
    files that are still there, must be among them, unchanged.
    """
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        check_keys_of(engine, keys, now)
    finally:
        engine.dispose()


def check_keys_of(engine: Engine, keys: Keys, now: datetime) -> None:
    """Do the same as `check_keys` in an open database. It only reads where all keys are known."""
    wanted = {_LOOKUP: keys.lookup}
    for kind, ring in ((_MASTER, keys.face_ring), (_FILES, keys.file_ring)):
        wanted |= {f"{kind}{name}": ring.key(name) for name in ring.ids}
    values = {name: _value(name, key) for name, key in wanted.items()}
    with Session(engine) as db:
        with read_only(db):
            known = _compare(db, values)
            wrapped = set(db.scalars(union(select(FaceKey.master_id), _WAITING)))
            gone = _sealing(db, _known_files(db) - set(keys.file_ring.ids))
            new = sorted(values.keys() - known)
            _try_new(db, new, keys)
        if new:
            with db.begin():
                for name in new:
                    insert_new(db, KeyCheck, name=name, value=values[name], made_at=now)
                _compare(db, values)  # another process may have stored another key first
    missing = sorted(wrapped - set(keys.face_ring.ids))
    if missing:
        raise BadKey(f"FACE_MASTER_KEYS: faces are still wrapped by {', '.join(missing)}, which is not among them")
    if gone:
        raise BadKey(f"FILE_KEYS: stored files are still sealed by {', '.join(gone)}, which is not among them")


def _value(name: str, key: bytes) -> str:
    return hmac.new(key, b"cme key check 1\0" + name.encode(), sha256).hexdigest()[:_LENGTH]


def _compare(db: Session, values: dict[str, str]) -> set[str]:
    """Return the names whose check value is stored. Raises BadKey for another value."""
    known = {row.name: row.value for row in db.scalars(select(KeyCheck))}
    for name, value in values.items():
        if name in known and not hmac.compare_digest(known[name], value):
            raise BadKey(f"{name} is not the key that the data here was made with")
    return set(known)


def _try_new(db: Session, names: Sequence[str], keys: Keys) -> None:
    """Try keys on what is sealed already. Raises BadKey for one that opens nothing of it."""
    for name in names:
        if name.startswith(_FILES):
            continue  # each stored file names its key, and one that opens it not is told when the file is read
        is_right = _opens_a_person(db, keys) if name == _LOOKUP else _opens_a_face(db, name.removeprefix(_MASTER), keys)
        if not is_right:
            what = "phone or ID number" if name == _LOOKUP else "face"
            raise BadKey(f"{name} is not the key that the data here was made with: it opens no {what} of those tried")


def _known_files(db: Session) -> set[str]:
    """Return the ids of all keys of files that were ever in use here."""
    names = db.scalars(select(KeyCheck.name).where(KeyCheck.name.startswith(_FILES)))
    return {name.removeprefix(_FILES) for name in names}


def _sealing(db: Session, ids: set[str]) -> list[str]:
    """Return those of some keys that still seal a stored file, one look-up each."""
    return [each for each in sorted(ids) if db.scalar(select(StoredFile.id).where(StoredFile.key_id == each).limit(1))]


def _opens_a_person(db: Session, keys: Keys) -> bool:
    seal, rows = FieldSeal(keys.lookup), list[tuple[str, bytes]]()
    for kind, column in (("phone", Person.phone_sealed), ("id_number", Person.id_number_sealed)):
        sealed = db.scalars(select(column).where(column.is_not(None)).limit(_MOST_TRIED))
        rows += [(kind, each) for each in sealed if each is not None]
    return _opens_one(rows, lambda row: seal.open(*row))


def _opens_a_face(db: Session, master_id: str, keys: Keys) -> bool:
    rows = list[WrappedKey]()
    for table in (FaceKey, FaceBatchRow):
        mine = select(table.wrapped).where(table.master_id == master_id, table.wrapped.is_not(None))
        rows += [WrappedKey(master_id, each) for each in db.scalars(mine.limit(_MOST_TRIED)) if each is not None]
    return _opens_one(rows, keys.face_ring.unwrap)


def _opens_one(rows: Sequence[Row], act: Callable[[Row], object]) -> bool:
    """Return whether `act` opens any of the rows, or there is none."""
    for row in rows:
        with suppress(VaultError, InvalidTag, ValueError):
            act(row)
            return True
    return not rows
