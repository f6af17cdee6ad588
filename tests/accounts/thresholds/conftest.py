"""A province whose people enrol made-up faces."""

from dataclasses import dataclass
from typing import Any

import pytest

from models.people import Person, Role
from tests.api import Api
from tests.factories import Factories
from tests.fakes import face
from tests.kept_worlds import KeptWorlds

GUARD = [
    {"photos": 1, "accept_at": 0.52, "review_to": 0.6},
    {"photos": 2, "accept_at": 0.505, "review_to": 0.58},
    {"photos": 3, "accept_at": 0.49, "review_to": 0.57},
]
BOTH = "dlib-resnet-v1+human-faceres-3.3.6"


@dataclass
class Town:
    """Who is there. people: each with three photos enrolled; authority: signed in."""

    api: Api
    make: Factories
    authority: Api
    people: list[Person]

    def grow(self, count: int) -> None:
        """So many more people enrol."""
        self.people += enrol(self.api, self.make, count, start=len(self.people))


@pytest.fixture
def town(kept: KeptWorlds) -> Town:
    """49 people, one less than it takes for thresholds of their own."""
    return kept.open("town", lambda: make_town(kept.api, kept.make, 49))


def make_town(api: Api, make: Factories, count: int) -> Town:
    make.face_law()
    authority = api.as_(make.staff(Role.AUTHORITY, make.province))
    return Town(api, make, authority, enrol(api, make, count))


def enrol(api: Api, make: Factories, count: int, *, start: int = 0) -> list[Person]:
    """So many different people with three photos each."""
    unit = make.unit()
    people = [make.person(unit=unit) for _ in range(count)]
    for number, person in enumerate(people, start):
        photos = [face(f"p{number}", off=off) for off in (0.0, 0.15, 0.3)]
        assert api.as_(person).enrol(*photos).status_code == 201
    return people


def policy(api: Api) -> dict[str, Any]:
    reply = api.get("/face-policy")
    assert reply.status_code == 200
    return dict(reply.json)
