"""Job workers as real processes under the real supervisor, told through a real huey queue, and killed."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from foundation import jobs
from foundation.clock import SystemClock
from models.edge import AuditEntry
from models.jobs import Job, JobStatus
from service.configuration.settings import Settings
from service.edge.job_queue import HueyQueue
from tests.service.running.running_service import RunningService, running, until
from tests.service.running.stub_jobs import STEPS

pytestmark = pytest.mark.slow


@pytest.fixture
def var(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir()
    return made


@pytest.fixture
def service(var: Path, database: str) -> Iterator[RunningService]:
    where = {} if database.startswith("sqlite") else {"DATABASE_URL": database}
    with running(
        "tests.service.running.stub_jobs", var, FACE_WORKERS="1", WEB_WORKERS="1", JOB_LEASE_SECONDS="1", **where
    ) as up:
        until(lambda: up.is_open() and len(up.job_workers()) == 1, "the service opens")
        yield up


@pytest.fixture
def db(var: Path, service: RunningService, database: str) -> Iterator[Session]:
    engine = create_engine(settings_of(var, database).database, isolation_level="AUTOCOMMIT")
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def queue(var: Path, service: RunningService, database: str) -> Iterator[HueyQueue]:
    told = HueyQueue(settings_of(var, database))
    yield told
    told.close()


def settings_of(var: Path, database: str) -> Settings:
    return Settings(var=var, database_url="" if database.startswith("sqlite") else database)


def enqueue(db: Session) -> Job:
    return jobs.enqueue(db, kind="stub", now=SystemClock().now(), actor_id=None)


def status_of(db: Session, job: Job) -> JobStatus:
    db.expire_all()
    return db.get_one(Job, job.id).status


def rows_of(db: Session, job: Job) -> int:
    return db.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.subject_id == job.id)) or 0


def test_a_job_is_done_by_a_worker_that_the_queue_wakes(db: Session, queue: HueyQueue) -> None:
    job = enqueue(db)
    queue.tell(job.id)
    until(lambda: status_of(db, job) is JobStatus.DONE, "the job is done")
    assert rows_of(db, job) == STEPS


def test_a_job_whose_workers_are_killed_in_the_middle_is_done_all_the_same(
    var: Path, db: Session, service: RunningService, queue: HueyQueue
) -> None:
    for step in (0, 2, 4):
        (var / f"kill-at-{step}").touch()
    job = enqueue(db)
    queue.tell(job.id)
    until(lambda: status_of(db, job) is JobStatus.DONE, "the job is done")
    assert not list(var.glob("kill-at-*"))
    assert rows_of(db, job) == STEPS
    assert service.log.read_text().count("a job worker died") == 3


def test_a_worker_told_to_end_finishes_its_step_and_another_goes_on_at_once(
    var: Path, db: Session, service: RunningService, queue: HueyQueue
) -> None:
    (var / "hold").touch()
    job = enqueue(db)
    queue.tell(job.id)
    until(lambda: status_of(db, job) is JobStatus.RUNNING and db.get_one(Job, job.id).done == 2, "two steps")
    (worker,) = service.job_workers()
    worker.send_signal(signal.SIGTERM)  # it is in the middle of a step, and hears this before anything else
    (var / "hold").unlink()
    until(lambda: status_of(db, job) is JobStatus.DONE, "the job is done")
    until(lambda: [each.pid for each in service.job_workers()] not in ([], [worker.pid]), "a new worker")
    assert rows_of(db, job) == STEPS
    assert "a job worker died" not in service.log.read_text()
