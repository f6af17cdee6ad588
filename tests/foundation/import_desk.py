"""An import whose rows only say what they are, and a desk that takes its steps."""

import enum
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, ForeignKey, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from foundation.errors import NotFound
from foundation.imports import engine, steps
from foundation.imports.importers import PORTION, Claim, Importer, RowPass
from models.base import UtcDateTime, new_id, words
from models.imports import ImportColumns, ImportRowColumns, ImportStatus
from models.jobs import Job
from models.people import Person
from service.running.job_runner import JobRunner
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
