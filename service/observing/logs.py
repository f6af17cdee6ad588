"""Writes logs to stderr, one JSON object in each line: one for each request, and other messages. No personal data.

A request's line has its id, method, route template (not the path, which may hold codes), status and milliseconds, the
account's id if the caller is signed in, and the code of a problem.
"""

import logging
import re
import secrets
import sys
import time
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from pythonjsonlogger.core import LogData
from pythonjsonlogger.json import JsonFormatter

from service.observing.redaction import redact, redact_all

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CHATTY = ("alembic.runtime.plugins", "faces.pool.workers")
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")

_log = logging.getLogger("cme.request")


class RedactingFormatter(JsonFormatter):
    """Formats JSON lines with masked strings, also in exceptions. Tracebacks show lines of code, not values."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
            timestamp="at",
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: LogData) -> LogData:
        """Return the data of a line with the time first, then the request's id, then the rest, masked."""
        at = log_data.pop("at")
        request_id = current_request_id()
        head: dict[str, Any] = {"at": at} | ({"request_id": request_id} if request_id else {})
        return head | {name: redact_all(value) for name, value in log_data.items() if value is not None}


class GunicornLogger(Logger):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn's own messages in our format, without an access log: requests are logged here."""

    def setup(self, cfg: Config) -> None:
        """Set no handlers; `configure` sets them."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        """Log a client that was silent for too long in one line without a traceback: it is not an error of ours."""
        if isinstance(sys.exc_info()[1], BlockingIOError):
            self.info("a client stalled in the middle of a request")
        else:
            super().exception(msg, *args, **kwargs)


def configure(level: str = "INFO") -> None:
    """Send every log of this process to stderr as masked JSON lines; `level` as in `logging`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    # At DEBUG the first four log their requests with phones and codes, and Pillow logs the tags of photos. The others
    # write a message at each start or health check.
    for noisy in ("urllib3", "tencentcloud_sdk_common", "darabonba-core", "alibabacloud-tea", "PIL", *_CHATTY):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def install(app: Flask) -> None:
    """Add hooks to `app` that give each request an id (`g.request_id`) and a line in the log.

    The line has `g.account_id` and `g.problem_code` if they were set during the request.
    """
    app.before_request(_begin)
    app.after_request(_end)


def current_request_id() -> str | None:
    """Return the id of the current request; None outside a request."""
    return g.get("request_id") if has_request_context() else None


def route_template() -> str:
    """Return the route template of this request, as `/api/v1/sessions/<session_id>/qr`; `(none)` if there is none."""
    return request.url_rule.rule if request.url_rule else "(none)"


def method_name() -> str:
    """Return the request's method; OTHER for an unknown one, because a client may send any word."""
    return request.method if request.method in _METHODS else "OTHER"


def _begin() -> None:
    g.started_at = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    # An id that would be masked is not usable. Our own ids have only letters, so that they don't look like a number.
    is_sane = _SANE_ID.fullmatch(given) is not None and redact(given) == given
    g.request_id = given if is_sane else secrets.token_hex(12).translate(_LETTERS)


def _end(response: Response) -> Response:
    if "request_id" not in g:  # the request was refused before any hook ran
        _begin()
    response.headers["X-Request-Id"] = g.request_id
    line = {
        "method": method_name(),
        "route": route_template(),
        "status": response.status_code,
        "milliseconds": round(elapsed_seconds() * 1000, 1),
        "account": str(g.account_id) if "account_id" in g else None,
        "problem": g.get("problem_code"),
    }
    _log.info("request", extra=line)
    return response


def elapsed_seconds() -> float:
    """Return the seconds since this request's first hook ran."""
    return time.perf_counter() - float(g.started_at)
