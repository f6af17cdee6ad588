"""The import engine, with rows that only say what they are: steps by portions, begun once, taken up again, undone."""

import enum
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, ForeignKey, create_engine, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from foundation import audit
from foundation.errors import ImportHasErrors, ImportNotCommitted, ImportNotReady, ImportUndone, NotFound
from foundation.imports import engine, steps
from foundation.imports.importers import PORTION, Claim, Importer, RowPass
from models import Base
from models.base import UtcDateTime, new_id, words
from models.imports import ImportColumns, ImportRowColumns, ImportStatus
from models.jobs import Job, JobStatus
from models.people import Person
from service.edge.database import prepare_engine
from service.running.job_runner import JobRunner
from tests.factories import Factories
from tests.fakes import FakeClock

LEASE = timedelta(minutes=1)


class OwnBase(DeclarativeBase):
    """Tables of this test alone."""


class State(enum.StrEnum):
    NEW = "new"
    GOOD = "good"
    BAD = "bad"
    CLAIMED = "claimed"
    DONE = "done"
    UNDONE = "undone"


class Note(ImportColumns, OwnBase):
    __tablename__ = "note_import"

    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    size: Mapped[int]

    @property
    def total(self) -> int:
        return self.size


class NoteRow(ImportRowColumns, OwnBase):
    __tablename__ = "note_import_row"

    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("note_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[State] = mapped_column(words(State))
    thing: Mapped[int]
    """What it brings: below zero it is bad, and nothing is brought by two imports."""


class Crash(BaseException):
    """The worker is gone, at once."""


def check(db: Session, found: Note, rows: Sequence[NoteRow], now: datetime) -> None:
    taken = NoteRow.state.in_((State.CLAIMED, State.DONE)), NoteRow.import_id != found.id
    there = set(db.scalars(select(NoteRow.thing).where(*taken, NoteRow.thing.in_({row.thing for row in rows}))))
    for row in rows:
        row.state = State.BAD if row.thing < 0 or row.thing in there else State.GOOD


def claim(db: Session, found: Note, rows: Sequence[NoteRow], now: datetime) -> None:
    check(db, found, rows, now)
    is_one_bad = any(row.state is State.BAD for row in rows)
    for row in rows:
        if row.state is State.GOOD:
            row.state = State.NEW if is_one_bad else State.CLAIMED


def into(state: State) -> Callable[[Session, Note, Sequence[NoteRow], datetime], None]:
    def act(db: Session, found: Note, rows: Sequence[NoteRow], now: datetime) -> None:
        for row in rows:
            row.state = state

    return act


NOTES = Importer(
    name="note",
    imports=Note,
    rows=NoteRow,
    made_at=Note.made_at,
    rows_in_request=PORTION,
    is_bad=NoteRow.state == State.BAD,
    check=RowPass(NoteRow.state == State.NEW, check),
    claim=Claim(
        take=RowPass(NoteRow.state == State.GOOD, claim, order=NoteRow.thing),
        give_back=RowPass(NoteRow.state.in_((State.GOOD, State.BAD, State.CLAIMED)), into(State.NEW)),
    ),
    commit=RowPass(NoteRow.state == State.CLAIMED, into(State.DONE)),
    undo=RowPass(NoteRow.state == State.DONE, into(State.UNDONE)),
    ended=lambda db, found, now: {"status": found.status.value},
)
SIMPLE = replace(NOTES, claim=None, commit=RowPass(NoteRow.state == State.GOOD, into(State.DONE)))
"""The same without claims."""


@pytest.fixture
def database_engine(app: APIFlask) -> Iterator[Engine]:
    """An engine as a worker has it, with this test's own tables."""
    made = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    prepare_engine(made)
    OwnBase.metadata.create_all(made)
    yield made
    OwnBase.metadata.drop_all(made)
    made.dispose()


class Desk:
    """What a domain and its workers do with imports."""

    def __init__(self, database_engine: Engine, clock: FakeClock, me: Person) -> None:
        self.engine, self.clock, self.me = database_engine, clock, me

    def start(self, things: Sequence[int], importer: Any = NOTES, stop_after: int | None = None) -> uuid.UUID:
        """Upload rows; stop_after: the client is gone after so many portions."""
        made = Note(id=new_id(), made_at=self.clock.now(), size=len(things))
        rows = [
            NoteRow(import_id=made.id, number=number, state=State.NEW, thing=thing)
            for number, thing in enumerate(things, 1)
        ]
        with Session(self.engine, expire_on_commit=False) as db:
            storing = engine.start(db, importer, made=made, rows=rows, now=self.clock.now(), actor_id=self.me.id)
            for portion, _ in enumerate(storing, 1):
                db.commit()
                if portion == stop_after:
                    return made.id
            db.commit()
        return made.id

    def act(self, name: str, ident: uuid.UUID, importer: Any = NOTES) -> bool:
        """Commit or undo an import, as a request does it; a refusal keeps what was written."""
        with Session(self.engine, expire_on_commit=False) as db:
            found = engine.find_import(db, importer, ident)
            if found is None:
                raise NotFound
            try:
                now = self.clock.now()
                return bool(getattr(engine, name)(db, importer, found=found, now=now, actor_id=self.me.id))
            finally:
                db.commit()

    def run_jobs(self, importer: Any = NOTES) -> None:
        """Do all jobs that wait."""
        runner = JobRunner(self.engine, steps.handlers(importer), self.clock, LEASE)
        while runner.run_next():
            pass

    def states(self, ident: uuid.UUID) -> dict[State, int]:
        with Session(self.engine) as db:
            counted = select(NoteRow.state, func.count()).where(NoteRow.import_id == ident).group_by(NoteRow.state)
            return dict(db.execute(counted).all())

    def status(self, ident: uuid.UUID) -> ImportStatus:
        with Session(self.engine) as db:
            return db.get_one(Note, ident).status

    def jobs(self) -> list[Job]:
        with Session(self.engine, expire_on_commit=False) as db:
            return list(db.scalars(select(Job).order_by(Job.id)))


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
            audit.record(
                db, now=desk.clock.now(), actor_id=None, action="stub", subject_kind="note", subject_id=new_id()
            )
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
        taken_back = update(Job).where(Job.id == job.id)  # as the sweep does
        db.execute(taken_back.values(status=JobStatus.WAITING, lease=None))
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
