"""An authority and a learner of its province, and the rows of the manual's figure 7."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from credit.ledger.posting import NewEntry
from models.base import new_id
from models.people import Person, Role, Unit
from tests.api import Api, Reply
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.kept_worlds import KeptWorlds

# hours, credits, category, status: the rows of figure 7, in its order
FIGURE_7 = [
    ("15.0", "2.50", "MUN", "approved"),
    ("15.0", "5.00", "NAT", "approved"),
    ("15.0", "2.50", "PRV", "approved"),
    ("7.5", "2.50", "MUN", "approved"),
    ("15.0", "2.50", "MUN", "approved"),
    ("7.5", "2.50", "MUN", "approved"),
    ("15.0", "2.50", "PRV", "approved"),
    ("15.0", "2.50", "MUN", "approved"),
    ("15.0", "2.50", "MUN", "approved"),
    ("14.0", "13.00", "PRV", "pending"),
]


New = Callable[..., NewEntry]


@pytest.fixture
def person(make: Factories) -> Person:
    """A learner."""
    return make.person()


@pytest.fixture
def new(person: Person, clock: FakeClock) -> New:
    """Makes entries to post: five credits of a national project, unless said otherwise."""

    def build(**facts: Any) -> NewEntry:
        entry: dict[str, Any] = {
            "person_id": person.id,
            "source_kind": "project",
            "source_id": new_id(),
            "category": "NAT",
            "rule_code": "NAT-L",
            "rule_set": "ZJ-LEGACY",
            "rule_set_version": 1,
            "credits": Decimal("5.00"),
            "hours": Decimal("15.0"),
            "activity_on": date(2026, 5, 18),
            "activity_name": "急诊心电图判读新进展",
            "delivery_mode": "培训班",
            "recorded_by_unit": "示范市第一医院",
            "granted_at": clock.now(),
            "actor_id": None,
        }
        return NewEntry(**(entry | facts))

    return build


@dataclass
class CreditScene:
    """Who is there. authority, learner: signed in."""

    api: Api
    make: Factories
    clock: FakeClock
    db: Session
    unit: Unit
    person: Person
    learner: Api
    boss: Person
    authority: Api

    def row(self, place: int = 0, **changes: Any) -> dict[str, Any]:
        """One good row of an import; place tells one activity from another."""
        row = {
            "cme_number": self.person.cme_number,
            "date": "2018-05-18",
            "name": f"示例课程{place}",
            "category": "NAT",
            "activity_type": "个人活动",
            "discipline": "其它",
            "delivery_mode": "远程教育",
            "hours": "15.0",
            "credits": "5.00",
            "recorded_by": "示例机构",
            "status": "approved",
        }
        return {name: value for name, value in (row | changes).items() if value is not None}

    def figure_7(self) -> list[dict[str, Any]]:
        """The rows of figure 7."""
        return [
            self.row(place, hours=hours, credits=credits, category=category, status=status)
            for place, (hours, credits, category, status) in enumerate(FIGURE_7)
        ]

    def preview(self, *rows: dict[str, Any]) -> Reply:
        """Send rows in."""
        return self.authority.post("/credit-imports", {"rows": list(rows)})

    def load(self, *rows: dict[str, Any]) -> str:
        """Send rows in and commit them: the import's id."""
        made = self.preview(*rows)
        assert made.json["errors"] == []
        assert self.authority.post(f"/credit-imports/{made.json['id']}/commit").status_code == 200
        return str(made.json["id"])

    def credits(self, more: str = "", year: int = 2018) -> dict[str, Any]:
        """What the learner sees of a year."""
        reply = self.learner.get(f"/me/credits?from={year}-01-01&to={year}-12-31{more}")
        assert reply.status_code == 200, reply.json
        return dict(reply.json)

    def compliance(self, year: int = 2018) -> dict[str, Any]:
        """The verdict on a year of the learner."""
        reply = self.learner.get(f"/me/compliance?year={year}")
        assert reply.status_code == 200, reply.json
        return dict(reply.json)


@pytest.fixture
def scene(kept: KeptWorlds) -> CreditScene:
    """A province with one hospital."""
    return kept.open("scene of credits", lambda: make_scene(kept))


def make_scene(world: KeptWorlds) -> CreditScene:
    """Make it in an empty database."""
    api, make = world.api, world.make
    unit = make.unit()
    person, boss = make.person(unit=unit), make.staff(Role.AUTHORITY, make.province)
    return CreditScene(api, make, world.clock, world.db, unit, person, api.as_(person), boss, api.as_(boss))
