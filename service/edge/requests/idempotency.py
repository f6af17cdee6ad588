"""Unsafe requests with an Idempotency-Key: run once, and answered with the stored reply when they are repeated.

The reply is written in the same transaction as the request's other writes, so both are committed or neither. A refused
request that wrote nothing has no stored reply and may be sent again with the same key.
"""

import hashlib
from datetime import datetime

from flask import Request, Response, g, request
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.callers import Caller
from foundation.errors import Refusal
from foundation.transactions import insert_object
from models.edge import IdempotentReply
from service.edge.requests.body_limits import read_body

HEADER = "Idempotency-Key"
_SAFE = ("GET", "HEAD", "OPTIONS")
_LONGEST_KEY = 128

# Built once, on the table and not the mapped class: anything else takes several times the CPU.
_REPLIES = IdempotentReply.__table__.c
_FIND = select(_REPLIES.fingerprint, _REPLIES.status, _REPLIES.content_type, _REPLIES.body).where(
    _REPLIES.account_id == bindparam("account_id"), _REPLIES.key == bindparam("key")
)


class IdempotencyKeyReused(Refusal):
    """The key was used for a different request before."""

    code = "idempotency_key_reused"


class IdempotencyKeyInvalid(Refusal):
    """The key is longer than 128 characters, or has a character that is not printable ASCII."""

    code = "invalid_input"


class RepliedByTwin(Exception):
    """An equal request, sent at the same time, was committed first."""


def find_reply(db: Session, caller: Caller) -> Response | None:
    """Return the stored reply to this request, or None.

    Raises IdempotencyKeyReused if the key was used for a different request, IdempotencyKeyInvalid if it is not a key.
    """
    key = this_key()
    if key is None:
        return None
    fingerprint = _fingerprint()
    kept = db.execute(_FIND, {"account_id": caller.account_id, "key": key}).first()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReused(field=HEADER)
    reply = Response(kept.body, kept.status, content_type=kept.content_type)
    reply.headers["Idempotent-Replayed"] = "true"
    return reply


def keep_reply(db: Session, caller: Caller, response: Response, *, now: datetime) -> None:
    """Store the reply in the open transaction. Raises RepliedByTwin if an equal request stored one first."""
    key = this_key()
    if key is None:
        return
    reply = IdempotentReply(
        account_id=caller.account_id,
        key=key,
        fingerprint=_fingerprint(),
        status=response.status_code,
        content_type=response.content_type or "application/json",
        body=response.get_data(as_text=True),
        created_at=now,
    )
    try:
        is_first = insert_object(db, reply)
    except IntegrityError as error:  # what the view left to be written collides with what its twin wrote
        raise RepliedByTwin from error
    if not is_first:
        raise RepliedByTwin


def this_key() -> str | None:
    """Return the key of this request; None without one. Raises IdempotencyKeyInvalid if it is not a key."""
    if request.method in _SAFE:
        return None
    key = request.headers.get(HEADER)
    if not key:
        return None
    if len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise IdempotencyKeyInvalid(field=HEADER)
    return key


def this_route() -> str:
    """Return method and path of this request."""
    return f"{request.method} {request.path}"


def _fingerprint() -> str:
    if "request_fingerprint" not in g:
        g.request_fingerprint = _fingerprint_of(request)
    return str(g.request_fingerprint)


def _fingerprint_of(request: Request) -> str:
    """Return a hash of method, path and body, equal for equal requests. Call it before the view reads the uploads.

    A multipart body has a new boundary each time, so only its fields and files are hashed.
    """
    digest = hashlib.sha256(f"{this_route()}\0".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name}={value}\0".encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            digest.update(f"{name}\0".encode())
            digest.update(hashlib.sha256(file.stream.read()).digest())
            file.stream.seek(0)
    else:
        digest.update(read_body())
    return digest.hexdigest()
