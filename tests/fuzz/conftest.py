"""A world for the fuzzers, and how hypothesis runs here."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from service.configuration.settings import Settings
from tests.api import Api
from tests.choosing import share_of_examples
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.fuzz.bounded import Share
from tests.fuzz.world import AnyPhotoEngine, World, make_world

FRESH = timedelta(minutes=3)  # tokens are of the clock's time, which must not lie far behind the real one


@pytest.fixture(autouse=True, scope="session")
def _share(pytestconfig: pytest.Config) -> None:
    """Run the share of examples that this run has; `--full` all of them."""
    Share.one_in = share_of_examples(pytestconfig)


@pytest.fixture
def engine() -> AnyPhotoEngine:
    """An engine that sees a face in almost any bytes."""
    return AnyPhotoEngine()


@dataclass(frozen=True)
class KeptWorld:
    """A world, when it was made, and the SQLite file with it as it was then."""

    world: World
    made_at: datetime
    file: Path


@pytest.fixture(scope="session")
def kept_worlds() -> list[KeptWorld]:
    """The worlds that a worker has made, the newest last: to make one takes a second, to copy it none."""
    return []


@pytest.fixture
def world(
    make: Factories,
    api: Api,
    db: Session,
    clock: FakeClock,
    settings: Settings,
    kept_worlds: list[KeptWorld],
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """One of everything."""
    if not settings.database.startswith("sqlite"):
        return make_world(make, api, db, clock)
    file = Path(settings.database.removeprefix("sqlite:///"))
    if kept_worlds and clock.now() - kept_worlds[-1].made_at < FRESH:
        kept = kept_worlds[-1]
        assert not file.with_name(f"{file.name}-wal").exists()  # nobody has opened the test's own file yet
        clock.set(kept.made_at)
        shutil.copy(kept.file, file)
        return kept.world
    kept = KeptWorld(make_world(make, api, db, clock), clock.now(), tmp_path_factory.mktemp("world") / "world.db")
    with closing(sqlite3.connect(file)) as made, closing(sqlite3.connect(kept.file)) as copy:
        made.backup(copy)
    kept_worlds.append(kept)
    return kept.world
