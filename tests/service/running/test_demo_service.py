"""The service as `scripts/serve --demo` starts it, with the real engine; and what stops it before it starts."""

import json
import signal
from pathlib import Path

import pytest

from tests.service.running.running_service import GUARD_SECONDS, running, until

pytestmark = pytest.mark.slow

SERVICE = "service.run"


def test_the_demo_is_whole_when_the_port_opens_and_is_kept_at_the_next_start(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with running(SERVICE, var, DEMO="1", FACE_WORKERS="1", WEB_WORKERS="1") as started:
        until(started.is_open, "the service opens")
        demo = json.loads((var / "demo.json").read_text())
        assert demo["base_url"] == f"http://127.0.0.1:{started.port}"
        assert len(demo["learners"]) >= 20
        until(lambda: started.call("GET", "/readyz")[0] == 200, "the service is ready")
        assert started.process.num_threads() == 1  # the engine is loaded, and it will fork again
        printed = started.log.read_text()
        assert all(learner["cme_number"] in printed for learner in demo["learners"])
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait(GUARD_SECONDS) == 0
    assert not (var / "faces.sock").exists()
    with running(SERVICE, var, DEMO="1", FACE_WORKERS="1", WEB_WORKERS="1") as again:
        until(again.is_open, "the service opens again")
        kept = json.loads((var / "demo.json").read_text())
        assert kept["sessions"] == demo["sessions"]


def test_what_the_service_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with running(SERVICE, var, DEMO="1", FACE_WORKERS="1", WEB_WORKERS="1") as started:
        until(started.is_open, "the service opens")
        readable = [path for path in [var, *var.rglob("*")] if path.stat().st_mode & 0o077]
    assert readable == []


def test_a_database_that_can_not_be_reached_is_one_line(tmp_path: Path) -> None:
    line = _refusal(tmp_path, DATABASE_URL="postgresql+psycopg://cme:secret@127.0.0.1:1/cme")
    assert line.startswith("serve: the database can't be used (DATABASE_URL):")
    assert "secret" not in line


def test_a_key_that_can_not_be_read_is_one_line_without_the_key(tmp_path: Path) -> None:
    line = _refusal(tmp_path, JWT_KEY="too-short!")
    assert line.startswith("serve: JWT_KEY")
    assert "too-short" not in line


def _refusal(folder: Path, **environment: str) -> str:
    with running(SERVICE, folder / "var", **environment) as started:
        assert started.process.wait(GUARD_SECONDS) == 2
        (line,) = started.log.read_text().splitlines()
    return line
