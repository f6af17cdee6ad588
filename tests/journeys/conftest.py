"""A service that runs as processes, on a database of its own."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from models.base import new_id
from service.configuration.settings import Settings
from tests.databases import BLANK, copied_database, copy_blank
from tests.journeys.phone import Phone, await_ready
from tests.service.running.running_service import running


@dataclass
class Demo:
    """A running demo, its organizer, and the session that is open."""

    settings: Settings
    base_url: str
    told: dict[str, Any]
    organizer: Phone
    session: str
    opened: contextlib.ExitStack

    def screen(self, session: str | None = None) -> str:
        """What the venue shows now."""
        return str(self.organizer.call("GET", f"/sessions/{session or self.session}/qr").json()["url"])

    def sign_in(self, account: dict[str, str]) -> Phone:
        """Somebody whom the demo told of, signed in for the first time."""
        with Phone(self.base_url) as nobody:
            return self.opened.enter_context(nobody.sign_in(account))

    def learner(self, place: int) -> Phone:
        return self.sign_in(self.told["learners"][place])

    def ticket(self, who: Phone) -> str:
        reply = who.ticket(self.screen())
        assert reply.status_code == 201, reply.text
        return str(reply.json()["ticket"])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Demo]:
    """`scripts/serve --demo`, once it is ready; for the tests of one module, which know whose face is enrolled.

    It is started here, or it runs already, on its initial data (scripts/test-on-debian).
    """
    with contextlib.ExitStack() as opened:
        running_already: Path | None = request.config.getoption("--running-demo")
        if running_already:
            settings = Settings(var=running_already)
        else:
            var = tmp_path_factory.mktemp("demo") / "var"
            environment = opened.enter_context(an_empty_database(request.getfixturevalue("database")))
            options = {"DEMO": "1", "FACE_WORKERS": "1", "WEB_WORKERS": "2"} | environment
            await_ready(opened.enter_context(running("service.run", var, **options)))
            settings = Settings(var=var, database_url=environment["DATABASE_URL"])
        told = json.loads((settings.var / "demo.json").read_text())
        nobody = opened.enter_context(Phone(told["base_url"]))
        organizer = opened.enter_context(nobody.sign_in(told["organizer"]))
        rotating = next(each["id"] for each in told["sessions"] if each["qr_mode"] == "rotating")
        yield Demo(settings, told["base_url"], told, organizer, rotating, opened)


@pytest.fixture
def empty_database(database: str) -> Iterator[dict[str, str]]:
    """The environment that gives a service an empty database of its own."""
    with an_empty_database(database) as environment:
        yield environment


@contextlib.contextmanager
def an_empty_database(database: str) -> Iterator[dict[str, str]]:
    """A migrated SQLite file, or a migrated database on the suite's PostgreSQL: to migrate takes a service seconds."""
    if database.startswith("sqlite"):
        with tempfile.TemporaryDirectory(prefix="cme-journey-") as folder:
            yield {"DATABASE_URL": f"sqlite:///{copy_blank(database, Path(folder))}"}
        return
    name = f"journey_{new_id().hex}"
    copy = copied_database(database, name, BLANK)
    server = create_engine(database, isolation_level="AUTOCOMMIT")
    try:
        yield {"DATABASE_URL": copy}
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
