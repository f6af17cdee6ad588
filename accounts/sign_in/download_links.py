"""One-use download links: the first who opens one gets the file, with the rights of the sign-in that made it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.errors import LinkUsedUp
from accounts.sign_in.sign_ins import Bearer
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.sealing import FieldSeal
from models.accounts import SignIn
from models.edge import DownloadLink

LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True)
class NewLink:
    """A new link. secret: the last part of its address, 122 random bits, which is stored nowhere."""

    secret: uuid.UUID
    expires_at: datetime


@dataclass(frozen=True)
class LinkTarget:
    """What a link gives: the path of a GET with its query, and the sign-in with whose rights it is read."""

    path: str
    bearer: Bearer


def make_link(db: Session, *, path: str, caller: Caller, seal: FieldSeal, now: datetime) -> NewLink:
    """Make a link to a path of ours and return its secret. The edge has checked the path."""
    made = NewLink(uuid.uuid4(), now + LIFETIME)
    db.add(
        DownloadLink(
            link_hash=_hash(made.secret, seal),
            sign_in_id=caller.sign_in_id,
            path=path,
            created_at=now,
            expires_at=made.expires_at,
        )
    )
    db.flush()
    return made


def check_link(db: Session, *, secret: uuid.UUID, seal: FieldSeal, now: datetime) -> None:
    """Check that a link is still good, and use nothing up. Raises NotFound, LinkUsedUp."""
    found = db.get(DownloadLink, _hash(secret, seal))
    if found is None:
        raise NotFound
    if found.used_at is not None or now >= found.expires_at:
        raise LinkUsedUp


def use_link(db: Session, *, secret: uuid.UUID, seal: FieldSeal, now: datetime) -> LinkTarget:
    """Use a link up by one statement and return what it gives: of several calls at once, one gets it.

    The caller commits before anything is read, so that nobody can get the file twice. Raises LinkUsedUp.
    """
    link_hash = _hash(secret, seal)
    used = db.execute(
        update(DownloadLink)
        .where(DownloadLink.link_hash == link_hash, DownloadLink.used_at.is_(None), DownloadLink.expires_at > now)
        .values(used_at=now)
        .returning(DownloadLink.path, DownloadLink.sign_in_id)
        .execution_options(synchronize_session=False)
    ).first()
    if used is None:
        raise LinkUsedUp
    account_id = db.scalars(select(SignIn.account_id).where(SignIn.id == used.sign_in_id)).one()
    return LinkTarget(used.path, Bearer(used.sign_in_id, account_id))


def _hash(secret: uuid.UUID, seal: FieldSeal) -> bytes:
    return seal.blind("download link", secret.hex)
