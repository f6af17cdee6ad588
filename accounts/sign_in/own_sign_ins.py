"""One's own sign-ins: listed, and ended one by one or all but this one."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from foundation.callers import Caller
from foundation.errors import NotFound
from models.accounts import SignIn, SignInEnd


def list_live(db: Session, caller: Caller, *, after: uuid.UUID | None, limit: int, now: datetime) -> Sequence[SignIn]:
    """Return the caller's sign-ins that have not ended, newest first. after: the last id of the page before."""
    wanted = select(SignIn).where(*_live(caller, now)).order_by(SignIn.id.desc()).limit(limit)
    return db.scalars(wanted if after is None else wanted.where(SignIn.id < after)).all()


def end_one(db: Session, caller: Caller, sign_in_id: uuid.UUID, *, now: datetime) -> None:
    """End one sign-in of the caller, from its next request on. Raises NotFound for another's or one that has ended."""
    ended = db.execute(
        update(SignIn)
        .where(*_live(caller, now), SignIn.id == sign_in_id)
        .values(ended_at=now, end_reason=SignInEnd.ENDED_BY_OWNER)
        .execution_options(synchronize_session=False)
    )
    if not cast(CursorResult[tuple[()]], ended).rowcount:
        raise NotFound


def _live(caller: Caller, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return SignIn.account_id == caller.account_id, SignIn.ended_at.is_(None), SignIn.expires_at > now
