"""One JSON line a request, with the route instead of the path, and nothing personal in any line."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response, g

from service.observing import logs

PHONE = "13800138000"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Every line that was logged so far, parsed."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    root.handlers.clear()  # `configure` closes what it finds
    logs.configure("INFO")
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def app() -> Flask:
    app = Flask("tests")
    logs.install(app)

    @app.get("/people/<phone>")
    def person(phone: str) -> Response:
        g.account_id = "019aafc0-7b1c-7e4f-8a13-0123456789ab"
        logging.getLogger("cme.test").warning("looked for %s", phone)
        return Response("here")

    @app.get("/refused")
    def refused() -> tuple[str, int]:
        g.problem_code = "face_mismatch"
        return "no", 403

    @app.get("/broken")
    def broken() -> str:
        secret = PHONE
        raise RuntimeError(f"no such person: {secret}")

    return app


def test_a_request_is_one_line_with_its_route_and_without_its_path(app: Flask, lines: Any) -> None:
    reply = app.test_client().get(f"/people/{PHONE}?code=493817")
    warned, line = lines()
    assert line["message"] == "request"
    assert line["method"] == "GET"
    assert line["route"] == "/people/<phone>"
    assert line["status"] == 200
    assert line["milliseconds"] >= 0
    assert line["account"] == "019aafc0-7b1c-7e4f-8a13-0123456789ab"
    assert "problem" not in line
    assert line["request_id"] == warned["request_id"] == reply.headers["X-Request-Id"]
    assert line["level"] == "INFO"
    assert line["at"].endswith("+00:00")
    assert warned["message"] == "looked for [phone]"


def test_a_problem_is_named_in_the_line(app: Flask, lines: Any) -> None:
    app.test_client().get("/refused")
    assert lines()[-1]["problem"] == "face_mismatch"


def test_an_unknown_page_is_logged_without_what_was_asked_for(app: Flask, lines: Any) -> None:
    app.test_client().open(f"/nothing/{PHONE}", method="FETCH-493817")
    (line,) = lines()
    assert (line["method"], line["route"], line["status"]) == ("OTHER", "(none)", 404)
    assert PHONE not in json.dumps(line)


def test_an_exception_is_logged_with_its_traceback_but_without_values(app: Flask, lines: Any) -> None:
    assert app.test_client().get("/broken").status_code == 500
    error = next(line for line in lines() if "exception" in line)
    assert "RuntimeError: no such person: [phone]" in error["exception"]
    assert 'raise RuntimeError(f"no such person: {secret}")' in error["exception"]
    assert PHONE not in json.dumps(error)


def test_a_sane_request_id_is_taken_over(app: Flask, lines: Any) -> None:
    reply = app.test_client().get("/refused", headers={"X-Request-Id": "gateway-7f.A_1"})
    assert reply.headers["X-Request-Id"] == "gateway-7f.A_1"
    assert lines()[-1]["request_id"] == "gateway-7f.A_1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", PHONE, "code-493817", "-dash", "é"])
def test_any_other_request_id_is_replaced(app: Flask, lines: Any, given: str) -> None:
    reply = app.test_client().get("/refused", headers={"X-Request-Id": given})
    made = reply.headers["X-Request-Id"]
    assert made != given
    assert made.isalpha()
    assert len(made) == 24


def test_what_a_message_carries_beside_its_text_is_masked_too(lines: Any) -> None:
    logging.getLogger("cme.test").info("sent", extra={"to": {"phone": f"+86{PHONE}"}, "n": 3})
    (line,) = lines()
    assert line["to"] == {"phone": "[phone]"}
    assert line["n"] == 3


def test_libraries_that_write_what_they_send_are_kept_quiet_even_at_debug(lines: Any) -> None:
    logs.configure("DEBUG")
    logging.getLogger("urllib3.connectionpool").debug("POST /?PhoneNumbers=%s", PHONE)
    logging.getLogger("tencentcloud_sdk_common").debug("SendRequest")
    assert lines() == []
