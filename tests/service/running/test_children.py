"""How long the supervisor waits before it starts a face worker again, by a clock of our own."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from faces.engine import FaceEngine
from faces.pool import workers
from service.configuration.settings import Settings
from service.running.children import FacePool


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The process ids given to face workers, none of which is real."""
    pids: list[int] = []

    def start(*args: object) -> int:
        pids.append(2**22 + len(pids))  # beyond the largest process id
        return pids[-1]

    monkeypatch.setattr(workers, "start_worker", start)
    return pids


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faces(tmp_path: Path, started: list[int], clock: Clock) -> Iterator[FacePool]:
    settings = Settings(var=tmp_path, face_workers=1)
    faces = FacePool(settings, cast(FaceEngine, None), clock)
    faces.keep_running()
    yield faces
    faces.stop()


KILLED = 9  # a wait status


def test_a_worker_that_dies_once_is_replaced_at_once(faces: FacePool, started: list[int]) -> None:
    faces.note_end(started[-1], KILLED)
    faces.keep_running()
    assert len(started) == 2


def test_workers_that_die_young_are_replaced_ever_later_but_always(
    faces: FacePool, started: list[int], clock: Clock
) -> None:
    pauses = []
    for _ in range(12):
        faces.note_end(started[-1], KILLED)
        pauses.append(max(0.0, faces.keep_running()) if not _was_started(faces, started) else 0.0)
        clock.now += pauses[-1]
        faces.keep_running()
    assert pauses == [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]
    assert len(started) == 13


def test_a_worker_that_lived_long_is_replaced_at_once_again(faces: FacePool, started: list[int], clock: Clock) -> None:
    for _ in range(5):
        faces.note_end(started[-1], KILLED)
        clock.now += 30.0
        faces.keep_running()
    clock.now += 61.0
    faces.note_end(started[-1], KILLED)
    before = len(started)
    faces.keep_running()
    assert len(started) == before + 1


def test_a_machine_without_processes_left_is_asked_again_later(
    faces: FacePool, started: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = workers.start_worker

    def fail(*args: object) -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(workers, "start_worker", fail)
    faces.note_end(started[-1], KILLED)
    assert faces.keep_running() == 30.0
    monkeypatch.setattr(workers, "start_worker", start)
    clock.now += 30.0
    faces.keep_running()
    assert len(started) == 2


def test_nothing_is_due_while_all_live(faces: FacePool) -> None:
    assert faces.keep_running() > 600


def test_the_end_of_another_process_is_none_of_its_business(faces: FacePool, started: list[int]) -> None:
    faces.note_end(4242, KILLED)
    faces.keep_running()
    assert len(started) == 1


def test_the_socket_goes_with_the_pool(tmp_path: Path, started: list[int]) -> None:
    settings = Settings(var=tmp_path / "deep" / "er", face_workers=1)
    settings.var.mkdir(parents=True)
    faces = FacePool(settings, cast(FaceEngine, None))
    assert settings.face_socket_path.is_socket()
    faces.stop()
    assert not settings.face_socket_path.exists()


def _was_started(faces: FacePool, started: list[int]) -> bool:
    before = len(started)
    faces.keep_running()
    return len(started) > before
