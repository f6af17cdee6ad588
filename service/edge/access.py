"""Checks who may call an endpoint, and runs its view in one transaction.

Each view has exactly one of `@public`, `@public_upload(...)`, `@public_once`, `@signed_in(...)`, `@machine_bearer(...)`
and `@token_bearer`, directly below its route.
The decorator verifies the access token, reads the body before it takes a database connection, returns the stored reply
of a repeated request, and calls the view with a `call` as first argument. A GET only reads and takes no lock; other
methods commit once.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from flask import Response, current_app, g, make_response, request
from sqlalchemy.orm import Session

from accounts.errors import PasswordChangeRequired, TokenInvalid
from accounts.sign_in.errors import OwnCreditsOnly, SecondFactorRequired
from accounts.sign_in.sign_ins import Bearer
from attendance.projects.assignments import read_assignments
from faces.errors import FaceError
from foundation.callers import Caller
from foundation.errors import Forbidden, Refusal
from foundation.transactions import read_only
from models.people import Role
from models.project_staff import StaffTask
from service.edge.callers.bearers import look_up, look_up_for_all, open_token, otp_of_request
from service.edge.callers.staff_use import noting_use
from service.edge.callers.token_cache import OpenedToken
from service.edge.calls import BearerCall, Call, Machine, MachineCall, PublicCall, WritingCall
from service.edge.components import components
from service.edge.database import db
from service.edge.requests import idempotency
from service.edge.requests.body_limits import ANONYMOUS, JSON, BodyLimit, receive_body

P = ParamSpec("P")

_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Access:
    """The access rules of a view, for the guard tests. roles: None if any signed-in person may call it.

    tasks: those of an assignment that open the view without a role.
    """

    takes: BodyLimit
    is_public: bool = False
    roles: tuple[Role, ...] | None = None
    tasks: tuple[StaffTask, ...] = ()
    opens_to_password_change: bool = False
    opens_to_second_factor: bool = False
    opens_to_out_of_province: bool = False
    keeps_reply: bool = True
    writes: bool = False
    asks_otp: bool = False


def public(view: Callable[Concatenate[PublicCall, P], Any]) -> Callable[P, Any]:
    """Return a view that everybody may call, without signing in."""
    return public_upload(ANONYMOUS)(view)


def public_upload(takes: BodyLimit) -> Callable[[Callable[Concatenate[PublicCall, P], Any]], Callable[P, Any]]:
    """Return a decorator for views that everybody may call, without signing in. takes: the largest body."""

    def guard(view: Callable[Concatenate[PublicCall, P], Any]) -> Callable[P, Any]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            receive_body(takes)
            session = db.session()
            call = _public_call(session)
            if request.method in _SAFE:
                with read_only(session):
                    return make_response(view(call, *args, **kwargs))
            return _commit_once(session, lambda: view(call, *args, **kwargs))

        answer.access = Access(is_public=True, takes=takes, keeps_reply=False)  # type: ignore[attr-defined]
        return answer

    return guard


def public_once(view: Callable[Concatenate[WritingCall, P], Any]) -> Callable[P, Any]:
    """Return a view of a GET that everybody may call and that uses up what its address names.

    The view writes within `call.writing()`; no transaction is open when it answers.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        receive_body(ANONYMOUS)
        return make_response(view(WritingCall(db.session(), components().clock.now(), components()), *args, **kwargs))

    access = Access(is_public=True, takes=ANONYMOUS, keeps_reply=False, writes=True)
    answer.access = access  # type: ignore[attr-defined]
    return answer


def machine_bearer(
    open_machine: Callable[[PublicCall], Machine],
) -> Callable[[Callable[Concatenate[MachineCall[Machine], P], Any]], Callable[P, Any]]:
    """Return a decorator for views of machines of the hall, whose credentials are no sign-in.

    open_machine: reads the credential and returns what it opens, or raises; it is called before the body is judged.
    """

    def guard(view: Callable[Concatenate[MachineCall[Machine], P], Any]) -> Callable[P, Any]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            receive_body(ANONYMOUS)
            session = db.session()
            with read_only(session):
                anonymous = _public_call(session)
                call = MachineCall(session, anonymous.now, anonymous.components, open_machine(anonymous))
            return _commit_once(session, lambda: view(call, *args, **kwargs))

        answer.access = Access(is_public=True, takes=ANONYMOUS, keeps_reply=False)  # type: ignore[attr-defined]
        return answer

    return guard


def signed_in(
    *,
    roles: Collection[Role] | None = None,
    tasks: Collection[StaffTask] = (),
    takes: BodyLimit = JSON,
    opens_to_password_change: bool = False,
    opens_to_second_factor: bool = False,
    opens_to_out_of_province: bool = False,
    keeps_reply: bool = True,
    writes: bool = False,
    once_ended: Callable[[PublicCall, Bearer], Any] | None = None,
    asks_otp: bool = False,
) -> Callable[[Callable[Concatenate[Call, P], Any]], Callable[P, Any]]:
    """Return a decorator for views of signed-in people who hold one of `roles`, or an assignment to one of `tasks`.

    The domain function checks over which unit, or to which project. takes: the largest body, checked after the token.
    opens_to_...: also to a sign-in with an initial password, without the second factor of its role, or by ID number.
    keeps_reply: stores it for an Idempotency-Key. writes: a GET writes too. asks_otp: asks for the second factor again.
    once_ended: called with a good token whose sign-in has ended; what it returns, unless None, is the answer.
    """
    access = Access(
        takes=takes,
        roles=tuple(roles) if roles is not None else None,
        tasks=tuple(tasks),
        opens_to_password_change=opens_to_password_change,
        opens_to_second_factor=opens_to_second_factor or opens_to_password_change,
        opens_to_out_of_province=opens_to_out_of_province,
        keeps_reply=keeps_reply,
        writes=writes,
        asks_otp=asks_otp,
    )

    def guard(view: Callable[Concatenate[Call, P], Any]) -> Callable[P, Any]:
        @wraps(view)
        def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
            opened = open_token()
            receive_body(takes)
            session = db.session()
            with noting_use(session, opened.bearer):
                if request.method in _SAFE and not writes:
                    with read_only(session):
                        return make_response(view(_admit(session, opened, access), *args, **kwargs))
                try:
                    with read_only(session):
                        call = _admit(session, opened, access)
                        earlier = idempotency.find_reply(session, call.caller) if keeps_reply else None
                except TokenInvalid:
                    found = once_ended(_public_call(session), opened.bearer) if once_ended is not None else None
                    if found is None:
                        raise
                    return make_response(found)
                if earlier is not None:
                    return earlier
                return _commit_once(
                    session, lambda: view(_asked_again(call, access), *args, **kwargs), call if keeps_reply else None
                )

        answer.access = access  # type: ignore[attr-defined]
        return answer

    return guard


def token_bearer(view: Callable[Concatenate[BearerCall, P], Any]) -> Callable[P, Any]:
    """Return a view for everybody with a good token; its own statement checks the sign-in by `sign_ins.HOLDER`.

    Use it for a view that a full hall calls at the same time: it saves one statement and one transaction. If the view's
    statement changed no row, the view reads `call.caller`, which raises what `signed_in` would have raised. No reply is
    stored. Somebody with a role is looked up all the same, because their sign-in may be idle; so is somebody who signed
    in by ID number, and everybody once for each token.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        opened = open_token()
        g.account_id = opened.bearer.account_id
        if opened.is_for_password_change:
            raise PasswordChangeRequired
        receive_body(JSON)
        session = db.session()
        call = BearerCall(
            session, components().clock.now(), components(), opened.bearer, lambda: look_up_for_all(session, opened)
        )
        with noting_use(session, opened.bearer):
            if not opened.is_learner:
                g.account_id = call.caller.account_id
            return _commit_once(session, lambda: view(call, *args, **kwargs))

    answer.access = Access(is_public=False, takes=JSON, keeps_reply=False)  # type: ignore[attr-defined]
    return answer


def _admit(session: Session, opened: OpenedToken, access: Access) -> Call:
    """Return the call of somebody who may call the view.

    Raises TokenInvalid, PasswordChangeRequired, OwnCreditsOnly, SecondFactorRequired, Forbidden.
    """
    caller = look_up(session, opened)
    if opened.is_for_password_change and not access.opens_to_password_change:
        raise PasswordChangeRequired
    if caller.is_second_factor_due and not access.opens_to_second_factor:
        raise SecondFactorRequired
    now = components().clock.now()
    return Call(session, now, components(), let_in(session, caller, access, now))


def let_in(session: Session, caller: Caller, access: Access, now: datetime) -> Caller:
    """Return the caller with their assignments, where the view opens to a task.

    Raises OwnCreditsOnly for a sign-in by ID number to which the view does not open, Forbidden without its roles.
    """
    if caller.is_out_of_province and not access.opens_to_out_of_province:
        raise OwnCreditsOnly
    if access.tasks:
        caller = replace(caller, assignments=read_assignments(session, person_id=caller.person_id, now=now))
    has_task = any(not each.tasks.isdisjoint(access.tasks) for each in caller.assignments)
    if access.roles is not None and not caller.has(access.roles) and not has_task:
        raise Forbidden
    return caller


def _asked_again(call: Call, access: Access) -> Call:
    """Return the call, once its second factor was shown again where the view asks for it."""
    if access.asks_otp:
        call.components.second_steps.check_again(call.db, call.caller, otp=otp_of_request(), now=call.now)
    return call


def _public_call(session: Session) -> PublicCall:
    return PublicCall(session, components().clock.now(), components())


def _commit_once(session: Session, run: Callable[[], Any], keeper: Call | None = None) -> Response:
    """Run a view and commit its writes; with a `keeper`, store the reply too. If the view raises, roll back.

    A refusal rolls back too, unless it has `keeps_writes`: then its answer is committed like any other.
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
    except idempotency.RepliedByTwin:
        session.rollback()
        return _reply_of_twin(session, cast(Call, keeper).caller)
    except BaseException:
        session.rollback()
        raise
    for act in g.pop("after_commit", ()):
        act()
    return response


def after_commit(act: Callable[[], None]) -> None:
    """Call `act` after this request's writes are committed, for example to send an SMS."""
    g.setdefault("after_commit", []).append(act)


def _reply_of_twin(session: Session, caller: Caller) -> Response:
    """Return the reply of the other one of two equal requests that were sent at the same time."""
    with read_only(session):
        reply = idempotency.find_reply(session, caller)
    if reply is None:
        raise RuntimeError(f"an idempotent reply vanished: {request.endpoint}")
    return reply
