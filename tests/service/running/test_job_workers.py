"""Job workers as real processes under the real supervisor: woken by what is committed, and killed.

A worker that nothing wakes looks at the jobs once an hour, so whatever is done here within a minute was woken.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from foundation import jobs
from foundation.clock import SystemClock
from models.edge import AuditEntry
from models.jobs import Job, JobStatus
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from tests.service.running.running_service import RunningService, running, until
from tests.service.running.stub_jobs import STEPS

pytestmark = pytest.mark.slow

LISTENERS = text("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")
Start = Callable[..., RunningService]


@pytest.fixture
def var(settings: Settings) -> Path:
    """The service's data folder, with an empty database; on PostgreSQL nothing is left of it for other tests."""
    return settings.var


@pytest.fixture
def start(settings: Settings, var: Path) -> Iterator[Start]:
    """Start the service, with leases of an hour: a killed worker's job is taken again only where a test says so."""
    with ExitStack() as started:

        def begin(workers: int = 1, lease: str = "3600") -> RunningService:
            more = {"FACE_WORKERS": "1", "WEB_WORKERS": "1", "JOB_WORKERS": str(workers), "JOB_LEASE_SECONDS": lease}
            more["DATABASE_URL"] = settings.database_url
            up = started.enter_context(running("tests.service.running.stub_jobs", var, **more))
            until(lambda: up.is_open() and len(up.job_workers()) == workers, "the service opens")
            return up

        yield begin


@pytest.fixture
def service(start: Start) -> RunningService:
    return start()


@pytest.fixture
def web(settings: Settings) -> Iterator[Engine]:
    """The database as a web process opens it: jobs are written in transactions."""
    engine = create_engine(settings.database)
    prepare_engine(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def db(web: Engine) -> Iterator[Session]:
    """A session whose statements stand alone, so that looking keeps no worker waiting."""
    engine = create_engine(web.url, isolation_level="AUTOCOMMIT")
    with Session(engine) as session:
        yield session
    engine.dispose()


def enqueue(db: Session) -> Job:
    return jobs.enqueue(db, kind="stub", now=SystemClock().now(), actor_id=None)


def commit_jobs(web: Engine, count: int = 1) -> list[Job]:
    with Session(web, expire_on_commit=False) as db:
        made = [enqueue(db) for _ in range(count)]
        db.commit()
    return made


def commit_job(web: Engine) -> Job:
    (job,) = commit_jobs(web)
    return job


def seen(db: Session, job: Job) -> Job:
    db.expire_all()
    return db.get_one(Job, job.id)


def await_end(db: Session, job: Job) -> None:
    until(lambda: seen(db, job).status is JobStatus.DONE, "the job is done")


def rows_of(db: Session, job: Job) -> int:
    return db.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.subject_id == job.id)) or 0


def test_a_worker_that_waits_does_a_job_once_it_is_committed_and_never_one_that_is_rolled_back(
    web: Engine, db: Session, service: RunningService
) -> None:
    for _ in range(3):  # the first one may be found by the look at the start, the others find an idle worker
        with Session(web) as causing:
            gone = enqueue(causing).id
            causing.rollback()
        job = commit_job(web)
        await_end(db, job)
        assert rows_of(db, job) == STEPS
        assert db.scalars(select(AuditEntry).where(AuditEntry.subject_id == gone)).all() == []
    assert "new jobs start later" not in service.log.read_text()  # trying to listen again would find them too


def test_two_workers_do_many_jobs_at_the_same_time_and_each_of_them_once(
    var: Path, web: Engine, db: Session, start: Start
) -> None:
    start(workers=2)
    (var / "hold").touch()
    held = commit_jobs(web, 2)
    until(lambda: [seen(db, each).done for each in held] == [2, 2], "each worker is in the middle of a job")
    many = commit_jobs(web, 30)
    (var / "hold").unlink()
    for job in (*held, *many):
        await_end(db, job)
        assert (rows_of(db, job), seen(db, job).tries) == (STEPS, 0)


def test_a_job_whose_workers_are_killed_in_the_middle_is_done_all_the_same(
    var: Path, web: Engine, db: Session, start: Start
) -> None:
    service = start(lease="1")
    for step in (0, 2, 4):
        (var / f"kill-at-{step}").touch()
    job = commit_job(web)
    await_end(db, job)
    assert not list(var.glob("kill-at-*"))
    assert rows_of(db, job) == STEPS
    assert service.log.read_text().count("a job worker died") == 3


def test_a_worker_told_to_end_finishes_its_step_and_another_goes_on_at_once(
    var: Path, web: Engine, db: Session, service: RunningService
) -> None:
    (var / "hold").touch()
    job = commit_job(web)
    until(lambda: seen(db, job).status is JobStatus.RUNNING and seen(db, job).done == 2, "two steps")
    (worker,) = service.job_workers()
    worker.send_signal(signal.SIGTERM)  # it is at a step, and hears this before anything else
    (var / "hold").unlink()
    await_end(db, job)
    until(lambda: pids_of(service) not in ([], [worker.pid]), "a new worker")
    assert rows_of(db, job) == STEPS
    assert "a job worker died" not in service.log.read_text()


def test_a_worker_that_waits_ends_as_soon_as_it_is_told(web: Engine, db: Session, service: RunningService) -> None:
    await_end(db, commit_job(web))
    (worker,) = service.job_workers()
    worker.send_signal(signal.SIGTERM)
    until(lambda: pids_of(service) not in ([], [worker.pid]), "a new worker")
    assert "a job worker died" not in service.log.read_text()


@pytest.mark.usefixtures("service")
def test_a_worker_whose_connection_was_cut_listens_anew(web: Engine, db: Session) -> None:
    if db.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has no connection that could be cut")
    until(lambda: len(listeners(db)) == 1, "a worker listens")
    (before,) = listeners(db)
    db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": before})
    until(lambda: listeners(db) not in ([], [before]), "it listens again")
    await_end(db, commit_job(web))


def listeners(db: Session) -> list[int]:
    return list(db.scalars(LISTENERS))


def pids_of(service: RunningService) -> list[int]:
    workers: list[psutil.Process] = service.job_workers()
    return [each.pid for each in workers]
