"""Compliance: caps, standards, absences; the engine as properties, the rest through the API."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.compliance.category_tree import summarize
from credit.compliance.judging import Absence, Result, judge
from credit.compliance.lines import CreditLine, LineStatus
from credit.rules.rule_book import packaged
from models.people import Role
from tests.credit.compliance.compliance import LEGACY, YEAR, line
from tests.credit.conftest import CreditScene

CN = packaged()["CN-2024", 1]


def counted(*lines: CreditLine) -> list[tuple[str, str | None]]:
    return [(str(each.counted), each.reason) for each in judge(LEGACY, lines, [], YEAR).lines]


def test_what_a_project_gives_beyond_its_cap_is_not_counted_and_says_so() -> None:
    assert counted(line(credits="12.00")) == [("10.00", "project_cap")]


def test_a_rules_cap_of_the_year_is_used_up_in_the_order_of_days() -> None:
    remote = [line(credits="4.00", rule="NAT-R", day=day, mode="远程教育") for day in range(4)]
    wanted = [("4.00", None), ("4.00", None), ("2.00", "year_cap"), ("0.00", "year_cap")]
    assert counted(*remote) == wanted


def test_rules_of_a_group_share_its_cap_and_speakers_are_not_in_it() -> None:
    unit = [line("UNIT", "6.00", rule="UNIT-L"), line("UNIT", "6.00", rule="CASE-L", day=1)]
    speaker = line("UNIT", "6.00", rule="UNIT-S", day=2)
    assert counted(*unit, speaker) == [("6.00", None), ("4.00", "group_cap"), ("6.00", None)]


def test_one_class_does_not_stand_in_for_the_other() -> None:
    verdict = judge(LEGACY, [line(credits="10.00", day=day) for day in range(4)], [], YEAR)
    assert (verdict.result, verdict.missing) == (Result.NOT_MET, {"class_II": Decimal("15.00")})


def test_a_long_course_completes_the_year_without_filling_a_class() -> None:
    verdict = judge(LEGACY, [line("OTH2", "25.00", rule="LV-GE6")], [], YEAR)
    assert verdict.result is Result.MET
    assert verdict.have.classes == {"I": Decimal(0), "II": Decimal(0), "OTHER": Decimal(0)}


@pytest.mark.parametrize(
    ("absences", "result", "credits"),
    [
        ([Absence("SICK", 6)], Result.NOT_REQUIRED, "25.00"),
        ([Absence("SICK", 3), Absence("SICK", 3)], Result.NOT_REQUIRED, "25.00"),
        ([Absence("SICK", 5)], Result.NOT_MET, "14.58"),
        ([Absence("MAT", 6)], Result.NOT_MET, "12.50"),
        ([Absence("MAT", 4), Absence("NEW", 3)], Result.NOT_MET, "10.42"),
        ([Absence("MAT", 12)], Result.NOT_REQUIRED, "0.00"),
        ([Absence("AID", 6)], Result.MET, "25.00"),
        ([Absence("GONE", 6)], Result.NOT_MET, "25.00"),
    ],
)
def test_absences_lower_or_lift_the_standard(absences: list[Absence], result: Result, credits: str) -> None:
    verdict = judge(LEGACY, [], absences, YEAR)
    assert (verdict.result, verdict.required.credits) == (result, Decimal(credits))


def test_years_before_the_rules_ask_for_nothing() -> None:
    assert judge(LEGACY, [], [], 2007).result is Result.NOT_REQUIRED
    assert judge(LEGACY, [], [], 2008).result is Result.NOT_MET


@pytest.mark.parametrize(
    ("credits", "hours", "missing"),
    [
        ("25.00", "90.0", {}),
        ("25.00", "75.0", {"hours": Decimal("15.0")}),  # at the rate of three hours, 25 credits are not enough hours
        ("24.99", "90.0", {"credits": Decimal("0.01")}),
    ],
)
def test_the_newer_rules_want_credits_and_hours_each_by_itself(
    credits: str, hours: str, missing: dict[str, Decimal]
) -> None:
    verdict = judge(CN, [line("NAT", credits, hours)], [], YEAR)
    assert verdict.missing == missing


lines = st.builds(
    line,
    category=st.sampled_from([each.code for each in LEGACY.categories]),
    credits=st.decimals(0, 40, places=2),
    hours=st.decimals(0, 99, places=1),
    rule=st.sampled_from([each.code for each in LEGACY.rules]),
    status=st.sampled_from(LineStatus),
    day=st.integers(0, 364),
)


@given(st.lists(lines, max_size=30))
def test_caps_never_raise_and_hold_for_the_year(made: list[CreditLine]) -> None:
    found = judge(LEGACY, made, [], YEAR).lines
    assert len(found) == len(made)
    for each in found:
        assert 0 <= each.counted <= each.line.counted
        assert (each.reason is not None) == (each.counted < each.line.credits or each.reason == "not_approved")
    for rule in LEGACY.rules:
        mine = [each.counted for each in found if each.line.rule_code == rule.code]
        assert rule.cap_year is None or sum(mine) <= rule.cap_year
        assert rule.cap_project is None or max(mine, default=0) <= rule.cap_project
    shared = [each.counted for each in found if each.line.rule_code in ("UNIT-L", "CASE-L")]
    assert sum(shared) <= 10


@given(st.lists(lines, max_size=30))
def test_more_credits_never_make_a_year_worse(made: list[CreditLine]) -> None:
    order = [Result.NOT_MET, Result.MET]
    before = judge(LEGACY, made, [], YEAR)
    after = judge(LEGACY, [*made, line("MUN", "3.00", day=364)], [], YEAR)
    assert order.index(after.result) >= order.index(before.result)
    assert (before.have.credits or 0) <= (after.have.credits or 0)


@given(st.lists(lines, max_size=30))
def test_the_tree_adds_up_to_its_total(made: list[CreditLine]) -> None:
    verdict = judge(LEGACY, made, [], YEAR)
    rows = {row.code: row for row in summarize(LEGACY, verdict.lines)}
    assert rows["TOTAL"].credits == verdict.have.credits == sum(rows[code].credits for code in ("I", "II", "OTHER"))
    inside = [each.code for each in LEGACY.categories if each.credit_class == "II"]
    assert rows["II"].credits == sum(rows[code].credits for code in inside)
    assert rows["II"].hours == sum(rows[code].hours for code in inside)


def test_a_year_without_credits_misses_all_of_it(scene: CreditScene) -> None:
    shown = scene.compliance(2025)
    assert (shown["result"], shown["items"]) == ("not_met", [])
    assert shown["missing"] == {"credits": "25.00", "class_I": "5.00", "class_II": "15.00"}


def test_an_exemption_lowers_the_standard_until_it_is_revoked(scene: CreditScene) -> None:
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    path = f"/people/{scene.person.id}/credit-exemptions"
    made = admin.post(path, {"year": 2025, "kind": "MAT", "months": 6, "reason": "产假"})
    assert made.status_code == 201
    shown = scene.compliance(2025)
    assert (shown["exemptions"], shown["required"]["credits"]) == (["产假"], "12.50")
    assert scene.compliance(2024)["required"]["credits"] == "25.00"
    revoke = f"/credit-exemptions/{made.json['id']}/revocation"
    for _ in range(2):
        assert admin.post(revoke, {"reason": "年份有误"}).json["revoked_at"] is not None
    assert scene.compliance(2025)["required"]["credits"] == "25.00"
    (kept,) = admin.get(path).json["items"]
    assert (kept["kind"], kept["months"]) == ("MAT", 6)


@pytest.mark.parametrize(
    "changes", [{"kind": "HOLIDAY"}, {"months": 0}, {"months": 13}, {"year": 1999}, {"reason": ""}]
)
def test_an_exemption_that_makes_no_sense_is_refused(scene: CreditScene, changes: dict[str, object]) -> None:
    good = {"year": 2025, "kind": "SICK", "months": 6, "reason": "病假"}
    reply = scene.authority.post(f"/people/{scene.person.id}/credit-exemptions", good | changes)
    assert reply.status_code == 422
    assert scene.compliance(2025)["exemptions"] == []


def test_nobody_is_exempted_by_another_unit(scene: CreditScene) -> None:
    other = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.make.unit(name="第二医院")))
    path = f"/people/{scene.person.id}/credit-exemptions"
    assert other.post(path, {"year": 2025, "kind": "SICK", "months": 6, "reason": "病假"}).status_code == 404
    assert other.get(path).status_code == 404
    made = scene.authority.post(path, {"year": 2025, "kind": "SICK", "months": 6, "reason": "病假"}).json["id"]
    assert other.post(f"/credit-exemptions/{made}/revocation", {"reason": "不知道"}).status_code == 404


def test_nobody_exempts_themselves_and_an_exemption_that_is_not_there_is_not_found(scene: CreditScene) -> None:
    body = {"year": 2025, "kind": "SICK", "months": 6, "reason": "病假"}
    own = scene.authority.post(f"/people/{scene.boss.id}/credit-exemptions", body)
    assert (own.status_code, own.json["code"]) == (409, "second_admin_needed")
    assert scene.authority.get(f"/people/{scene.boss.id}/credit-exemptions").json["items"] == []
    unknown = scene.authority.post(f"/credit-exemptions/{scene.person.id}/revocation", {"reason": "年份有误"})
    assert (unknown.status_code, unknown.json["code"]) == (404, "not_found")


def test_exemptions_are_listed_newest_first_in_pages(scene: CreditScene) -> None:
    path = f"/people/{scene.person.id}/credit-exemptions"
    for year in (2023, 2024, 2025):
        made = scene.authority.post(path, {"year": year, "kind": "SICK", "months": 6, "reason": "病假"})
        assert made.status_code == 201
    first = scene.authority.get(f"{path}?limit=2").json
    rest = scene.authority.get(f"{path}?limit=2&cursor={first['next_cursor']}").json
    assert [[each["year"] for each in page["items"]] for page in (first, rest)] == [[2025, 2024], [2023]]
    assert rest["next_cursor"] is None
