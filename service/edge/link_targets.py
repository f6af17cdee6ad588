"""Download links: which paths they may lead to, and how the service answers such a path for their owner."""

import re
from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Response, current_app
from flask import request as this_request
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from accounts.errors import LinkPathInvalid
from accounts.sign_in.download_links import LinkTarget
from foundation.callers import Caller
from service.edge.access import Access, let_in
from service.edge.callers.bearers import LED_BY_LINK
from service.edge.callers.token_cache import OpenedToken

_BASE = "/api/v1/"
_PATH = re.compile(r"/api/v1(?:/[A-Za-z0-9_-][A-Za-z0-9._~-]*)+")
"""No empty or dotted part, no scheme, host or escape. Our paths need nothing else."""
_QUERY = re.compile(r"[A-Za-z0-9._~%&=+:,@!$'()*;/?-]*")
_NEVER = (f"{_BASE}auth/",)
_ENDLESS = frozenset({"board.stream_board"})
"""Endpoints that send events until the client leaves: they are no file."""
_OF_THE_FIRST = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_NONE_MATCH")
_OF_ITS_BODY = ("CONTENT_TYPE", "HTTP_TRANSFER_ENCODING", "wsgi.input_terminated", "RAW_URI", "REQUEST_URI")


def check_path(db: Session, path: str, caller: Caller, now: datetime) -> None:
    """Check that a link may lead to `path`, a path with its query, and that it opens to the caller.

    Raises LinkPathInvalid unless it is a GET of ours that needs a sign-in; Forbidden; OwnCreditsOnly. The view checks
    the rest when the link is used: over which unit the roles are, and whether the sign-in is still alive.
    """
    let_in(db, caller, _find_access(path), now)


def answer(target: LinkTarget) -> Response:
    """Answer the GET that a link leads to, as if its owner had sent it: with all its checks and errors."""
    path, _, query = target.path.partition("?")
    environ = {
        name: value for name, value in this_request.environ.items() if name not in _OF_THE_FIRST + _OF_ITS_BODY
    } | {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": "0",
        "wsgi.input": BytesIO(),
        LED_BY_LINK: OpenedToken(target.bearer, is_for_password_change=False, ends_at=0.0),
    }
    with current_app.request_context(environ):
        return current_app.full_dispatch_request()


def _find_access(path: str) -> Access:
    """Return the access rules of the view behind a path. Raises LinkPathInvalid."""
    plain, _, query = path.partition("?")
    if not _PATH.fullmatch(plain) or not _QUERY.fullmatch(query) or plain.startswith(_NEVER):
        raise LinkPathInvalid(field="path")
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(plain, method="GET")
    except (HTTPException, RequestRedirect):
        raise LinkPathInvalid(field="path") from None
    view: Any = current_app.view_functions[endpoint]
    access: Access = view.access
    if access.is_public or endpoint in _ENDLESS:
        raise LinkPathInvalid(field="path")
    return access
