"""The service that the browser talks to: real processes, the real face engine, and the built client."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apiflask import APIFlask

from accounts.sign_in import sign_ins
from foundation.clock import SystemClock
from models.people import Person
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.callers.tokens import TokenPair, issue
from service.edge.components import components
from service.edge.database import db as flask_db
from tests.fakes import FakeEngine, RecordingGateway
from tests.journeys.phone import await_ready
from tests.service.running.running_service import running

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Served:
    """A running service. app: the same service in this process, on the same data, with which tests make theirs."""

    base_url: str
    settings: Settings
    app: APIFlask

    def new_tokens(self, person: Person) -> TokenPair:
        """Begin a sign-in of somebody."""
        with self.app.test_request_context():
            account = sign_ins.find_account(flask_db.session(), person_id=person.id)
            assert account is not None
            now = components().clock.now()
            began = sign_ins.start(flask_db.session(), account=account, method="sms", now=now)
            pair = issue(began, account)
            flask_db.session.commit()
            flask_db.session.remove()
        return pair


def built_client() -> tuple[str, str]:
    """Build the web client where it isn't built, and return its folder; where it can't be built none, and why not."""
    command = [ROOT / "scripts" / "build-web", sys.prefix]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    return done.stdout.strip(), done.stderr.strip().rpartition("\n")[2]


@contextlib.contextmanager
def serving(client: str, var: Path, database_url: str) -> Iterator[Served]:
    """Run the service with this build of the client, on an empty data folder and an empty database."""
    options = {"DEMO": "1", "FACE_WORKERS": "1", "WEB_WORKERS": "1", "WEB_FOLDER": client}
    with running("service.run", var, **options, DATABASE_URL=database_url) as process:
        await_ready(process)
        with beside(Settings(var=var, database_url=database_url, port=process.port, demo=True)) as served:
            yield served


@contextlib.contextmanager
def beside(settings: Settings) -> Iterator[Served]:
    """Build the service in this process too, on the data of one that runs."""
    app = create_app(settings, clock=SystemClock(), engine=FakeEngine(), sms=RecordingGateway())
    yield Served(settings.base_url, settings, app)
    with app.app_context():
        flask_db.session.remove()
        flask_db.engine.dispose()
