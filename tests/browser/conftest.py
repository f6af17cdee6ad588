"""A browser and a service for the tests of pages; each test has devices of its own, and makes its people and projects.

The tests need a Chromium: the one that CHROMIUM names, or Debian's (`scripts/test --install-browser`), and the built
client. Where one is missing they are left out and say why; under continuous integration (CI=true) they fail.
"""

import os
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from foundation.clock import SystemClock
from tests.api import Api
from tests.attendance.courses import Course, course  # noqa: F401 - a fixture
from tests.browser.chromium import find_chromium, launch
from tests.browser.devices import Device
from tests.browser.films import Camera
from tests.browser.served import Served, built_client, serving
from tests.browser.venue import Venue, open_venue
from tests.databases import Place, copy_blank
from tests.factories import Factories
from tests.kept_worlds import KeptWorlds, Shelf

_FOLDER = Path(__file__).parent

NewDevice = Callable[..., Device]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests in this folder: they take long, and prove nothing about the database."""
    for item in items:
        if _FOLDER in item.path.parents:
            for mark in ("browser", "slow", "either_database"):
                item.add_marker(mark)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell what the devices of a test that failed showed, and in one line what all that were left out lacked."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        report.longrepr = (str(_FOLDER), 1, report.longrepr[2])
    if report.failed and report.when == "call":
        for number, each in enumerate(getattr(item, "funcargs", {}).get("devices", ()), start=1):
            report.sections.append((f"device {number}", "\n".join([each.describe(), *each.faults])))
    return report


def _without(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{why}; these tests must not be left out here", pytrace=False)
    pytest.skip(why)


@pytest.fixture(scope="package")
def chromium() -> str:
    """The path of a Chromium."""
    found = find_chromium()
    if not found:
        _without("no Chromium: scripts/test --install-browser, or name one in CHROMIUM")
    return str(found)


@pytest.fixture(scope="package")
def served(chromium: str, blank_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service, with the client, for all tests of this worker."""
    client, said = built_client()
    if not client:
        _without(said)
    var = tmp_path_factory.mktemp("browser") / "var"
    database = copy_blank(f"sqlite:///{blank_file}", tmp_path_factory.mktemp("database"))
    with serving(client, var, f"sqlite:///{database}") as made:
        yield made


@pytest.fixture(scope="package")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """The camera of all devices; it shows a wall until a test shows it something."""
    return Camera(tmp_path_factory.mktemp("camera"))


@pytest.fixture(scope="package")
def browser(chromium: str, camera: Camera) -> Iterator[Browser]:
    """Chromium, for all tests of this worker. It ends with the last of them: its loop would be in others' way."""
    with sync_playwright() as play:
        opened = launch(play, chromium, camera.file)
        yield opened
        opened.close()


@pytest.fixture
def devices(camera: Camera) -> Iterator[list[Device]]:
    """The devices of a test; each is closed after it, and what its pages did wrong fails the test."""
    camera.show_wall()
    made: list[Device] = []
    yield made
    for each in made:
        each.context.close()
    faults = [fault for each in made for fault in each.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def new_device(browser: Browser, served: Served, devices: list[Device]) -> NewDevice:
    """Makes a phone, or whatever its options say."""

    def make(**options: Any) -> Device:
        devices.append(Device(browser, served, **options))
        return devices[-1]

    return make


@pytest.fixture
def phone(new_device: NewDevice) -> Device:
    """A phone in Chinese on which nobody is signed in."""
    return new_device()


@pytest.fixture
def venue(course: Course, served: Served, camera: Camera) -> Iterator[Venue]:  # noqa: F811 - it is the fixture
    """A session that is open now, and the camera that sees its screen."""
    made = open_venue(course, served, camera)
    yield made
    made.close()


# --- What the factories and `api` work with: the data of the service that runs.


@pytest.fixture
def clock() -> SystemClock:
    """The real time: the service is another process."""
    return SystemClock()


@pytest.fixture
def app(served: Served) -> APIFlask:
    """The service in this process, on the same data."""
    return served.app


@pytest.fixture(scope="package")
def numbers() -> Iterator[int]:
    """The first number of the people of each test: all tests of a worker share one database."""
    return count(1, 100)


@pytest.fixture
def make(app: APIFlask, db: Session, clock: SystemClock, numbers: Iterator[int]) -> Factories:
    """Makes units, people, projects and sessions, beside those of the demo."""
    made = Factories(app, db, clock)
    made.go_on(None, next(numbers))
    return made


@pytest.fixture
def kept(served: Served, api: Api, make: Factories, clock: Any, db: Session) -> KeptWorlds:
    """Makes a world beside those that are there: no copy takes the place of the database of a service that runs."""
    place = Place()
    place.is_open = True
    return KeptWorlds(Shelf(Path), place, served.settings, api, make, clock, db)


@pytest.fixture(scope="package")
def engine_beside(served: Served) -> Iterator[Engine]:
    """An engine of the tests' own, beside the service's."""
    engine = create_engine(served.settings.database, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()
