"""A client can't tell the real service where it is, whatever headers it sends."""

import http.client
from collections.abc import Iterator

import pytest

from tests.service.running.running_service import GUARD_SECONDS, RunningService, running, until

pytestmark = pytest.mark.slow

EVIL = "evil.example"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """The real web server and application, without face networks."""
    var = tmp_path_factory.mktemp("service") / "var"
    with running("tests.journeys.fast_service", var, WEB_WORKERS="1", PUBLIC_URL="https://cme.test") as started:
        until(started.is_open, "the service opens")
        yield started


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": EVIL},
        {"Script-Name": "/api"},
        {"SCRIPT_NAME": "/api"},
        {"script_name": "/evil"},
        {"PATH_INFO": "/api/docs"},
        {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"},
        {"X-Forwarded-Protocol": "ssl", "X-Forwarded-Proto": "http"},
        {"X_Forwarded_Host": EVIL, "Forwarded": f"host={EVIL};proto=http"},
    ],
    ids=str,
)
def test_no_header_moves_the_service(service: RunningService, headers: dict[str, str]) -> None:
    for path, status in (("/api/v1/me", 401), ("/api//docs", 404), ("/api/docs", 200)):
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=GUARD_SECONDS)
        connection.request("GET", path, headers=headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        assert (reply.status, reply.getheader("Location")) == (status, None)
        assert status == 200 or '"type": "https://cme.test/api/problems#' in text
        assert EVIL not in text
        assert "/evil" not in text
