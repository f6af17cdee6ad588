"""What a job worker does where there is no job: it waits, misses nothing, and ends when it is told to."""

import os
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from foundation import jobs
from service.edge.database import prepare_engine
from service.running import job_waiter
from service.running.job_waiter import JobWaiter
from tests.fakes import FakeClock

HOUR = 3600.0


@pytest.fixture
def worker_engine(app: APIFlask) -> Iterator[Engine]:
    made = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    prepare_engine(made)
    yield made
    made.dispose()


@pytest.fixture
def stop() -> Iterator[tuple[int, int]]:
    """A pipe: once something is written to its end, all waits are over."""
    pipe = os.pipe()
    yield pipe
    for end in pipe:
        os.close(end)


@pytest.fixture
def waiter(worker_engine: Engine, stop: tuple[int, int]) -> Iterator[JobWaiter]:
    made = JobWaiter(worker_engine, stop[0])
    yield made
    made.close()


def test_the_first_wait_is_none_since_nobody_saw_what_was_committed_before_it(waiter: JobWaiter) -> None:
    waiter.wait(HOUR)


def test_what_is_committed_between_a_look_and_a_wait_is_not_missed(
    waiter: JobWaiter, db: Session, clock: FakeClock
) -> None:
    waiter.wait(HOUR)
    for _ in range(3):
        jobs.enqueue(db, kind="stub", now=clock.now(), actor_id=None)
        waiter.wait(HOUR)


def test_a_wait_ends_when_the_worker_is_told_to_end(waiter: JobWaiter, stop: tuple[int, int]) -> None:
    waiter.wait(HOUR)
    os.write(stop[1], b"x")
    for _ in range(2):
        waiter.wait(HOUR)


def test_where_nothing_can_be_heard_it_is_said_once_and_the_worker_goes_on_looking(
    worker_engine: Engine, stop: tuple[int, int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if worker_engine.dialect.name == "postgresql":
        monkeypatch.setattr(job_waiter, "CHANNEL", "refused as behind a pooler")
        deaf = worker_engine
    else:
        deaf = create_engine("sqlite:////nowhere/cme.db")
    monkeypatch.setattr(job_waiter, "_LONGEST_PAUSE", 0.0)  # each wait tries anew
    waiter = JobWaiter(deaf, stop[0])
    for _ in range(3):
        waiter.wait(HOUR)
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "new jobs start later, because their notices can't be received"
    ]
