"""The device of a request: the account's owner is known on it, a stranger is not."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from foundation.sealing import FieldSeal
from foundation.transactions import insert_new
from models.sign_in_proofs import KnownDevice

KNOWN_FOR = timedelta(days=400)
"""How long after its last sign-in a device is known; a browser keeps a cookie for no longer."""


@dataclass(frozen=True, slots=True)
class Device:
    """The device of a request.

    hash: HMAC of the id that the client chose for it, or that its cookie holds. words: its kind, as in `iPhone,
    WeChat`.
    """

    hash: bytes
    words: str


def make_device(device_id: str, words: str, seal: FieldSeal) -> Device:
    """Return the device with this id."""
    return Device(seal.blind("device", device_id), words)


def is_known(db: Session, account_id: uuid.UUID, device: Device, *, now: datetime) -> bool:
    """Return whether somebody signed in to this account on this device within KNOWN_FOR."""
    wanted = KnownDevice.account_id == account_id, KnownDevice.device_hash == device.hash
    seen_at = db.scalar(select(KnownDevice.seen_at).where(*wanted))
    return seen_at is not None and now < seen_at + KNOWN_FOR


def is_news(db: Session, account_id: uuid.UUID, device: Device, *, now: datetime) -> bool:
    """Return whether the account knows other devices and not this one. Ask before `remember`."""
    known = select(KnownDevice).where(KnownDevice.account_id == account_id, KnownDevice.seen_at > now - KNOWN_FOR)
    this = known.where(KnownDevice.device_hash == device.hash)
    return bool(db.scalar(select(and_(known.exists(), ~this.exists()))))


def remember(db: Session, account_id: uuid.UUID, device: Device, *, now: datetime) -> None:
    """Store that the account's owner has signed in on this device."""
    insert_new(db, KnownDevice, account_id=account_id, device_hash=device.hash, seen_at=now)
    this = KnownDevice.account_id == account_id, KnownDevice.device_hash == device.hash
    db.execute(update(KnownDevice).where(*this).values(seen_at=now))


def forget(db: Session, account_id: uuid.UUID, *, but: bytes | None = None) -> None:
    """Forget the devices of an account, because one of them may be a thief's. but: the hash of one that stays known."""
    known = delete(KnownDevice).where(KnownDevice.account_id == account_id)
    db.execute(known if but is None else known.where(KnownDevice.device_hash != but))
