"""Browser mode: the refresh token is in a cookie that no script can read, and only our own pages may use."""

from datetime import timedelta

from flask import Response, after_this_request, request
from flask_jwt_extended import verify_jwt_in_request

from accounts.errors import ForeignOrigin
from accounts.sign_in.sign_ins import LIFETIME
from service.edge.callers import origins
from service.edge.components import components

COOKIE = "cme_refresh"
_PATH = "/api/v1/auth"


def keep(refresh_token: str) -> None:
    """Add the cookie to the answer of this request.

    Raises ForeignOrigin for another site's page: it would sign somebody in whom the browser's owner doesn't know.
    """
    if origins.is_foreign():
        raise ForeignOrigin

    @after_this_request
    def add(response: Response) -> Response:
        if response.status_code < 400:
            _set(response, refresh_token, LIFETIME)
        return response


def clear() -> None:
    """Delete the cookie with the answer of this request, if the browser has one."""
    if COOKIE in request.cookies:
        after_this_request(_forget)


def has_bearer() -> bool:
    """Return whether this request carries a token in its header."""
    return bool(request.headers.get("Authorization"))


def is_kept() -> bool:
    """Return whether the browser has the cookie."""
    return bool(request.cookies.get(COOKIE))


def verify() -> None:
    """Verify the refresh token of the cookie. A dead one is deleted with the answer; Flask-JWT-Extended refuses it.

    Raises ForeignOrigin, which ends nothing, if another site sent the request or the browser doesn't say which: a page
    of somebody else must not renew a sign-in.
    """
    if not origins.is_own():
        raise ForeignOrigin

    @after_this_request
    def forget_dead_one(response: Response) -> Response:
        return _forget(response) if response.status_code == 401 else response

    verify_jwt_in_request(refresh=True, locations=["cookies"])


def _forget(response: Response) -> Response:
    _set(response, "", timedelta(0))
    return response


def _set(response: Response, value: str, max_age: timedelta) -> None:
    is_secure = components().settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, value, max_age=max_age, path=_PATH, secure=is_secure, httponly=True, samesite="Strict")
