"""Compares the keys of this start with those of earlier starts, before anything is sealed with a wrong one.

For each key the database holds a check value, from which nobody can compute the key. The keys of tokens and of venue
codes are not among them: whoever replaces one of those only ends sign-ins, or makes screens show a new code.
"""

import hmac
from datetime import datetime
from hashlib import sha256

from sqlalchemy import create_engine, select, union
from sqlalchemy.orm import Session

from faces.matching.vault import KeyRing
from foundation.transactions import insert_new
from models.edge import KeyCheck
from models.face_batches import FaceBatchRow
from models.faces import FaceKey
from service.configuration.keys import BadKey, Keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine

_WAITING = select(FaceBatchRow.master_id).where(FaceBatchRow.master_id.is_not(None))
_LENGTH = 32  # hexadecimal digits: 128 bits


def check_keys(settings: Settings, keys: Keys, now: datetime) -> None:
    """Store a check value for each new key. Raises BadKey for a key that the data here was not made with.

    The master keys of faces may grow by new ids. A key whose id still wraps faces must be among them, unchanged.
    """
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        with Session(engine) as db, db.begin():
            _compare(db, {"LOOKUP_KEY": keys.lookup, **_masters(keys.face_ring)}, now)
            wrapped = set(db.scalars(union(select(FaceKey.master_id), _WAITING)))
    finally:
        engine.dispose()
    missing = sorted(wrapped - set(keys.face_ring.ids))
    if missing:
        raise BadKey(f"FACE_MASTER_KEYS: faces are still wrapped by {', '.join(missing)}, which is not among them")


def _masters(ring: KeyRing) -> dict[str, bytes]:
    return {f"FACE_MASTER_KEYS {name}": ring.key(name) for name in ring.ids}


def _compare(db: Session, keys: dict[str, bytes], now: datetime) -> None:
    known = {row.name: row.value for row in db.scalars(select(KeyCheck))}
    for name, key in keys.items():
        value = hmac.new(key, b"cme key check 1\0" + name.encode(), sha256).hexdigest()[:_LENGTH]
        if name not in known:
            insert_new(db, KeyCheck, name=name, value=value, made_at=now)
        elif not hmac.compare_digest(known[name], value):
            raise BadKey(f"{name} is not the key that the data here was made with")
