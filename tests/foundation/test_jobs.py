"""Jobs by their row: taken once, brought forward by steps that stand or fall with their work, never lost."""

from collections.abc import Callable, Generator, Iterator
from datetime import timedelta

import pytest
from apiflask import APIFlask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.orm import Session

from foundation import audit, jobs
from foundation.errors import NotFound
from foundation.jobs import Handler, Progress, Result, Work
from foundation.transactions import read_only
from models.base import new_id
from models.edge import AuditEntry
from models.jobs import Job, JobStatus
from service.edge.database import prepare_engine
from service.running.job_runner import JobRunner
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock

STEPS = 5
LEASE = timedelta(minutes=1)


class Crash(BaseException):
    """The worker is gone, at once: no handler of ours sees it."""


def write_rows(
    work: Work, before_commit: Callable[[int], None] = lambda row: None
) -> Generator[Progress, None, Result]:
    """A handler that writes one row a step, going on from what is there."""
    while (done := rows_of(work.db, work.job)) < STEPS:
        note(work)
        work.db.flush()
        before_commit(done)
        yield Progress(done + 1, STEPS)
    return {"rows": STEPS}


def note(work: Work) -> None:
    audit.record(work.db, None, work.clock.now(), "stub", work.job)


def rows_of(db: Session, job: Job) -> int:
    return db.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.subject_id == job.id)) or 0


@pytest.fixture
def database_engine(app: APIFlask) -> Iterator[Engine]:
    """An engine as a worker has it, apart from the app's."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    prepare_engine(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def runner_of(database_engine: Engine, clock: FakeClock) -> Callable[..., JobRunner]:
    def make_runner(handler: Handler = write_rows, **more: Callable[[], bool]) -> JobRunner:
        return JobRunner(database_engine, {"stub": handler}, clock, LEASE, **more)

    return make_runner


@pytest.fixture
def job(db: Session, clock: FakeClock) -> Job:
    return jobs.enqueue(db, kind="stub", now=clock.now(), actor_id=None)


def seen(db: Session, job: Job) -> Job:
    db.expire_all()
    return db.get_one(Job, job.id)


def test_a_job_is_done_with_its_progress_and_result(db: Session, job: Job, runner_of: Callable[..., JobRunner]) -> None:
    runner_of().run_next()
    now = seen(db, job)
    assert (now.status, now.done, now.total, now.result) == (JobStatus.DONE, STEPS, STEPS, {"rows": STEPS})
    assert rows_of(db, job) == STEPS


def test_a_job_that_is_done_is_never_taken_again(
    db: Session, job: Job, runner_of: Callable[..., JobRunner], clock: FakeClock
) -> None:
    assert [runner_of().run_next() for _ in range(3)] == [True, False, False]
    clock.turn(days=1)
    assert not runner_of().run_next()
    assert rows_of(db, job) == STEPS
    assert jobs.find_next_due(db) is None


def test_the_job_that_has_been_due_longest_comes_first(
    db: Session, runner_of: Callable[..., JobRunner], clock: FakeClock
) -> None:
    late, early = (
        jobs.enqueue(db, kind="stub", now=clock.now() - timedelta(seconds=ago), actor_id=None) for ago in (1, 2)
    )
    assert jobs.find_next_due(db) == clock.now() - timedelta(seconds=2)
    runner_of().run_next()
    assert (seen(db, early).status, seen(db, late).status) == (JobStatus.DONE, JobStatus.WAITING)


def test_looking_for_jobs_only_reads_and_finds_them_by_the_index_of_open_ones(
    db: Session, database_engine: Engine, clock: FakeClock
) -> None:
    said: list[tuple[str, object]] = []
    event.listen(database_engine, "before_cursor_execute", lambda *told: said.append((told[2], told[3])))
    with Session(database_engine) as looking:
        with read_only(looking):
            assert jobs.find_next_due(looking) is None
        assert {statement.split()[0] for statement, _ in said} <= {"BEGIN", "SELECT"}
        assert "BEGIN IMMEDIATE" not in [statement for statement, _ in said]
        assert jobs.take_next(looking, lease=new_id(), now=clock.now(), lasts=LEASE) is None
        looking.rollback()
    asked = [each for each in said if " job" in each[0]]
    assert len(asked) == 2
    for statement, parameters in asked:
        assert "ix_job_open" in plan_of(db, statement, parameters), statement


def plan_of(db: Session, statement: str, parameters: object) -> str:
    """How the database would run a statement, where the table is not as small as in a test."""
    connection = db.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()  # type: ignore[arg-type]
    else:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
    return "\n".join(str(row) for row in rows)


def test_a_job_exists_if_and_only_if_its_cause_does(database_engine: Engine, clock: FakeClock, db: Session) -> None:
    with Session(database_engine) as causing:
        made = jobs.enqueue(causing, kind="stub", now=clock.now(), actor_id=None)
        causing.rollback()
    assert db.get(Job, made.id) is None


def test_a_crash_loses_the_step_it_was_at_and_nothing_else(
    db: Session, job: Job, runner_of: Callable[..., JobRunner], clock: FakeClock
) -> None:
    def crash_at_three(row: int) -> None:
        if row == 3:
            raise Crash

    with pytest.raises(Crash):
        runner_of(lambda work: write_rows(work, crash_at_three)).run_next()
    assert (seen(db, job).status, seen(db, job).done, rows_of(db, job)) == (JobStatus.RUNNING, 3, 3)
    assert not runner_of().run_next()  # its lease still runs
    clock.turn(seconds=61)
    assert runner_of().run_next()
    assert (seen(db, job).status, rows_of(db, job)) == (JobStatus.DONE, STEPS)


def test_a_worker_that_was_only_slow_writes_nothing_once_another_has_the_job(
    db: Session, job: Job, runner_of: Callable[..., JobRunner], clock: FakeClock
) -> None:
    def overtaken(work: Work) -> Generator[Progress, None, Result]:
        yield Progress(0, STEPS)
        clock.turn(seconds=61)
        assert runner_of().run_next()
        note(work)
        yield Progress(STEPS, STEPS)
        raise AssertionError("it had lost its lease")

    runner_of(overtaken).run_next()
    assert (seen(db, job).status, rows_of(db, job)) == (JobStatus.DONE, STEPS)


def test_a_job_that_went_wrong_is_tried_again_later(
    db: Session, job: Job, runner_of: Callable[..., JobRunner], clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    def go_wrong(row: int) -> None:
        raise RuntimeError("13800000001")

    runner_of(lambda work: write_rows(work, go_wrong)).run_next()
    assert (seen(db, job).status, rows_of(db, job)) == (JobStatus.WAITING, 0)
    assert not runner_of().run_next()
    assert jobs.find_next_due(db) == clock.now() + timedelta(seconds=2)
    clock.turn(seconds=2)
    assert runner_of().run_next()
    assert seen(db, job).status is JobStatus.DONE


def test_a_job_that_never_comes_forward_fails_in_the_end(
    db: Session, job: Job, runner_of: Callable[..., JobRunner], clock: FakeClock
) -> None:
    def crash(row: int) -> None:
        raise Crash

    for _ in range(jobs.MOST_TRIES):
        with pytest.raises(Crash):
            runner_of(lambda work: write_rows(work, crash)).run_next()
        clock.turn(seconds=61)
    assert not runner_of().run_next()
    assert (seen(db, job).status, seen(db, job).error) == (JobStatus.FAILED, "gave_up")


def test_a_refusal_ends_a_job_with_its_code(db: Session, job: Job, runner_of: Callable[..., JobRunner]) -> None:
    def refuse(work: Work) -> Generator[Progress, None, Result]:
        note(work)
        if rows_of(work.db, work.job):
            raise NotFound
        yield Progress(0, None)
        raise AssertionError("went on without its rows")

    runner_of(refuse).run_next()
    assert (seen(db, job).status, seen(db, job).error, rows_of(db, job)) == (JobStatus.FAILED, "not_found", 0)


def test_a_worker_told_to_end_gives_the_job_back_after_its_step(
    db: Session, job: Job, runner_of: Callable[..., JobRunner], clock: FakeClock
) -> None:
    runner_of(is_ending=lambda: True).run_next()
    assert (seen(db, job).status, rows_of(db, job)) == (JobStatus.WAITING, 1)
    assert runner_of().run_next()  # at once
    assert seen(db, job).status is JobStatus.DONE


def test_a_long_job_lets_another_one_go_first_and_goes_on_where_it_was(
    db: Session, database_engine: Engine, clock: FakeClock
) -> None:
    done_when: list[int] = []
    long = jobs.enqueue(db, kind="long", now=clock.now(), actor_id=None)

    def take_two_seconds(work: Work) -> Generator[Progress, None, Result]:
        def turn(row: int) -> None:
            clock.turn(seconds=2)
            if row == 0:  # a notice comes while the only worker has the long job
                jobs.enqueue(work.db, kind="notice", now=clock.now(), actor_id=None)

        return (yield from write_rows(work, turn))

    def notify(work: Work) -> Generator[Progress, None, Result]:
        yield Progress(0, 1)  # without progress: it keeps its turn, however long that is
        clock.turn(seconds=30)
        done_when.append(rows_of(work.db, long))
        return {"result": "sent"}

    runner = JobRunner(database_engine, {"long": take_two_seconds, "notice": notify}, clock, LEASE)
    assert runner.run_next()
    assert (seen(db, long).status, seen(db, long).done, seen(db, long).tries) == (JobStatus.WAITING, 3, 0)
    assert [runner.run_next() for _ in range(3)] == [True, True, False]
    assert done_when == [3]
    assert (seen(db, long).status, seen(db, long).done, rows_of(db, long)) == (JobStatus.DONE, STEPS, STEPS)


def test_a_job_without_another_one_or_without_progress_keeps_its_turn(
    db: Session, job: Job, runner_of: Callable[..., JobRunner], clock: FakeClock
) -> None:
    jobs.enqueue(db, kind="stub", now=clock.now(), actor_id=None, due_at=clock.now() + timedelta(minutes=5))
    runner_of(lambda work: write_rows(work, lambda row: clock.turn(seconds=10))).run_next()
    assert seen(db, job).status is JobStatus.DONE

    def stay(work: Work) -> Generator[Progress, None, Result]:
        for _ in range(3):
            clock.turn(minutes=5)
            yield Progress(0, None)
        return None

    both = [jobs.enqueue(db, kind="stub", now=clock.now(), actor_id=None) for _ in range(2)]
    runner = JobRunner(runner_of().engine, {"stub": stay}, clock, timedelta(hours=1))
    runner.run_next()
    assert [seen(db, each).status for each in both] == [JobStatus.DONE, JobStatus.WAITING]


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crashes=st.lists(st.integers(0, STEPS - 1), max_size=15))
def test_however_often_its_workers_crash_each_step_is_done_once(
    db: Session, runner_of: Callable[..., JobRunner], clock: FakeClock, crashes: list[int]
) -> None:
    job = jobs.enqueue(db, kind="stub", now=clock.now(), actor_id=None)
    left = list(crashes)

    def maybe_crash(row: int) -> None:
        if row in left:
            left.remove(row)
            raise Crash

    while seen(db, job).status is not JobStatus.DONE:
        try:
            runner_of(lambda work: write_rows(work, maybe_crash)).run_next()
        except Crash:
            clock.turn(seconds=61)
    assert rows_of(db, job) == STEPS


def test_only_who_caused_a_job_sees_how_far_it_is(
    api: Api, make: Factories, db: Session, clock: FakeClock, runner_of: Callable[..., JobRunner]
) -> None:
    asker, other = make.person(), make.person()
    job = jobs.enqueue(db, kind="stub", payload={"a": 1}, now=clock.now(), actor_id=asker.id)
    waiting = api.as_(asker).get(f"/jobs/{job.id}")
    assert (waiting.status_code, waiting.json["status"], waiting.json["done"]) == (200, "waiting", 0)
    runner_of().run_next()
    done = api.as_(asker).get(f"/jobs/{job.id}").json
    assert (done["status"], done["done"], done["total"], done["result"]) == ("done", STEPS, STEPS, {"rows": STEPS})
    assert api.as_(other).get(f"/jobs/{job.id}").json["code"] == "not_found"
    assert api.as_(asker).get(f"/jobs/{new_id()}").json["code"] == "not_found"
