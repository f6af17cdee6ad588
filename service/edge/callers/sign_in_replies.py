"""Sign-ins, password changes and resets that are safe to repeat with an Idempotency-Key, so that no answer is lost.

Tokens are not stored. A repeated request gets them made anew, from the row of the sign-in, and so the same ones; until
the first refresh token was exchanged, and for ten minutes at most.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, after_this_request
from sqlalchemy import delete
from sqlalchemy.orm import Session

from accounts.errors import AccountSuspended, TokenInvalid
from accounts.sign_in import sign_ins
from accounts.sign_in.repeats import REPEATED_WITHIN
from foundation.errors import Refusal
from foundation.sealing import FieldSeal
from foundation.transactions import insert_object
from models.accounts import SignIn
from models.edge import SignInReply
from service.edge.calls import PublicCall
from service.edge.requests import idempotency
from service.edge.requests.body_limits import read_body


@dataclass(frozen=True, slots=True)
class _Request:
    """HMACs of a request: of its route and key, and of its body."""

    key_hash: bytes
    fingerprint: bytes


def find_repeated(call: PublicCall, *, account_id: uuid.UUID | None = None) -> SignIn | None:
    """Return the sign-in that an equal request has begun; None if it has begun none, or the request has no key.

    account_id: whose token the request carries, for a request that needs one. Raises IdempotencyKeyReused if the
    body is another one, TokenInvalid if the tokens can't be given again, AccountSuspended.
    """
    request = _this_request(call.components.seal, account_id)
    if request is None:
        return None
    with call.reading():
        kept = _find(call.db, request, call.now)
        return _sign_in_of(call.db, kept) if kept is not None else None


def once(call: PublicCall, run: Callable[[], SignIn | None], *, account_id: uuid.UUID | None = None) -> SignIn | None:
    """Run a request, unless an equal one with its key was run before; return the sign-in that it began.

    run: does it, and returns the sign-in that it began, None for a reset. Raises what `run` raises, and what
    `find_repeated` raises.
    """
    request = _this_request(call.components.seal, account_id)
    if request is None:
        return run()
    with call.reading():
        kept = _find(call.db, request, call.now)
        if kept is not None:
            return _sign_in_of(call.db, kept)
    try:
        begun = run()
    except Refusal:
        if _find(call.db, request, call.now) is None:
            raise
        return _as_twin(call, request)  # an equal request at the same time has used up the code or the password
    return begun if _keep(call.db, request, begun, call.now) else _as_twin(call, request)


def _this_request(seal: FieldSeal, account_id: uuid.UUID | None) -> _Request | None:
    key = idempotency.this_key()
    if key is None:
        return None
    body = hashlib.sha256(read_body()).hexdigest()
    return _Request(
        seal.blind("sign-in key", f"{idempotency.this_route()}\0{account_id or ''}\0{key}"),
        seal.blind("sign-in body", body),
    )


def _find(db: Session, request: _Request, now: datetime) -> SignInReply | None:
    kept = db.get(SignInReply, request.key_hash)
    if kept is None or kept.created_at <= now - REPEATED_WITHIN:
        return None
    if kept.fingerprint != request.fingerprint:
        raise idempotency.IdempotencyKeyReused(field=idempotency.HEADER)
    return kept


def _keep(db: Session, request: _Request, begun: SignIn | None, now: datetime) -> bool:
    """Store what was done in the open transaction; return False if an equal request was first."""
    is_old = SignInReply.created_at <= now - REPEATED_WITHIN
    db.execute(delete(SignInReply).where(SignInReply.key_hash == request.key_hash, is_old))
    return insert_object(
        db,
        SignInReply(
            key_hash=request.key_hash,
            fingerprint=request.fingerprint,
            sign_in_id=begun.id if begun else None,
            refresh_id=begun.refresh_id if begun else None,
            created_at=now,
        ),
    )


def _as_twin(call: PublicCall, request: _Request) -> SignIn | None:
    """Undo this request, and return what its twin did."""
    call.db.rollback()
    with call.reading():
        kept = _find(call.db, request, call.now)
        if kept is None:
            raise RuntimeError("the reply of an equal sign-in vanished")
        return _sign_in_of(call.db, kept)


def _sign_in_of(db: Session, kept: SignInReply) -> SignIn | None:
    """Return the sign-in of a stored reply. Raises TokenInvalid if it goes on with other tokens, or has ended."""
    after_this_request(_mark_as_repeated)
    if kept.sign_in_id is None:
        return None
    begun = sign_ins.find(db, kept.sign_in_id)
    if begun is None or begun.ended_at is not None or begun.refresh_id != kept.refresh_id:
        raise TokenInvalid
    if begun.account.suspended_at is not None:
        raise AccountSuspended
    return begun


def _mark_as_repeated(response: Response) -> Response:
    response.headers["Idempotent-Replayed"] = "true"
    return response
