"""Who may call an endpoint, and the one unit of work in which it runs.

Every view carries exactly one of `@public`, `@signed_in(...)` and `@token_bearer`, right below its route. They verify
the access token, replay the reply of a request that is only repeated, run the view, and commit once.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, make_response, request
from flask_jwt_extended import get_jwt, verify_jwt_in_request

from accounts.errors import PasswordChangeRequired
from accounts.sign_in.sign_ins import Bearer, bearer_of, caller_of, is_unused, note_use, step_of
from faces.errors import FaceError
from foundation.callers import Caller
from foundation.errors import Forbidden, Refusal
from foundation.transactions import read_only
from models.people import Role
from service.edge import idempotency
from service.edge.body_limits import ANONYMOUS, JSON, BodyLimit, admit_body
from service.edge.database import db
from service.edge.token_cache import KnownTokens, Opened

View = TypeVar("View", bound=Callable[..., Any])

PASSWORD_CHANGE = "password_change"  # noqa: S105 - the purpose of a token, no password


@dataclass(frozen=True)
class Access:
    """What the guard tests look at. roles: None where any signed-in person may call."""

    is_public: bool
    takes: BodyLimit
    roles: tuple[Role, ...] | None = None
    opens_to_password_change: bool = False
    keeps_reply: bool = True


def public(view: View) -> View:
    """Let anybody call."""

    @wraps(view)
    def call(*args: Any, **kwargs: Any) -> Any:
        admit_body(ANONYMOUS)
        return _unit_of_work(view, args, kwargs, keeps_reply=False)

    call.access = Access(is_public=True, takes=ANONYMOUS, keeps_reply=False)  # type: ignore[attr-defined]
    return cast(View, call)


def signed_in(
    *,
    roles: Collection[Role] | None = None,
    takes: BodyLimit = JSON,
    opens_to_password_change: bool = False,
    keeps_reply: bool = True,
) -> Callable[[View], View]:
    """Let signed-in people call; with `roles`, only those who hold one of them somewhere.

    How far the role reaches is the domain's to check. takes: how large a body may be, told only once the token was seen
    to be good. opens_to_password_change: also for the token that the initial
    password gives.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def call(*args: Any, **kwargs: Any) -> Any:
            opened = _open_token()
            admit_body(takes)
            with read_only(db.session()):
                g.caller = _look_up()
                if opened.is_for_password_change and not opens_to_password_change:
                    raise PasswordChangeRequired
                if roles is not None and not g.caller.has(roles):
                    raise Forbidden
                earlier = idempotency.find_reply(db.session(), g.caller) if keeps_reply else None
            if earlier is not None:
                return earlier
            return _unit_of_work(view, args, kwargs, keeps_reply=keeps_reply)

        who = tuple(roles) if roles is not None else None
        call.access = Access(False, takes, who, opens_to_password_change, keeps_reply)  # type: ignore[attr-defined]
        return cast(View, call)

    return guard


def token_bearer(view: View) -> View:
    """Let whom a good token names call, for a view whose one statement asks `sign_ins.HOLDER` whether it still holds.

    For what a hall of people does at once: it saves a statement and its transaction. Where the statement did nothing,
    the view asks `caller()`, which refuses whom `signed_in` would have refused. No reply is kept.
    """

    @wraps(view)
    def call(*args: Any, **kwargs: Any) -> Any:
        opened = _open_token()
        admit_body(JSON)
        g.account_id = opened.bearer.account_id
        if opened.is_for_password_change:
            raise PasswordChangeRequired
        return _unit_of_work(view, args, kwargs, keeps_reply=False)

    call.access = Access(is_public=False, takes=JSON, keeps_reply=False)  # type: ignore[attr-defined]
    return cast(View, call)


def caller() -> Caller:
    """The signed-in person of this request. Raises TokenInvalid where nobody has looked yet, and the token is void."""
    if "caller" not in g:
        with read_only(db.session()):
            g.caller = _look_up()
    return cast(Caller, g.caller)


def bearer() -> Bearer:
    """Whom this request's token names."""
    return cast(Bearer, g.bearer)


def _open_token() -> Opened:
    """What this request's token says. Refused where it is none, or no longer good."""
    header, known = request.headers.get("Authorization", ""), cast(KnownTokens, current_app.extensions["known_tokens"])
    opened = known.find(header, now=time.time())
    if opened is None:
        verify_jwt_in_request()
        claims = get_jwt()
        opened = Opened(bearer_of(claims), claims.get("purpose") == PASSWORD_CHANGE, float(claims["exp"]))
        if "step" in claims:
            _note_first_use(claims)
        known.keep(header, opened)
    g.bearer = opened.bearer
    return opened


def _note_first_use(claims: Mapping[str, Any]) -> None:
    """Note that a refreshed pair has arrived, in a transaction of its own: once a pair, whichever process sees it."""
    session, step = db.session(), step_of(claims)
    with read_only(session):
        is_first = is_unused(session, step)
    if is_first:
        note_use(session, step)
        session.commit()


def _look_up() -> Caller:
    found = caller_of(db.session(), bearer())
    g.account_id = found.account_id
    return found


def _unit_of_work(view: Callable[..., Any], args: Any, kwargs: Any, *, keeps_reply: bool) -> Response:
    """Run the view; commit what it wrote, with the reply to repeat; or leave nothing behind.

    A refusal leaves nothing behind either, unless it says that it `keeps_writes`: then it is an answer like any other.
    """
    session = db.session()
    try:
        try:
            response = make_response(view(*args, **kwargs))
        except (Refusal, FaceError) as refusal:
            if not refusal.keeps_writes:
                raise
            response = make_response(current_app.handle_user_exception(refusal))
        if keeps_reply:
            idempotency.keep_reply(session, caller(), response)
        session.commit()
    except idempotency.OvertakenByTwin:
        session.rollback()
        return _reply_of_twin()
    except BaseException:
        session.rollback()
        raise
    for act in g.pop("after_commit", ()):
        act()
    return response


def after_commit(act: Callable[[], None]) -> None:
    """Do something once this request's writes are safe, such as sending an SMS."""
    g.setdefault("after_commit", []).append(act)


def _reply_of_twin() -> Response:
    """The same request was sent twice at once, and the other one was first: give its reply."""
    with read_only(db.session()):
        reply = idempotency.find_reply(db.session(), caller())
    if reply is None:
        raise RuntimeError(f"an idempotent reply vanished: {request.endpoint}")
    return reply
