"""Replaces the master key: encrypts (wraps) every face key again, also those of waiting photos. Templates don't change.

Put the new key in front of FACE_MASTER_KEYS, restart, run `scripts/rotate-face-keys`, then drop the old key. While it
runs, both keys are accepted, so the service goes on.
"""

import logging
import sys
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Engine, and_, create_engine, select
from sqlalchemy.orm import Session

from faces.matching.vault import KeyRing, VaultError, WrappedKey, rewrap
from models.face_batches import FaceBatchRow
from models.faces import FaceKey
from service.commands.terminal import run_command
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.running.key_checks import check_keys

_BATCH = 1000
Wrapped = TypeVar("Wrapped", FaceKey, FaceBatchRow)
_log = logging.getLogger(__name__)


def rotate(settings: Settings, ring: KeyRing) -> int:
    """Wrap face keys of older master keys with the current one; return how many. Safe to repeat.

    Damaged keys are logged as critical and stay as they are.
    """
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        return _rotate(engine, FaceKey, ring) + _rotate(engine, FaceBatchRow, ring)
    finally:
        engine.dispose()


def _rotate(engine: Engine, table: type[Wrapped], ring: KeyRing) -> int:
    done, damaged = 0, set[bytes]()
    while True:
        is_left = and_(table.master_id != ring.current, table.wrapped.not_in(damaged))
        with Session(engine) as db, db.begin():
            old = db.scalars(select(table).where(is_left).limit(_BATCH).with_for_update(skip_locked=True)).all()
            for key in old:
                wrapped = WrappedKey(key.master_id or "", key.wrapped or b"")
                try:
                    new = rewrap(wrapped, ring)
                except VaultError as damage:
                    _log.critical("a face key of master key %s can't be wrapped again: %s", wrapped.master_id, damage)
                    damaged.add(wrapped.blob)
                    continue
                key.master_id, key.wrapped = new.master_id, new.blob
                done += 1
        if not old:
            return done


def main() -> int:
    """Rotate the keys of the settings, print how many were wrapped again, and return the exit code: 2 for a bad key."""

    def act(settings: Settings) -> str:
        keys = load_keys(settings)
        check_keys(settings, keys, datetime.now(UTC))
        return f"{rotate(settings, keys.face_ring)} face keys wrapped again"

    return run_command("rotate-face-keys", act)


if __name__ == "__main__":
    sys.exit(main())
