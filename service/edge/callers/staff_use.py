"""The use of sign-ins of people with a role: stored at most once a minute, and ended after some idle minutes.

Each request with an access token is a use; a refresh is none. An open stream of a room board is a use each time that it
is asked for, which browsers do every few minutes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from accounts.sign_in import sign_ins
from accounts.sign_in.errors import SignInIdle
from accounts.sign_in.sign_ins import NOTED_EVERY, Bearer
from foundation.callers import Caller
from models.accounts import SignInEnd
from service.edge.components import components
from service.edge.database import DatabaseBusy


def check_use(caller: Caller) -> None:
    """Raise SignInIdle if the caller holds a role and made no request for STAFF_IDLE_MINUTES; it only reads."""
    if not caller.is_staff:
        return
    now, last = components().clock.now(), caller.last_used_at
    if sign_ins.is_idle(last, components().settings.staff_idle, now=now):
        raise SignInIdle
    g.is_use_noted = last is not None and now - last < NOTED_EVERY


@contextmanager
def noting_use(session: Session, bearer: Bearer) -> Iterator[None]:
    """Store after the block that the caller made a request, if `check_use` found that the last one is a minute ago.

    A sign-in that was refused as idle ends. A learner's request writes nothing.
    """
    try:
        yield
    except SignInIdle:
        sign_ins.end(session, sign_in_id=bearer.sign_in_id, reason=SignInEnd.IDLE, now=components().clock.now())
        session.commit()
        raise
    finally:
        if not g.pop("is_use_noted", True):
            _note(session, bearer)


def _note(session: Session, bearer: Bearer) -> None:
    try:
        sign_ins.note_use(session, sign_in_id=bearer.sign_in_id, now=components().clock.now())
        session.commit()
    except (DatabaseBusy, OperationalError):
        session.rollback()  # what was asked is done: the next request stores the use
