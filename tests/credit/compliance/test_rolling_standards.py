"""Ten national credits in five years, for provincial units and tertiary hospitals: data, and off at first."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from credit.compliance.judging import Absence, Result, judge, roll
from credit.rules.rule_book import packaged
from foundation.clock import day_at_home
from models.edge import AuditEntry
from models.people import Person, Role
from tests.attendance.projects.lists import statements
from tests.credit.compliance.compliance import LEGACY, line
from tests.credit.conftest import CreditScene
from tests.credit.rules.rule_sets import choose, publish

NAT5 = LEGACY.rolling[0]


def standard_on(scene: CreditScene, year: int, **changes: Any) -> None:
    """Publish the next version with the standard switched on, and choose it for a year."""
    content = packaged()["ZJ-LEGACY", 1].model_dump(mode="json", by_alias=True) | {"version": 2}
    content["rolling"][0] |= {"is_on": True, **changes}
    publish(scene, content)
    assert choose(scene, "ZJ-LEGACY", 2, f"{year}-01-01").status_code == 201


def grade(scene: CreditScene, grade: str | None = "tertiary") -> None:
    reply = scene.authority.put(f"/units/{scene.person.unit_id}/grade", {"grade": grade, "reason": "三级甲等医院"})
    assert (reply.status_code, reply.json["grade"]) == (200, grade)


@pytest.fixture
def year(scene: CreditScene) -> int:
    """The running year."""
    return day_at_home(scene.clock.now()).year


def test_the_packaged_rules_name_it_and_ask_nobody_for_it(scene: CreditScene, year: int) -> None:
    assert (NAT5.category, NAT5.years, NAT5.credits, NAT5.is_on) == ("NAT", 5, Decimal("10.00"), False)
    grade(scene)
    assert set(scene.compliance(year)["required"]) == {"credits", "class_I", "class_II"}


def test_once_on_it_is_asked_of_graded_units_alone_and_shown_beside_the_years_standard(
    scene: CreditScene, year: int
) -> None:
    standard_on(scene, year)
    assert "rolling_NAT5" not in scene.compliance(year)["required"]
    grade(scene)
    shown = scene.compliance(year)
    assert (shown["required"]["rolling_NAT5"], shown["have"]["rolling_NAT5"]) == ("10.00", "0.00")
    assert shown["missing"]["rolling_NAT5"] == "10.00"
    assert "rolling_NAT5" not in scene.compliance(year - 1)["required"]
    grade(scene, None)
    assert "rolling_NAT5" not in scene.compliance(year)["required"]


def test_a_grade_of_a_unit_above_holds_for_those_below(scene: CreditScene, year: int) -> None:
    standard_on(scene, year)
    grade(scene)
    department = scene.make.unit(parent=scene.unit, name="急诊科")
    learner = scene.api.as_(scene.make.person(unit=department))
    assert learner.get(f"/me/compliance?year={year}").json["missing"]["rolling_NAT5"] == "10.00"


def test_credits_of_five_years_fill_it_and_older_ones_and_other_categories_do_not(
    scene: CreditScene, year: int
) -> None:
    standard_on(scene, year)
    grade(scene)
    scene.load(scene.row(1, date=f"{year - 4}-01-01", delivery_mode="培训班"))
    scene.load(scene.row(2, date=f"{year - 5}-12-31", delivery_mode="培训班"))
    scene.load(scene.row(3, date=f"{year - 1}-06-01", category="PRV"))
    scene.load(scene.row(4, date=f"{year - 1}-07-01", status="pending"))
    assert scene.compliance(year)["missing"]["rolling_NAT5"] == "5.00"
    scene.load(scene.row(5, date=f"{year}-01-01", delivery_mode="培训班"))
    shown = scene.compliance(year)
    assert (shown["have"]["rolling_NAT5"], "rolling_NAT5" in shown["missing"]) == ("10.00", False)
    assert (shown["result"], [item["date"][:4] for item in shown["items"]]) == ("not_met", [str(year)])


def test_open_projects_of_the_category_are_offered_for_it(scene: CreditScene, year: int) -> None:
    standard_on(scene, year)
    grade(scene)
    organizer = scene.make.organizer(scene.unit)
    for category in ("NAT", "PRV"):
        scene.make.project(
            unit=scene.unit, organizer=organizer, category=category, credits=Decimal(5), status="announced",
            starts_on=date(year, 1, 1), ends_on=date(year, 12, 31),
        )  # fmt: skip
    shown = scene.learner.get(f"/me/compliance/openings?year={year}").json["items"]
    fills = {item["category"]: item["fills"] for item in shown}
    assert fills == {"NAT": ["class_I", "credits", "rolling_NAT5"], "PRV": ["class_I", "credits"]}


def test_the_statements_of_a_verdict_do_not_grow_with_the_years(scene: CreditScene, year: int) -> None:
    standard_on(scene, year)
    grade(scene)
    counts = []
    for size in (1, 6):
        scene.load(*[scene.row(size * 10 + back, date=f"{year - back}-01-01") for back in range(min(size, 5))])
        with statements(scene.api) as seen:
            scene.compliance(year)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_only_the_authority_above_says_what_a_unit_is_and_it_is_audited(scene: CreditScene) -> None:
    path, body = f"/units/{scene.unit.id}/grade", {"grade": "tertiary", "reason": "三级甲等医院"}
    elsewhere = scene.make.staff(Role.AUTHORITY, scene.make.unit(name="他市"))
    asked: list[tuple[Person, int]] = [
        (scene.make.staff(Role.UNIT_ADMIN, scene.unit), 403), (scene.make.organizer(scene.unit), 403),
        (scene.person, 403), (elsewhere, 404), (scene.make.staff(Role.SYSTEM_ADMIN, scene.make.province), 200),
    ]  # fmt: skip
    assert [scene.api.as_(who).put(path, body).status_code for who, _ in asked] == [status for _, status in asked]
    assert scene.authority.put(path, body | {"grade": "royal"}).status_code == 422
    (entry,) = scene.db.execute(select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "unit.grade"))
    assert tuple(entry) == ({"grade": None}, {"grade": "tertiary"})


@pytest.mark.parametrize("changes", [{"category": "NOPE"}, {"years": 1}, {"credits": "0"}, {"unit_grades": ["royal"]}])
def test_a_standard_that_makes_no_sense_is_refused(scene: CreditScene, changes: dict[str, Any]) -> None:
    content = packaged()["ZJ-LEGACY", 1].model_dump(mode="json", by_alias=True) | {"version": 2}
    content["rolling"][0] |= changes
    reply = scene.authority.post("/rule-sets/ZJ-LEGACY/versions", {"content": content, "reason": "年度调整"})
    assert reply.status_code == 422


def test_what_completes_or_lifts_a_year_is_about_that_year() -> None:
    short = roll(LEGACY, [NAT5], [], 2026)
    completed = judge(LEGACY, [line("OTH2", "25.00", rule="LV-GE6")], [], 2026, short)
    assert (completed.result, completed.missing) == (Result.NOT_MET, {"rolling_NAT5": Decimal("10.00")})
    exempt = judge(LEGACY, [], [Absence("SICK", 12)], 2026, short)
    assert (exempt.result, exempt.missing) == (Result.NOT_REQUIRED, {})


@given(st.lists(st.tuples(st.decimals(0, 40, places=2), st.integers(0, 364)), max_size=12))
def test_it_counts_what_a_year_counts_and_never_more(made: list[tuple[Decimal, int]]) -> None:
    lines = sorted((line("NAT", credits, day=day) for credits, day in made), key=lambda each: each.activity_on)
    (rolled,) = roll(LEGACY, [NAT5], lines, 2026)
    assert rolled.have == sum(each.counted for each in judge(LEGACY, lines, [], 2026).lines)
