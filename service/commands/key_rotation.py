"""Replaces the master key: encrypts (wraps) every face key again, also those of waiting photos. Templates don't change.

Put the new key in front of FACE_MASTER_KEYS, restart, run `scripts/rotate-face-keys`, then drop the old key. While it
runs, both keys are accepted, so the service goes on.
"""

import sys
from typing import TypeVar

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from faces.matching.vault import KeyRing, WrappedKey, rewrap
from models.face_batches import FaceBatchRow
from models.faces import FaceKey
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine

_BATCH = 1000
Keyed = TypeVar("Keyed", FaceKey, FaceBatchRow)


def rotate(settings: Settings, ring: KeyRing) -> int:
    """Wrap face keys of older master keys with the current one; return how many. Safe to repeat."""
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        return _rotate(engine, FaceKey, ring) + _rotate(engine, FaceBatchRow, ring)
    finally:
        engine.dispose()


def _rotate(engine: Engine, table: type[Keyed], ring: KeyRing) -> int:
    done = 0
    while True:
        with Session(engine) as db, db.begin():
            old = db.scalars(
                select(table).where(table.master_id != ring.current).limit(_BATCH).with_for_update(skip_locked=True)
            ).all()
            for key in old:
                _wrap(key, ring)
        if not old:
            return done
        done += len(old)


def _wrap(key: FaceKey | FaceBatchRow, ring: KeyRing) -> None:
    if key.master_id is not None and key.wrapped is not None:
        new = rewrap(WrappedKey(key.master_id, key.wrapped), ring)
        key.master_id, key.wrapped = new.master_id, new.blob


def main() -> int:
    """Rotate the keys of the settings, print how many were wrapped again, and return the exit code."""
    settings = Settings()
    print(f"{rotate(settings, load_keys(settings).face_ring)} face keys wrapped again")  # noqa: T201 - for the terminal
    return 0


if __name__ == "__main__":
    sys.exit(main())
