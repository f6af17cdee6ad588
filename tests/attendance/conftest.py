"""A venue with its organizer, a project and an open session; learners who are expected there."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.people import Person, Unit
from models.projects import Project
from models.projects import Session as VenueSession
from tests.api import Api, Reply
from tests.attendance.courses import course  # noqa: F401 - a fixture
from tests.factories import Factories
from tests.fakes import FakeClock, face
from tests.kept_worlds import KeptWorlds


@dataclass
class Scene:
    """What most tests of attendance begin with."""

    api: Api
    make: Factories
    clock: FakeClock
    db: Session
    unit: Unit
    organizer: Person
    project: Project
    session: VenueSession
    staff: Api
    people: dict[str, Person] = field(default_factory=dict)

    def learner(self, name: str, *, is_expected: bool = True, is_enrolled: bool = True) -> Api:
        """A learner whose usual photo is `face(name)`."""
        person = self.make.person(unit=self.unit, name=name)
        self.people[name] = person
        if is_expected:
            self.make.on_roster(self.project, person)
        client = self.api.as_(person)
        if is_enrolled:
            assert client.enrol(face(name)).status_code == 201
        return client

    def shown(self, session: VenueSession | None = None) -> str:
        """What the screen shows now."""
        reply = self.staff.get(f"/sessions/{(session or self.session).id}/qr")
        assert reply.status_code == 200
        return str(reply.json["url"])

    def ask(self, who: Api, session: VenueSession | None = None, **more: Any) -> Reply:
        """Scan what the screen shows."""
        return who.post("/check-in-tickets", {"qr": self.shown(session), **more})

    def ticket(self, who: Api, session: VenueSession | None = None, **more: Any) -> str:
        """A ticket for what the screen shows."""
        reply = self.ask(who, session, **more)
        assert reply.status_code == 201, reply.json
        return str(reply.json["ticket"])

    def check_in(self, who: Api, *photos: bytes, ticket: str | None = None, **more: Any) -> Reply:
        """Show one's face, with a fresh ticket if none is given."""
        return who.send_photos("/check-ins", photos, ticket=ticket or self.ticket(who), **more)


@pytest.fixture
def scene(kept: KeptWorlds) -> Scene:
    """A venue at eight in the morning, so to speak: its session begins in ten minutes."""
    return kept.open("scene of attendance", lambda: make_scene(kept))


def make_scene(world: KeptWorlds) -> Scene:
    """Make it in an empty database."""
    api, make = world.api, world.make
    make.face_law()
    unit = make.unit()
    organizer = make.organizer(unit)
    project = make.project(unit=unit, organizer=organizer)
    session = make.session(project)
    return Scene(api, make, world.clock, world.db, unit, organizer, project, session, api.as_(organizer))


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine's own time zone, which must not matter."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()
