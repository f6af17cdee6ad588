"""Who may call an endpoint, and the one unit of work in which it runs.

Every view carries exactly one of `@public`, `@signed_in(...)` and `@token_bearer`, right below its route. They verify
the access token, read the body while no database connection waits for it, replay the reply of a request that is only
repeated, and run the view with its `call` as first argument. A GET reads and locks nothing; other methods commit once.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from flask import Response, current_app, g, make_response, request
from flask_jwt_extended import get_jwt, verify_jwt_in_request
from sqlalchemy.orm import Session

from accounts.errors import PasswordChangeRequired
from accounts.sign_in.sign_ins import bearer_of, caller_of, is_unused, note_use, step_of
from faces.errors import FaceError
from foundation.callers import Caller
from foundation.errors import Forbidden, Refusal
from foundation.transactions import read_only
from models.people import Role
from service.edge import idempotency
from service.edge.body_limits import ANONYMOUS, JSON, BodyLimit, receive_body
from service.edge.calls import BearerCall, Call, PublicCall
from service.edge.components import components
from service.edge.database import db
from service.edge.token_cache import OpenedToken, TokenCache

P = ParamSpec("P")

PASSWORD_CHANGE = "password_change"  # noqa: S105 - the purpose of a token, no password
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Access:
    """What the guard tests look at. roles: None where any signed-in person may call."""

    is_public: bool
    takes: BodyLimit
    roles: tuple[Role, ...] | None = None
    opens_to_password_change: bool = False
    keeps_reply: bool = True
    writes: bool = False


def public(view: Callable[Concatenate[PublicCall, P], Any]) -> Callable[P, Any]:
    """Let anybody call."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        receive_body(ANONYMOUS)
        session = db.session()
        call = PublicCall(session, components().clock.now(), components())
        if request.method in _SAFE:
            with read_only(session):
                return make_response(view(call, *args, **kwargs))
        return _commit_once(session, lambda: view(call, *args, **kwargs))

    answer.access = Access(is_public=True, takes=ANONYMOUS, keeps_reply=False)  # type: ignore[attr-defined]
    return answer


def signed_in(
    *,
    roles: Collection[Role] | None = None,
    takes: BodyLimit = JSON,
    opens_to_password_change: bool = False,
    keeps_reply: bool = True,
    writes: bool = False,
) -> Callable[[Callable[Concatenate[Call, P], Any]], Callable[P, Any]]:
    """Let signed-in people call; with `roles`, only those who hold one of them somewhere.

    How far the role reaches is the domain's to check. takes: how large a body may be, told only once the token was seen
    to be good. opens_to_password_change: also for the token that the initial password gives. writes: for the few GETs
    that leave an audit entry.
    """

    def guard(view: Callable[Concatenate[Call, P], Any]) -> Callable[P, Any]:
        def admit(session: Session, opened: OpenedToken) -> Call:
            caller = _look_up(session, opened)
            if opened.is_for_password_change and not opens_to_password_change:
                raise PasswordChangeRequired
            if roles is not None and not caller.has(roles):
                raise Forbidden
            return Call(session, components().clock.now(), components(), caller)

        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            opened = _open_token()
            receive_body(takes)
            session = db.session()
            if request.method in _SAFE and not writes:
                with read_only(session):
                    return make_response(view(admit(session, opened), *args, **kwargs))
            with read_only(session):
                call = admit(session, opened)
                earlier = idempotency.find_reply(session, call.caller) if keeps_reply else None
            if earlier is not None:
                return earlier
            return _commit_once(session, lambda: view(call, *args, **kwargs), call if keeps_reply else None)

        who = tuple(roles) if roles is not None else None
        access = Access(False, takes, who, opens_to_password_change, keeps_reply, writes)
        answer.access = access  # type: ignore[attr-defined]
        return answer

    return guard


def token_bearer(view: Callable[Concatenate[BearerCall, P], Any]) -> Callable[P, Any]:
    """Let whom a good token names call, for a view whose one statement asks `sign_ins.HOLDER` whether it still holds.

    A full hall calls such a view at once: it saves a statement and its transaction. Where the statement did nothing,
    the view asks `call.caller`, which refuses whom `signed_in` would have refused. No reply is kept.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        opened = _open_token()
        g.account_id = opened.bearer.account_id
        if opened.is_for_password_change:
            raise PasswordChangeRequired
        receive_body(JSON)
        session = db.session()
        call = BearerCall(
            session, components().clock.now(), components(), opened.bearer, lambda: _look_up(session, opened)
        )
        return _commit_once(session, lambda: view(call, *args, **kwargs))

    answer.access = Access(is_public=False, takes=JSON, keeps_reply=False)  # type: ignore[attr-defined]
    return answer


def _open_token() -> OpenedToken:
    """Return what this request's token says. Refused where it is none, or no longer good."""
    header, known = request.headers.get("Authorization", ""), cast(TokenCache, current_app.extensions["token_cache"])
    opened = known.find(header, now=time.time())
    if opened is None:
        verify_jwt_in_request()
        claims = get_jwt()
        opened = OpenedToken(bearer_of(claims), claims.get("purpose") == PASSWORD_CHANGE, float(claims["exp"]))
        if "step" in claims:
            _note_first_use(claims)
        known.keep(header, opened)
    return opened


def _note_first_use(claims: Mapping[str, Any]) -> None:
    """Note that a refreshed pair has arrived, in a transaction of its own: once a pair, whichever process sees it."""
    session, step = db.session(), step_of(claims)
    with read_only(session):
        is_first = is_unused(session, step)
    if is_first:
        note_use(session, step)
        session.commit()


def _look_up(session: Session, opened: OpenedToken) -> Caller:
    found = caller_of(session, opened.bearer)
    g.account_id = found.account_id
    return found


def _commit_once(session: Session, run: Callable[[], Any], keeper: Call | None = None) -> Response:
    """Run a view; commit what it wrote, for a `keeper` with the reply to repeat; or leave nothing behind.

    A refusal leaves nothing behind either, unless it says that it `keeps_writes`: then it is an answer like any other.
    """
    try:
        try:
            response = make_response(run())
        except (Refusal, FaceError) as refusal:
            if not refusal.keeps_writes:
                raise
            response = make_response(current_app.handle_user_exception(refusal))
        if keeper is not None:
            idempotency.keep_reply(session, keeper.caller, response, now=keeper.now)
        session.commit()
    except idempotency.OvertakenByTwin:
        session.rollback()
        return _reply_of_twin(session, cast(Call, keeper).caller)
    except BaseException:
        session.rollback()
        raise
    for act in g.pop("after_commit", ()):
        act()
    return response


def after_commit(act: Callable[[], None]) -> None:
    """Do something once this request's writes are safe, such as sending an SMS."""
    g.setdefault("after_commit", []).append(act)


def _reply_of_twin(session: Session, caller: Caller) -> Response:
    """Return the reply of the same request, which was sent twice at once and of which the other one was first."""
    with read_only(session):
        reply = idempotency.find_reply(session, caller)
    if reply is None:
        raise RuntimeError(f"an idempotent reply vanished: {request.endpoint}")
    return reply
