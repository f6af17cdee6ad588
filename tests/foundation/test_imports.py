"""The import engine, with rows that only say what they are: steps by portions, begun once, taken up again, undone."""

import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.orm import Session

from foundation import audit
from foundation.errors import ImportHasErrors, ImportNotCommitted, ImportNotReady, ImportUndone
from foundation.imports import engine, steps
from foundation.imports.importers import PORTION, RowPass
from models import Base
from models.base import new_id
from models.imports import ImportStatus
from models.jobs import Job, JobStatus
from service.edge.database import prepare_engine
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.foundation.import_desk import NOTES, SIMPLE, Crash, Desk, Note, NoteRow, OwnBase, State, into


@pytest.fixture
def database_engine(app: APIFlask) -> Iterator[Engine]:
    """An engine as a worker has it, with this test's own tables."""
    made = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    prepare_engine(made)
    OwnBase.metadata.create_all(made)
    yield made
    OwnBase.metadata.drop_all(made)
    made.dispose()


@pytest.fixture
def desk(database_engine: Engine, clock: FakeClock, make: Factories) -> Desk:
    return Desk(database_engine, clock, make.person())


def test_200_rows_are_done_in_the_request_and_201_by_jobs(desk: Desk) -> None:
    small, large = desk.start(range(200)), desk.start(range(1000, 1201))
    assert (desk.status(small), desk.status(large)) == (ImportStatus.CHECKED, ImportStatus.CHECKING)
    assert [job.kind for job in desk.jobs()] == ["note.check"]
    desk.run_jobs()
    for name, under_way, done in (
        ("commit", ImportStatus.COMMITTING, ImportStatus.COMMITTED),
        ("undo", ImportStatus.UNDOING, ImportStatus.UNDONE),
    ):
        assert desk.act(name, small)
        assert desk.act(name, large)
        assert (desk.status(small), desk.status(large)) == (done, under_way)
        desk.run_jobs()
        assert desk.status(large) is done
    assert [job.kind for job in desk.jobs()] == ["note.check", "note.commit", "note.undo"]
    assert (desk.states(small), desk.states(large)) == ({State.UNDONE: 200}, {State.UNDONE: 201})


def test_each_portion_is_committed_before_the_next_and_another_writer_gets_in_between(desk: Desk) -> None:
    """The other writer waits for the lock while a portion is written, and the job waits for it before the next one."""
    waits, has_written = threading.Event(), threading.Event()
    written = list[str]()

    def write() -> None:
        with Session(desk.engine) as db:
            assert waits.wait(30)
            audit.record(db, None, desk.clock.now(), "stub", ("note", new_id()))
            db.commit()
        written.append("other writer")
        has_written.set()

    def slow(db: Session, found: Note, rows: Sequence[NoteRow], now: datetime) -> None:
        into(State.DONE)(db, found, rows, now)
        db.flush()
        written.append("portion")
        waits.set()

    def wait_before(db: Session, found: Note) -> None:
        """Between portions, before anything is read: what this transaction began holds the lock only on SQLite."""
        if len(written) == 1:
            db.rollback()  # nothing was written yet: the portion before is committed, or would be lost now
            assert has_written.wait(30)

    importer = replace(SIMPLE, commit=RowPass(NoteRow.state == State.GOOD, slow, wait_before))
    ident = desk.start(range(3 * PORTION), importer)
    desk.run_jobs(importer)
    desk.act("commit", ident, importer)
    other = threading.Thread(target=write)
    other.start()
    desk.run_jobs(importer)
    other.join()
    assert written == ["portion", "other writer", "portion", "portion"]
    assert desk.states(ident) == {State.DONE: 3 * PORTION}


@pytest.mark.parametrize("dies_at", range(6))
def test_a_job_that_is_killed_in_the_middle_goes_on_where_it_was(desk: Desk, dies_at: int) -> None:
    ident, acts = desk.start(range(3 * PORTION)), list[int]()
    desk.run_jobs()
    desk.act("commit", ident)

    def dying(row_pass: RowPass[Note, NoteRow]) -> RowPass[Note, NoteRow]:
        def act(db: Session, found: Note, rows: Sequence[NoteRow], now: datetime) -> None:
            row_pass.act(db, found, rows, now)
            acts.append(len(rows))
            if len(acts) > dies_at:
                raise Crash

        return replace(row_pass, act=act)

    assert NOTES.claim is not None
    frail = replace(NOTES, commit=dying(NOTES.commit), claim=replace(NOTES.claim, take=dying(NOTES.claim.take)))
    with pytest.raises(Crash):
        desk.run_jobs(frail)
    left = desk.states(ident)
    claimed, done = min(dies_at, 3) * PORTION, max(dies_at - 3, 0) * PORTION
    assert (left.get(State.GOOD, 0), left.get(State.DONE, 0)) == (3 * PORTION - claimed, done)
    (job,) = [each for each in desk.jobs() if each.kind == "note.commit"]
    assert (job.status, job.done) == (JobStatus.RUNNING, (claimed + done) // 2)
    with Session(desk.engine) as db:
        taken_back = update(Job).where(Job.id == job.id)  # as if its lease had run out
        db.execute(taken_back.values(status=JobStatus.WAITING, lease=None, due_at=desk.clock.now()))
        db.commit()
    desk.run_jobs()
    assert (desk.status(ident), desk.states(ident)) == (ImportStatus.COMMITTED, {State.DONE: 3 * PORTION})


def test_of_two_commits_at_once_one_begins_the_step(desk: Desk) -> None:
    for size in (3, 2 * PORTION):
        ident = desk.start(range(size * 10, size * 11))
        desk.run_jobs()
        start, began = threading.Barrier(2), list[bool]()

        def commit(ident: uuid.UUID = ident, start: threading.Barrier = start, began: list[bool] = began) -> None:
            start.wait(30)
            began.append(desk.act("commit", ident))

        both = [threading.Thread(target=commit) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert sorted(began) == [False, True]
        desk.run_jobs()
        assert (desk.status(ident), desk.states(ident)) == (ImportStatus.COMMITTED, {State.DONE: size})
    assert [job.kind for job in desk.jobs()] == ["note.check", "note.commit"]


def test_a_step_that_another_worker_ended_writes_nothing(desk: Desk, clock: FakeClock) -> None:
    ident = desk.start(range(2 * PORTION))
    desk.run_jobs()
    desk.act("commit", ident)
    with Session(desk.engine, expire_on_commit=False) as db:
        slow = steps.commit(db, NOTES, db.get_one(Note, ident), clock.now)
        next(slow)
        db.commit()
        desk.run_jobs()
        with pytest.raises(steps.StepOver):
            list(slow)
        db.rollback()
    assert (desk.status(ident), desk.states(ident)) == (ImportStatus.COMMITTED, {State.DONE: 2 * PORTION})


def test_steps_out_of_order_are_refused(desk: Desk) -> None:
    ident = desk.start(range(PORTION + 1))
    for name in ("commit", "undo"):
        with pytest.raises(ImportNotReady):
            desk.act(name, ident)
    desk.run_jobs()
    with pytest.raises(ImportNotCommitted):
        desk.act("undo", ident)
    desk.act("commit", ident)
    with pytest.raises(ImportNotReady):
        desk.act("undo", ident)  # it is being committed
    desk.run_jobs()
    desk.act("undo", ident)
    with pytest.raises(ImportUndone):
        desk.act("commit", ident)
    desk.run_jobs()
    assert not desk.act("undo", ident)
    with pytest.raises(ImportUndone):
        desk.act("commit", ident)


@pytest.mark.parametrize("size", [10, PORTION + 10])
def test_one_bad_row_keeps_all_from_being_committed(desk: Desk, size: int) -> None:
    ident = desk.start([*range(size - 1), -1])
    desk.run_jobs()
    with pytest.raises(ImportHasErrors):
        desk.act("commit", ident)
    assert (desk.status(ident), desk.states(ident)) == (ImportStatus.CHECKED, {State.GOOD: size - 1, State.BAD: 1})


@pytest.mark.parametrize("size", [10, PORTION + 10])
def test_what_another_import_brought_since_the_preview_stops_the_commit_and_may_come_once_it_is_undone(
    desk: Desk, size: int
) -> None:
    first, second = desk.start([size - 1]), desk.start(range(size))
    desk.run_jobs()
    desk.act("commit", first)
    if size <= PORTION:
        with pytest.raises(ImportHasErrors):
            desk.act("commit", second)
    else:
        desk.act("commit", second)
        desk.run_jobs()
    assert (desk.status(second), desk.states(second)) == (ImportStatus.CHECKED, {State.GOOD: size - 1, State.BAD: 1})
    with Session(desk.engine) as db:
        assert db.get_one(Note, second).committed_at is None
    desk.act("undo", first)
    if size <= PORTION:
        assert desk.act("commit", second)  # it is checked again
        assert desk.status(second) is ImportStatus.COMMITTED


def test_a_job_that_was_given_up_is_told_and_followed_by_another_when_asked(desk: Desk) -> None:
    ident = desk.start(range(PORTION + 1))
    with Session(desk.engine) as db:
        db.execute(update(Job).values(status=JobStatus.FAILED, error="gave_up"))
        db.commit()
        job = engine.find_job(db, NOTES, db.get_one(Note, ident))
        assert job is not None
        assert (job.error, job.done) == ("gave_up", 0)
    with pytest.raises(ImportNotReady):
        desk.act("commit", ident)
    desk.run_jobs()
    assert desk.status(ident) is ImportStatus.CHECKED


def test_old_previews_and_broken_uploads_are_deleted_by_portions_and_nothing_else(desk: Desk, clock: FakeClock) -> None:
    broken, preview = desk.start(range(3 * PORTION), stop_after=2), desk.start(range(PORTION + 1))
    committed = desk.start(range(1000, 1003))
    desk.run_jobs()
    desk.act("commit", committed)
    assert desk.states(broken) == {State.NEW: 2 * PORTION}
    with Session(desk.engine) as db:
        assert engine.find_import(db, NOTES, broken) is None  # nobody sees half an upload
        assert engine.abandon(db, NOTES, now=clock.now()) == 0
    deleted = list[int]()
    for days in (2, 29):
        clock.turn(days=days)
        while True:
            with Session(desk.engine) as db, db.begin():
                deleted.append(engine.abandon(db, NOTES, now=clock.now()))
                if deleted[-1] == 1 + PORTION:  # marked, and half gone: nobody finds it, nobody commits it
                    assert engine.find_import(db, NOTES, broken if days == 2 else preview) is None
            if not deleted[-1]:
                break
    assert max(deleted) == PORTION + 1
    with Session(desk.engine) as db:
        assert set(db.scalars(select(Note.id))) == {committed}
        assert set(db.scalars(select(NoteRow.import_id))) == {committed}


def test_an_act_that_leaves_rows_open_is_a_fault_and_no_endless_loop(desk: Desk) -> None:
    idle = replace(SIMPLE, check=RowPass(NoteRow.state == State.NEW, lambda db, found, rows, now: None))
    with pytest.raises(RuntimeError, match="left open"):
        desk.start(range(3), idle)


def test_the_tables_of_this_test_are_no_part_of_the_product() -> None:
    assert not {"note_import", "note_import_row"} & set(Base.metadata.tables)
