"""Processes killed in the middle of a load: what was acknowledged is there, once, and the service goes on."""

import os
import random
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from attendance.sessions.venue_codes import VenueCodes
from models.attendance import CheckIn, CheckInStatus
from models.projects import Session as VenueSession
from service.app import create_app
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from service.edge.database import prepare_engine
from service.edge.migrating import migrate
from tests.api import Api, new_key
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine, RecordingGateway, face
from tests.journeys.phone import Phone, await_ready
from tests.service.running.running_service import GUARD_SECONDS, RunningService, free_port, running, until

pytestmark = pytest.mark.slow

SERVICE = "tests.journeys.fast_service"
PUBLIC_URL = "http://venue.test"
PEOPLE, SESSIONS, PHONES = 20, 8, 8


@dataclass(frozen=True)
class Wanted:
    """One check-in that somebody wants to make."""

    name: str
    token: str
    session: VenueSession


@dataclass
class Ledger:
    """What the phones were told, while they were told it."""

    told: dict[Wanted, list[tuple[str, str]]] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    broken_off: int = 0

    def note(self, wanted: Wanted, reply: httpx.Response) -> None:
        with self.changed:
            self.told.setdefault(wanted, []).append((reply.json()["id"], reply.json()["receipt"]))
            self.changed.notify_all()

    def wait_for(self, acknowledged: int) -> None:
        with self.changed:
            enough = self.changed.wait_for(lambda: len(self.told) >= acknowledged, GUARD_SECONDS)
        assert enough, f"{len(self.told)} check-ins of {acknowledged} in {GUARD_SECONDS} s"


class Venue:
    """People with faces and sessions that are open, in the data folder of a service that isn't running."""

    def __init__(self, var: Path, environment: dict[str, str]) -> None:
        self.var, self.environment, self.port = var, environment, free_port()
        url = environment["DATABASE_URL"]
        self.settings = Settings(var=var, database_url=url, public_url=PUBLIC_URL)
        migrate(self.settings)
        self.codes = VenueCodes(load_keys(self.settings).venue, self.settings.base_url)
        self.wanted = self._fill()

    def _fill(self) -> list[Wanted]:
        clock = FakeClock(datetime.now(UTC))
        app = create_app(self.settings, clock=clock, engine=FakeEngine(), sms=RecordingGateway())
        with self.reading() as db:
            make = Factories(app, db, clock)
            make.face_law()
            unit = make.unit()
            project = make.project(unit=unit, organizer=make.organizer(unit))
            wide = {"in_opens_at": clock.now() - timedelta(hours=1), "in_closes_at": clock.now() + timedelta(hours=5)}
            sessions = [make.session(project, short_code=f"open{n:04d}", **wide) for n in range(SESSIONS)]
            tokens = {}
            for n in range(PEOPLE):
                person = make.person(unit=unit)
                make.on_roster(project, person)
                client = Api(app).as_(person)
                assert client.enrol(face(f"person {n}")).status_code == 201
                tokens[f"person {n}"] = str(client.token)
        with app.app_context():
            flask_db.engine.dispose()
        return [Wanted(name, token, each) for each in sessions for name, token in tokens.items()]

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A database session beside the service."""
        engine = create_engine(self.settings.database)
        prepare_engine(engine)
        try:
            with Session(engine, expire_on_commit=False) as db:
                yield db
        finally:
            engine.dispose()

    @contextmanager
    def serving(self) -> Iterator[RunningService]:
        """The service, once it is ready, with two workers of each kind."""
        workers = {"WEB_WORKERS": "2", "WEB_THREADS": "40", "FACE_WORKERS": "2", "PUBLIC_URL": PUBLIC_URL}
        with running(SERVICE, self.var, PORT=str(self.port), **self.environment, **workers) as service:
            await_ready(service)
            yield service

    def shown(self, session: VenueSession) -> str:
        return self.codes.show(session, datetime.now(UTC)).url


@pytest.fixture
def venue(tmp_path: Path, empty_database: dict[str, str]) -> Venue:
    """A venue of its own for each test."""
    return Venue(tmp_path / "var", empty_database)


def test_killed_workers_lose_no_acknowledged_check_in(venue: Venue) -> None:
    ledger = Ledger()
    chance = random.Random(3)  # noqa: S311 - which worker, not a secret
    with venue.serving() as service, load(venue, ledger):
        for acknowledged in range(20, len(venue.wanted) - 20, 20):
            ledger.wait_for(acknowledged)
            for workers in (service.web_workers(), service.face_workers()):
                with suppress(psutil.NoSuchProcess, IndexError):
                    chance.choice(workers).send_signal(signal.SIGKILL)
        ledger.wait_for(len(venue.wanted))
        until(lambda: service.call("GET", "/readyz")[0] == 200, "the service is ready again")
        until(lambda: len(service.web_workers()) == len(service.face_workers()) == 2, "all workers are back")
    assert ledger.broken_off > 0  # else nobody noticed the killing, and nothing was tried
    assert_told_once(venue, ledger)


def test_a_service_killed_whole_loses_no_acknowledged_check_in(venue: Venue) -> None:
    ledger = Ledger()
    with load(venue, ledger):
        for share in (4, 2):  # after a quarter, and again after half of it
            with venue.serving() as service:
                ledger.wait_for(len(venue.wanted) // share)
                kill_all(service)
            assert_told_once(venue, ledger)
        with venue.serving():
            ledger.wait_for(len(venue.wanted))
    assert ledger.broken_off > 0
    assert_told_once(venue, ledger)
    with venue.reading() as db:
        assert len(db.scalars(select(CheckIn.id)).all()) == len(venue.wanted)


@contextmanager
def load(venue: Venue, ledger: Ledger) -> Iterator[None]:
    """Phones that check in one after the other until each check-in was acknowledged, whatever it takes."""
    queue = iter(venue.wanted)
    turn, stop = threading.Lock(), threading.Event()

    def phone() -> None:
        while not stop.is_set():
            with turn:
                wanted = next(queue, None)
            if wanted is None:
                return
            insist(venue, ledger, wanted, stop)

    with ThreadPoolExecutor(PHONES) as phones:
        working = [phones.submit(phone) for _ in range(PHONES)]
        try:
            yield
        finally:
            stop.set()
    for each in working:
        each.result(GUARD_SECONDS)


def insist(venue: Venue, ledger: Ledger, wanted: Wanted, stop: threading.Event) -> None:
    """Check in as an app does: the same request under the same key until there is an answer."""
    ticket, key = "", new_key()
    while not stop.is_set():
        try:
            with Phone(f"http://127.0.0.1:{venue.port}", wanted.token) as who:
                if not ticket:
                    given = who.ticket(venue.shown(wanted.session))
                    assert given.status_code in (201, 503), given.text
                    ticket = given.json().get("ticket", "")
                    continue
                reply = who.check_in(ticket, face(wanted.name), key)
        except httpx.TransportError:
            ledger.broken_off += 1
            stop.wait(0.2)  # nobody listens for a moment, and who is starting needs the processors
            continue
        assert reply.status_code in (200, 201, 503), reply.text
        if reply.status_code != 503:
            ledger.note(wanted, reply)
            return


def kill_all(service: RunningService) -> None:
    """Kill every process of a service as fast as the kernel takes it."""
    family = [service.process, *service.process.children(recursive=True)]
    for each in family:
        with suppress(ProcessLookupError):
            os.kill(each.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, GUARD_SECONDS)
    assert alive == []


def assert_told_once(venue: Venue, ledger: Ledger) -> None:
    """Whatever a phone was told stands in the database, with that very receipt, and nothing stands there twice."""
    with venue.reading() as db:
        found = db.scalars(select(CheckIn)).all()
    with ledger.changed:
        told = [pair for pairs in ledger.told.values() for pair in pairs]
    assert set(told) <= {(str(row.id), row.receipt) for row in found}
    assert len(told) == len(set(told)) == len(ledger.told)
    assert len(found) == len({(row.session_id, row.person_id, row.direction) for row in found})
    assert {row.status for row in found} == {CheckInStatus.PRESENT}
