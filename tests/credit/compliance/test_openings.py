"""Which open projects would fill what a year still misses (X-4)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from foundation.clock import day_at_home
from models.people import Person
from models.projects import Project, ProjectStatus
from tests.credit.conftest import CreditScene


@pytest.fixture
def organizer(scene: CreditScene) -> Person:
    """Who holds the projects."""
    return scene.make.organizer(scene.unit)


def project(scene: CreditScene, organizer: Person, **facts: Any) -> Project:
    facts = {"status": ProjectStatus.ANNOUNCED, "category": "NAT", "credits": Decimal("5.00")} | facts
    return scene.make.project(unit=scene.unit, organizer=organizer, **facts)


def openings(scene: CreditScene, year: int) -> dict[str, list[str]]:
    reply = scene.learner.get(f"/me/compliance/openings?year={year}")
    assert reply.status_code == 200
    return {item["id"]: item["fills"] for item in reply.json["items"]}


def test_open_projects_of_the_classes_that_are_short_are_offered(scene: CreditScene, organizer: Person) -> None:
    day = day_at_home(scene.clock.now())
    year = (day + timedelta(days=3)).year
    national = project(scene, organizer)
    municipal = project(scene, organizer, category="MUN")
    project(scene, organizer, category="OTH")
    assert openings(scene, year) == {
        str(national.id): ["class_I", "credits"],
        str(municipal.id): ["class_II", "credits"],
    }
    scene.load(scene.row(date=str(day), credits="5.00", hours="15.0"))
    if day.year == year:  # class I is met now
        assert openings(scene, year) == {str(municipal.id): ["class_II", "credits"]}


@pytest.mark.parametrize(
    "facts",
    [
        {"status": ProjectStatus.DRAFT},
        {"status": ProjectStatus.ENDED},
        {"credits": Decimal(0)},
        {"starts_on": -9, "ends_on": -8},
        {"starts_on": 800, "ends_on": 801},
    ],
)
def test_what_is_not_open_or_gives_nothing_is_not_offered(
    scene: CreditScene, organizer: Person, facts: dict[str, Any]
) -> None:
    day = day_at_home(scene.clock.now())
    dated = {name: day + timedelta(days=value) if isinstance(value, int) else value for name, value in facts.items()}
    project(scene, organizer, **dated)
    assert openings(scene, (day + timedelta(days=3)).year) == {}


def test_projects_where_one_is_expected_already_are_not_offered(scene: CreditScene, organizer: Person) -> None:
    mine = project(scene, organizer)
    scene.make.on_roster(mine, scene.person)
    assert openings(scene, mine.ends_on.year) == {}


def test_nothing_is_offered_where_nothing_is_missing(scene: CreditScene, organizer: Person) -> None:
    opened = project(scene, organizer)
    day = day_at_home(scene.clock.now())
    rows = [scene.row(place, date=str(day), category="MUN", credits="20.00") for place in range(2)]
    scene.load(*rows, scene.row(9, date=str(day), category="PRV", credits="10.00"))
    if opened.ends_on.year == day.year:
        assert openings(scene, day.year) == {}


def test_openings_come_in_pages_the_first_to_end_first(scene: CreditScene, organizer: Person) -> None:
    day = day_at_home(scene.clock.now())
    ends = [day + timedelta(days=1), day, day]
    made = [project(scene, organizer, name=f"项目{place}", ends_on=end) for place, end in enumerate(ends)]
    path = f"/me/compliance/openings?year={day.year}&limit=1"
    seen, cursor = [], ""
    while True:
        page = scene.learner.get(path + cursor).json
        seen += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    same_year = [each for each in made if each.ends_on.year == day.year]
    assert seen == [each.name for each in sorted(same_year, key=lambda each: (each.ends_on, each.id))]
