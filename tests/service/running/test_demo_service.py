"""The service as `scripts/serve --demo` starts it, with the real engine; and what stops it before it starts."""

import json
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.service.running.running_service import GUARD_SECONDS, running, until

pytestmark = pytest.mark.slow

SERVICE = "service.run"
WITHOUT_ENGINE = "tests.journeys.fast_service"


@dataclass(frozen=True)
class FirstStart:
    """What was seen of a demo while it ran for the first time, and its data folder after it ended."""

    var: Path
    port: int
    told: dict[str, Any]  # demo.json, when the port opened
    printed: str
    threads: int
    readable: list[Path]  # by others than the owner
    code: int


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """A demo that was started on nothing, was ready, and was told to end."""
    var = tmp_path_factory.mktemp("demo") / "var"
    with running(SERVICE, var, DEMO="1", FACE_WORKERS="1", WEB_WORKERS="1") as started:
        until(started.is_open, "the service opens")
        told = json.loads((var / "demo.json").read_text())
        readable = [path for path in [var, *var.rglob("*")] if path.stat().st_mode & 0o077]
        until(lambda: started.call("GET", "/readyz")[0] == 200, "the service is ready")
        threads, printed = started.process.num_threads(), started.log.read_text()
        started.process.send_signal(signal.SIGTERM)
        code = started.process.wait(GUARD_SECONDS)
    return FirstStart(var, started.port, told, printed, threads, readable, code)


def test_the_demo_is_whole_when_the_port_opens(first: FirstStart) -> None:
    assert first.told["base_url"] == f"http://127.0.0.1:{first.port}"
    assert len(first.told["learners"]) >= 20
    assert first.threads == 1  # the engine is loaded, and the supervisor will fork again
    assert all(learner["cme_number"] in first.printed for learner in first.told["learners"])
    assert first.code == 0
    assert not (first.var / "faces.sock").exists()


def test_the_demo_is_kept_at_the_next_start(first: FirstStart) -> None:
    with running(SERVICE, first.var, DEMO="1", FACE_WORKERS="1", WEB_WORKERS="1") as again:
        until(again.is_open, "the service opens again")
        kept = json.loads((first.var / "demo.json").read_text())
        assert kept["sessions"] == first.told["sessions"]


def test_what_the_service_writes_is_for_its_owner_alone(first: FirstStart) -> None:
    assert first.readable == []


def test_a_database_that_can_not_be_reached_is_one_line(tmp_path: Path) -> None:
    line = _refusal(tmp_path, DATABASE_URL="postgresql+psycopg://cme:secret@127.0.0.1:1/cme")
    assert line.startswith("serve: the database can't be used (DATABASE_URL):")
    assert "secret" not in line


def test_a_key_that_can_not_be_read_is_one_line_without_the_key(tmp_path: Path) -> None:
    line = _refusal(tmp_path, JWT_KEY="too-short!")
    assert line.startswith("serve: JWT_KEY")
    assert "too-short" not in line


def _refusal(folder: Path, **environment: str) -> str:
    with running(WITHOUT_ENGINE, folder / "var", **environment) as started:
        assert started.process.wait(GUARD_SECONDS) == 2
        (line,) = started.log.read_text().splitlines()
    return line
