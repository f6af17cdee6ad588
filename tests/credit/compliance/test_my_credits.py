"""What a learner sees of their credits."""

import pytest

from credit.compliance.lines import LineStatus
from tests.attendance.projects.lists import statements
from tests.credit.conftest import CreditScene


@pytest.mark.manual("M-4.1.3")
def test_a_line_says_all_twelve_columns_and_the_rule_it_goes_by(scene: CreditScene) -> None:
    scene.load(scene.row(number="2018-03-01-123 (国)", hours="18.0"))
    (item,) = scene.credits()["items"]
    item.pop("id")
    assert item == {
        "date": "2018-05-18",
        "number": "2018-03-01-123 (国)",
        "name": "示例课程0",
        "activity_type": "个人活动",
        "category": "NAT",
        "level": "国家级继续医学教育项目",
        "role": "learner",
        "discipline": "其它",
        "delivery_mode": "远程教育",
        "hours": "18.0",
        "credits": "5.00",
        "status": "approved",
        "review_comment": None,
        "recorded_by": "示例机构",
        "rule": "NAT-R",
        "rule_set": "ZJ-LEGACY",
        "rule_set_version": 1,
    }


def test_pages_go_through_granted_and_waiting_lines_alike_newest_first(scene: CreditScene) -> None:
    days = ["2018-05-01", "2018-05-02", "2018-05-02", "2018-05-03", "2018-05-03", "2018-05-03", "2018-06-01"]
    statuses = ["approved", "pending"]
    scene.load(*[scene.row(place, date=day, status=statuses[place % 2]) for place, day in enumerate(days)])
    seen, more = [], "&limit=2"
    while True:
        page = scene.credits(more)
        seen += page["items"]
        assert page["totals"]["credits"] == "35.00"  # whatever the page
        if page["next_cursor"] is None:
            break
        more = f"&limit=2&cursor={page['next_cursor']}"
    assert [item["date"] for item in seen] == days[::-1]
    assert {item["name"] for item in seen} == {f"示例课程{place}" for place in range(7)}


@pytest.mark.manual("M-4.1.1", "M-9.2")
def test_a_period_includes_both_of_its_days(scene: CreditScene) -> None:
    scene.load(*[scene.row(place, date=f"2018-05-{17 + place}") for place in range(4)])
    shown = scene.learner.get("/me/credits?from=2018-05-18&to=2018-05-19").json
    assert [item["date"] for item in shown["items"]] == ["2018-05-19", "2018-05-18"]
    assert shown["totals"]["credits"] == "10.00"


def test_a_period_is_open_where_an_end_is_left_out(scene: CreditScene) -> None:
    scene.load(*[scene.row(place, date=f"201{place}-05-18") for place in range(6, 9)])
    for query, years in (("", "876"), ("?from=2017-01-01", "87"), ("?to=2017-12-31", "76")):
        shown = scene.learner.get(f"/me/credits{query}").json
        assert [item["date"][3] for item in shown["items"]] == list(years)


def test_what_is_asked_wrongly_is_named(scene: CreditScene) -> None:
    asked = ["?from=2018-12-31&to=2018-01-01", "?from=2018-01-01&to=x"]
    asked += ["?from=2018-01-01&to=2018-12-31&status=lost", "?from=2018-01-01&to=2018-12-31&cursor=xx"]
    for query in asked:
        assert scene.learner.get(f"/me/credits{query}").status_code == 422, query
    for query in ("?year=", "?year=x", "?year=1999"):
        assert scene.learner.get(f"/me/compliance{query}").status_code == 422
        assert scene.learner.get(f"/me/compliance/summary{query}").status_code == 422


def test_nobody_sees_the_credits_of_another(scene: CreditScene) -> None:
    scene.load(scene.row())
    other = scene.api.as_(scene.make.person(unit=scene.unit))
    shown = other.get("/me/credits?from=2018-01-01&to=2018-12-31").json
    assert (shown["items"], shown["totals"]["credits"]) == ([], "0.00")


@pytest.mark.manual("M-4.1.2", "M-4.1.7", "M-9.2")
def test_each_status_is_listed_with_the_totals_of_what_is_listed(scene: CreditScene) -> None:
    scene.load(*scene.figure_7())
    for status in LineStatus:
        shown = scene.credits(f"&status={status}")
        assert {item["status"] for item in shown["items"]} <= {status}
        listed = sum(float(item["credits"]) for item in shown["items"])
        assert float(shown["totals"]["credits"]) == listed


def test_the_statements_of_a_request_do_not_grow_with_the_lines(scene: CreditScene) -> None:
    counts = []
    for size in (1, 10):
        scene.load(*[scene.row(place, date=f"20{size + 10}-05-18") for place in range(size)])
        paths = [f"/me/credits?from=20{size + 10}-01-01&to=20{size + 10}-12-31"]
        paths += [f"/me/compliance?year=20{size + 10}", f"/me/compliance/summary?year=20{size + 10}"]
        for path in paths:
            with statements(scene.api) as seen:
                assert scene.learner.get(path).status_code == 200
            counts.append(len(seen))
    assert counts[:3] == counts[3:]
