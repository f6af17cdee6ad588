"""A disk without room: reading goes on, writing is refused, no process dies, and room is all it takes."""

import contextlib
import errno
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import multiprocess, values

from service.observing import counter_files
from service.observing.counter_files import ReservedCounts
from tests.service.running.running_service import RunningService, running, until

SERVICE = "tests.journeys.fast_service"
MIB = 2**20


def full_after(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no file be reserved beyond `limit` bytes."""

    def reserve(number: int, start: int, size: int) -> None:
        if size > limit:
            raise OSError(errno.ENOSPC, "No space left on device")
        os.ftruncate(number, size)

    monkeypatch.setattr(os, "posix_fallocate", reserve)


def kept(path: Path) -> dict[str, float]:
    """The counts that whoever adds the files up finds in one."""
    found = ReservedCounts.read_all_values_from_file(str(path))  # type: ignore[no-untyped-call]
    return {key: value for key, value, _, _ in found}


def count_many(counts: ReservedCounts, number: int, value: float = 1.0) -> None:
    for each in range(number):
        counts.write_value(f"key {each:0200}", value, 0.0)


def test_a_file_of_counts_has_all_its_pages_when_new_and_when_grown(tmp_path: Path) -> None:
    path = tmp_path / "counter_1.db"
    counts = ReservedCounts(str(path))
    for number in (0, 3000):
        count_many(counts, number)
        held = path.stat()
        assert held.st_blocks * 512 >= held.st_size > 0
    assert held.st_size > counter_files._FIRST_SIZE
    assert len(kept(path)) == 3000
    counts.close()  # type: ignore[no-untyped-call]


def test_the_library_opens_its_files_so() -> None:
    assert vars(values)["MmapedDict"] is ReservedCounts
    readers = multiprocess.MmapedDict  # type: ignore[attr-defined]
    assert readers.read_all_values_from_file is ReservedCounts.read_all_values_from_file


def test_a_process_goes_on_where_an_ended_one_of_the_same_number_stopped(tmp_path: Path) -> None:
    path = tmp_path / "counter_1.db"
    first = ReservedCounts(str(path))
    count_many(first, 2000, 5.0)
    first.close()  # type: ignore[no-untyped-call]
    second = ReservedCounts(str(path))
    assert second.read_value(f"key {7:0200}")[0] == 5.0  # type: ignore[no-untyped-call]
    second.write_value("new", 1.0, 0.0)
    assert len(kept(path)) == 2001
    second.close()  # type: ignore[no-untyped-call]


def test_without_room_counts_wait_in_memory_and_no_half_file_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    path = tmp_path / "counter_1.db"
    with monkeypatch.context() as no_room:
        full_after(0, no_room)
        counts = ReservedCounts(str(path), clock=lambda: now[0])
        count_many(counts, 3)
        assert list(tmp_path.iterdir()) == []
    counts.write_value("soon", 1.0, 0.0)
    assert list(tmp_path.iterdir()) == []  # it isn't asked at every count
    now[0] = 11.0
    counts.write_value("later", 1.0, 0.0)
    assert set(kept(path)) == {*(f"key {each:0200}" for each in range(3)), "soon", "later"}
    counts.close()  # type: ignore[no-untyped-call]


def test_a_file_that_cannot_grow_keeps_what_it_has_and_gets_the_rest_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    path = tmp_path / "counter_1.db"
    counts = ReservedCounts(str(path), clock=lambda: now[0])
    count_many(counts, 100)
    with monkeypatch.context() as no_room:
        full_after(counter_files._FIRST_SIZE, no_room)
        count_many(counts, 3000, 2.0)
    seen = kept(path)
    assert 100 <= len(seen) < 3000
    now[0] = 11.0
    counts.write_value("later", 1.0, 0.0)
    found = kept(path)
    assert len(found) == 3001
    assert found[f"key {5:0200}"] == 2.0
    counts.close()  # type: ignore[no-untyped-call]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    size = ["-t", "tmpfs", "-o", f"size={24 * MIB}", "tmpfs", str(mounted)]
    done = subprocess.run([mount, *size], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield mounted
    finally:
        subprocess.run([umount, "-l", str(mounted)], check=True)  # noqa: S603


def fill(disk: Path) -> Path:
    """Leave no byte of the disk; gives the file that took them."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        size = MIB
        while size:
            try:
                out.write(b"x" * size)
            except OSError:
                size //= 2
    return filler


def run_on(disk: Path, blank_file: Path) -> contextlib.AbstractContextManager[RunningService]:
    var = disk / "var"
    var.mkdir()
    shutil.copy(blank_file, var / "cme.db")
    return running(SERVICE, var, DEMO="1", WEB_WORKERS="2", FACE_WORKERS="1", DATABASE_URL="")


@pytest.mark.slow
def test_a_full_disk_refuses_writes_alone_and_all_is_well_once_there_is_room(disk: Path, blank_file: Path) -> None:
    with run_on(disk, blank_file) as service:
        until(lambda: service.is_open() and service.call("GET", "/readyz")[0] == 200, "the service is ready")
        told = json.loads((disk / "var" / "demo.json").read_text())
        with httpx.Client(base_url=f"http://127.0.0.1:{service.port}", timeout=60) as client:
            _run_full_and_free(service, client, disk, told["organizer"])
    assert "internal_error" not in service_log(disk)


def service_log(disk: Path) -> str:
    return (disk / "var.log").read_text()


def _run_full_and_free(service: RunningService, client: httpx.Client, disk: Path, organizer: dict[str, str]) -> None:
    sign_in = {"cme_number": organizer["cme_number"], "password": organizer["password"]}
    first = client.post("/api/v1/auth/login", json=sign_in)
    token = first.json()["access_token"]
    if first.json()["must_change_password"]:
        new = {"current_password": organizer["password"], "new_password": "Reading-goes-on-1"}
        changed = client.put("/api/v1/me/password", json=new, headers={"Authorization": f"Bearer {token}"})
        token, sign_in["password"] = changed.json()["access_token"], new["new_password"]
    headers = {"Authorization": f"Bearer {token}"}
    workers = {worker.pid for worker in service.web_workers()}
    filler = fill(disk)

    refused = 0
    for number in range(60):
        for path in ("/healthz", "/readyz", "/api/v1/me", "/api/v1/projects", "/metrics"):
            assert client.get(path, headers=headers).status_code == 200, path
        reply = client.post("/api/v1/question-bank", json=question(number), headers=headers)
        refused += reply.status_code == 503
        if reply.status_code == 503:
            assert reply.json()["code"] == "storage_full"
            assert int(reply.headers["Retry-After"]) > 0
        else:  # into room that the database still had
            assert reply.status_code == 201, reply.text
    assert refused >= 50
    key = {**headers, "Idempotency-Key": "one"}
    assert client.post("/api/v1/question-bank", json=question(0), headers=key).json()["code"] == "storage_full"
    assert client.post("/api/v1/auth/login", json=sign_in).json()["code"] == "storage_full"

    filler.unlink()
    made = client.post("/api/v1/question-bank", json=question(0), headers=key)
    assert made.status_code == 201, made.text
    assert client.post("/api/v1/question-bank", json=question(0), headers=key).json() == made.json()
    assert client.post("/api/v1/auth/login", json=sign_in).status_code == 200
    assert {worker.pid for worker in service.web_workers()} == workers


def question(number: int) -> dict[str, object]:
    """A question of 12 kB, which no page of the database has room for."""
    text = f"{number} " + "问" * 3900
    return {"discipline": "内科", "kind": "true_false", "text": text, "correct": [0], "points": 1}
