"""The supervisor with real processes: what is killed comes back, and what should end does."""

import contextlib
import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.service.running.running_service import GUARD_SECONDS, RunningService, free_port, running, until

pytestmark = pytest.mark.slow

STUB = "tests.service.running.stub_service"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service for the tests that don't end it."""
    with _open_service(tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture
def service(lasting: RunningService) -> RunningService:
    """A service with all its processes: two web workers and two face workers."""
    until(lambda: len(lasting.face_workers()) == 2 and len(lasting.web_workers()) == 2, "all workers")
    return lasting


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[RunningService]:
    """A service of its own for a test that ends it."""
    with _open_service(tmp_path) as started:
        yield started


@contextlib.contextmanager
def _open_service(folder: Path) -> Iterator[RunningService]:
    var = folder / "var"
    var.mkdir()
    (var / "go").touch()
    with running(STUB, var, WEB_WORKERS="2", WEB_THREADS="4", FACE_WORKERS="2", FACE_QUEUE="1") as started:
        until(lambda: started.is_open() and len(started.web_workers()) == 2, "the service opens")
        until(lambda: len(started.face_workers()) == 2, "two face workers")
        until(lambda: len(started.job_workers()) == 1, "a job worker")
        yield started


def all_of(service: RunningService) -> list[psutil.Process]:
    return [service.process, *service.process.children(recursive=True)]


def begin_upload(service: RunningService, size: int) -> socket.socket:
    """Begin a request, and come back once a worker is reading it."""
    client = socket.create_connection(("127.0.0.1", service.port), timeout=GUARD_SECONDS)
    head = ("POST /upload HTTP/1.1", "Host: x", "Connection: close", "Expect: 100-continue", f"Content-Length: {size}")
    client.sendall("\r\n".join([*head, "", ""]).encode())
    assert client.recv(1000).startswith(b"HTTP/1.1 100")
    return client


def test_the_port_opens_only_when_all_is_prepared(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with running(STUB, var, FACE_WORKERS="1", WEB_WORKERS="1") as started:
        until(lambda: (var / "metrics").exists() and len(started.process.children()) == 1, "the preparation runs")
        assert not started.is_open()
        (var / "go").touch()
        until(started.is_open, "the service opens")
        assert started.call("POST", "/face", b"photo")[0] == 200


def test_pages_faces_and_figures_are_served_and_the_web_loads_no_face_library(service: RunningService) -> None:
    seen = json.loads(service.call("GET", "/")[1])
    assert seen["pid"] in {worker.pid for worker in service.web_workers()}
    assert seen["heavy"] == []
    status, looked = service.call("POST", "/face", b"photo")
    assert status == 200
    assert int(looked.split()[1]) in {worker.pid for worker in service.face_workers()}
    before = _pages_counted(service)
    for _ in range(30):
        service.call("GET", "/")
    assert _pages_counted(service) == before + 30  # whichever worker answered
    assert service.process.num_threads() == 1  # a process that forks must have one


def test_a_killed_face_worker_is_replaced_and_faces_go_on(service: RunningService) -> None:
    before = {worker.pid for worker in service.face_workers()}
    victim = service.face_workers()[0]
    victim.send_signal(signal.SIGKILL)
    until(lambda: len({worker.pid for worker in service.face_workers()} - {victim.pid}) == 2, "a new face worker")
    assert len({worker.pid for worker in service.face_workers()} - before) == 1
    assert service.call("POST", "/face", b"photo")[0] == 200


def test_a_photo_that_kills_its_workers_does_not_end_the_service(service: RunningService) -> None:
    assert service.call("POST", "/face", b"deadly")[0] == 500  # the stub maps no errors
    until(lambda: len(service.face_workers()) == 2, "both face workers are back")
    assert service.call("POST", "/face", b"photo")[0] == 200


def test_a_killed_job_worker_is_replaced(service: RunningService) -> None:
    (victim,) = service.job_workers()
    victim.send_signal(signal.SIGKILL)
    until(
        lambda: [worker.pid for worker in service.job_workers() if worker.pid != victim.pid] != [], "a new job worker"
    )
    assert service.process.num_threads() == 1  # a process that forks must have one


def test_a_killed_web_worker_is_replaced(service: RunningService) -> None:
    victim = service.web_workers()[0]
    victim.send_signal(signal.SIGKILL)
    until(lambda: len({worker.pid for worker in service.web_workers()} - {victim.pid}) == 2, "a new web worker")
    assert all(service.call("GET", "/")[0] == 200 for _ in range(10))


def test_when_the_supervisor_is_killed_everything_ends(ending: RunningService) -> None:
    family = all_of(ending)
    assert len(family) == 7  # itself, gunicorn, two web workers, two face workers, a job worker
    ending.process.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(family, GUARD_SECONDS)
    assert alive == []
    assert not ending.is_open()


def test_when_gunicorn_is_killed_the_service_ends_and_says_so(ending: RunningService) -> None:
    family = all_of(ending)
    ending.gunicorn().send_signal(signal.SIGKILL)
    assert ending.process.wait(GUARD_SECONDS) == 128 + signal.SIGKILL
    _, alive = psutil.wait_procs(family, GUARD_SECONDS)
    assert alive == []
    assert "gunicorn ended by itself" in ending.log.read_text()


@pytest.mark.parametrize("to_the_group", [False, True])
def test_on_sigterm_a_request_in_progress_is_answered_first(ending: RunningService, to_the_group: bool) -> None:
    family = all_of(ending)
    with begin_upload(ending, 6) as client:
        client.sendall(b"abc")
        if to_the_group:  # as Ctrl-C and containers do
            os.killpg(ending.process.pid, signal.SIGTERM)
        else:
            ending.process.send_signal(signal.SIGTERM)
        until(lambda: not ending.is_open(), "the port shuts")
        client.sendall(b"def")
        with client.makefile("rb") as coming:
            reply = coming.read()
    assert reply.startswith(b"HTTP/1.1 200")
    assert reply.endswith(b"6 bytes")
    assert ending.process.wait(GUARD_SECONDS) == 0
    _, alive = psutil.wait_procs(family, GUARD_SECONDS)
    assert alive == []


def test_a_second_signal_ends_it_without_waiting_for_requests(ending: RunningService) -> None:
    with begin_upload(ending, 6):
        ending.process.send_signal(signal.SIGTERM)
        until(lambda: not ending.is_open(), "the port shuts")
        ending.process.send_signal(signal.SIGINT)
        assert ending.process.wait(20) == 0  # the grace would be 30 s


def test_sighup_renews_the_web_workers_and_leaves_the_faces(service: RunningService) -> None:
    web, faces = ({worker.pid for worker in found} for found in (service.web_workers(), service.face_workers()))
    service.process.send_signal(signal.SIGHUP)
    until(lambda: not web & {worker.pid for worker in service.web_workers()}, "new web workers")
    assert service.call("GET", "/")[0] == 200
    assert {worker.pid for worker in service.face_workers()} == faces


def test_a_second_service_on_the_same_folder_is_refused_in_one_line(service: RunningService) -> None:
    folder = Path(service.log.with_suffix(""))
    assert _refusal(folder, PORT=str(free_port())) == (
        f"serve: another service runs on the data folder {folder}; VAR chooses another one"
    )


def test_a_taken_port_is_refused_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = _refusal(tmp_path / "var", PORT=str(port))
    assert line == f"serve: the port 127.0.0.1:{port} is taken; PORT chooses another one, HOST the address"


def test_a_data_folder_that_can_not_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = _refusal(tmp_path / "file" / "var", log_in=tmp_path)
    assert line.startswith(f"serve: the data folder {tmp_path}/file/var can't be written (VAR):")


def test_a_foreign_address_is_refused_in_one_line(tmp_path: Path) -> None:
    assert "203.0.113.1" in _refusal(tmp_path / "var", HOST="203.0.113.1")


def test_production_without_keys_is_refused_in_one_line_that_names_them(tmp_path: Path) -> None:
    line = _refusal(tmp_path / "var", ENVIRONMENT="production", JWT_KEY="c2VjcmV0LXZhbHVl")
    assert "LOOKUP_KEY" in line
    assert "c2VjcmV0LXZhbHVl" not in line


def test_a_setting_that_can_not_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    line = _refusal(tmp_path / "var", WEB_WORKERS="many")
    assert line.startswith("serve: WEB_WORKERS ")


def _pages_counted(service: RunningService) -> float:
    figures = service.call("GET", "/metrics", token="secret")[1].decode()
    found = re.search(r'^cme_requests_total\{method="GET",route="/",status="200"\} (.+)$', figures, re.MULTILINE)
    assert found
    return float(found[1])


def _refusal(var: Path, log_in: Path | None = None, **environment: str) -> str:
    """Start a service that must refuse to; gives the one line that it says."""
    with running(STUB, var if log_in is None else log_in / "var", **{**environment, "VAR": str(var)}) as started:
        assert started.process.wait(GUARD_SECONDS) == 2
        (line,) = started.log.read_text().splitlines()
    return line
