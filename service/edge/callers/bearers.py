"""Whose request it is: opens its token, and looks up the sign-in and its owner."""

import time
from dataclasses import replace
from datetime import datetime
from typing import cast

from flask import current_app, g, request
from flask_jwt_extended import get_jwt, verify_jwt_in_request
from sqlalchemy.orm import Session

from accounts.errors import PasswordChangeRequired
from accounts.sign_in.errors import OwnCreditsOnly, SecondFactorRequired
from accounts.sign_in.sign_ins import Bearer, bearer_of, caller_of
from attendance.projects.assignments import read_assignments
from foundation.callers import Caller
from service.edge.callers.staff_use import check_use
from service.edge.callers.token_cache import OpenedToken, TokenCache
from service.edge.calls import PublicCall

PASSWORD_CHANGE = "password_change"  # noqa: S105 - the purpose of a token, no password
LED_BY_LINK = "cme.led_by_link"
"""The key of a request's environment under which a download link's `OpenedToken` is. No header can set it."""
OTP_HEADER = "X-OTP"
_LONGEST_OTP = 100


def open_token() -> OpenedToken:
    """Return the content of this request's token. Flask-JWT-Extended refuses a missing or invalid one.

    A request that a download link leads to has no token: its environment says whose rights it has.
    """
    led = request.environ.get(LED_BY_LINK)
    if led is not None:
        return cast(OpenedToken, led)
    header, known = _token_header(), _known_tokens()
    opened = known.find(header, now=time.time())
    if opened is None:
        verify_jwt_in_request()
        claims = get_jwt()
        opened = OpenedToken(bearer_of(claims), claims.get("purpose") == PASSWORD_CHANGE, float(claims["exp"]))
        known.keep(header, opened)
    return opened


def look_up(session: Session, opened: OpenedToken) -> Caller:
    """Return the caller. Raises TokenInvalid; SignInIdle for somebody with a role who made no request for too long."""
    found = caller_of(session, opened.bearer)
    g.account_id = found.account_id
    is_learner = not (found.is_staff or found.is_out_of_province)
    if opened.is_learner is not is_learner and _token_header():
        _known_tokens().keep(_token_header(), replace(opened, is_learner=is_learner))
    check_use(found)
    return found


def look_up_again(session: Session, caller: Caller, now: datetime) -> Caller:
    """Return the caller of an open stream with their roles and assignments of now. Raises TokenInvalid."""
    found = caller_of(session, Bearer(caller.sign_in_id, caller.account_id))
    return replace(found, assignments=read_assignments(session, person_id=found.person_id, now=now))


def look_up_for_all(session: Session, opened: OpenedToken) -> Caller:
    """Return the caller of a view that opens to no half sign-in.

    Raises as `look_up`, and OwnCreditsOnly or SecondFactorRequired.
    """
    found = look_up(session, opened)
    if found.is_out_of_province:
        raise OwnCreditsOnly
    if found.is_second_factor_due:
        raise SecondFactorRequired
    return found


def caller_if_signed_in(call: PublicCall) -> Caller:
    """Return the caller of a public view, some of whose requests need a sign-in. Raises TokenInvalid without one.

    Raises PasswordChangeRequired for a sign-in with the initial password, SecondFactorRequired where one is due,
    OwnCreditsOnly for one by ID number.
    """
    opened = open_token()
    if opened.is_for_password_change:
        raise PasswordChangeRequired
    return look_up_for_all(call.db, opened)


def machine_token() -> str | None:
    """Return the credential of a screen or kiosk that the request has as bearer token; None if there is none."""
    kind, _, token = _token_header().partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def otp_of_request() -> str | None:
    """Return the second factor in the header X-OTP; None if there is none."""
    return request.headers.get(OTP_HEADER, "").strip()[:_LONGEST_OTP] or None


def _token_header() -> str:
    return request.headers.get("Authorization", "")


def _known_tokens() -> TokenCache:
    return cast(TokenCache, current_app.extensions["token_cache"])
