"""Worlds that many tests begin with: a worker makes each once, and every other test has a copy of its database.

To make one takes 10 to 2,000 milliseconds, to copy it one. What a test gets is never what another test had: it is read
back as it was made, and bound to the database, the clock and the factories of the test.
"""

import io
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy.orm import Session

from models import Base
from service.configuration.settings import Settings
from tests.api import Api
from tests.databases import Place
from tests.factories import Factories
from tests.fakes import FakeClock

T = TypeVar("T")
_FRESH = timedelta(minutes=3)  # tokens are of the clock's time, which must not lie far behind the real one
_Key = tuple[str, str]


@dataclass(frozen=True)
class _Kept:
    """A world as it was made. folder: its database and files; rows, world: pickled; number: of the factories' next."""

    made_at: datetime
    folder: Path
    rows: bytes
    world: bytes
    number: int


class Shelf:
    """The worlds that a worker has made."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        """new_folder: makes one for a copy of a database."""
        self.new_folder = new_folder
        self._kept: dict[_Key, _Kept] = {}

    def find(self, key: _Key, now: datetime) -> _Kept | None:
        """Return a world of this time; None where there is none."""
        found = self._kept.get(key)
        return found if found is not None and abs(now - found.made_at) < _FRESH else None

    def put(self, key: _Key, kept: _Kept) -> None:
        """Keep a world, in place of the one before."""
        self._kept[key] = kept


@dataclass(frozen=True)
class KeptWorlds:
    """Opens worlds for one test."""

    shelf: Shelf
    place: Place
    settings: Settings
    api: Api
    make: Factories
    clock: FakeClock
    db: Session

    def open(self, name: str, make_world: Callable[[], T]) -> T:
        """Return what `make_world` makes: from the copy, where this worker has made it under the same settings.

        A world is made in place where the test has used its database before, and on PostgreSQL.
        """
        if self.place.is_open or not self.settings.database.startswith("sqlite"):
            return make_world()
        key = name, repr(self.settings.model_dump(exclude={"var", "database_url"}))
        file = Path(self.settings.database.removeprefix("sqlite:///"))
        kept = self.shelf.find(key, self.clock.now())
        if kept is not None:
            return self._read_back(kept, file)
        made = make_world()
        self.shelf.put(key, self._keep(made, file))
        return made

    @property
    def _own(self) -> tuple[object, ...]:
        """What a world has of its test."""
        return self.db, self.clock, self.make, self.api.app

    def _keep(self, made: object, file: Path) -> _Kept:
        folder = self.shelf.new_folder()
        with closing(sqlite3.connect(file)) as of_test, closing(sqlite3.connect(folder / file.name)) as kept:
            of_test.backup(kept)
            kept.execute("PRAGMA journal_mode=WAL").close()
        for each in self.settings.var.iterdir():
            if each.is_dir() and each.name != "keys":  # files that were sent in
                shutil.copytree(each, folder / each.name)
        root, number = self.make.state
        written = io.BytesIO()
        pickler = _Pickler(written, self._own, [] if root is None else [root])
        pickler.dump((root, made))
        return _Kept(self.clock.now(), folder, pickle.dumps(pickler.rows), written.getvalue(), number)

    def _read_back(self, kept: _Kept, file: Path) -> Any:
        shutil.copytree(kept.folder, self.settings.var, dirs_exist_ok=True)
        self.place.is_open = True  # another world would take this one's place
        self.clock.set(kept.made_at)
        rows: list[Base] = pickle.loads(kept.rows)  # noqa: S301 - what this process has pickled
        self.db.add_all(rows)
        root, made = _Unpickler(io.BytesIO(kept.world), self._own, rows).load()
        self.make.go_on(root, kept.number)
        return made


class _Pickler(pickle.Pickler):
    """Writes a world without its rows, and without what belongs to the test."""

    def __init__(self, file: io.BytesIO, own: tuple[object, ...], rows: list[Base]) -> None:
        super().__init__(file)
        self._own, self.rows = own, rows

    def persistent_id(self, thing: object) -> tuple[str, int] | None:
        """Return the place of a row, or of what is the test's."""
        if isinstance(thing, Base):
            if thing not in self.rows:
                self.rows.append(thing)
            return "row", self.rows.index(thing)
        return next((("own", place) for place, each in enumerate(self._own) if thing is each), None)


class _Unpickler(pickle.Unpickler):
    """Reads a world, with the rows and what belongs to the test that opens it."""

    def __init__(self, file: io.BytesIO, own: tuple[object, ...], rows: Sequence[Base]) -> None:
        super().__init__(file)
        self._found = {"own": own, "row": rows}

    def persistent_load(self, place: tuple[str, int]) -> object:
        """Return what lies there."""
        kind, number = place
        return self._found[kind][number]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The worlds that this worker has made."""
    return Shelf(lambda: tmp_path_factory.mktemp("world"))


@pytest.fixture
def kept(
    shelf: Shelf, whereabouts: Place, settings: Settings, api: Api, make: Factories, clock: FakeClock, db: Session
) -> KeptWorlds:
    """Opens a world that many tests begin with."""
    return KeptWorlds(shelf, whereabouts, settings, api, make, clock, db)
