"""One activity gives a person credits once: by settlement or by import, in whatever order, however it is written."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from credit.imports import imports
from credit.imports.importer import CREDIT_IMPORTS
from foundation.clock import day_at_home
from models.ledger import LedgerEntry
from models.people import Person, Unit
from models.projects import Project, ProjectStatus
from tests.attendance.settlement.settling import Closing, close
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.kept_worlds import KeptWorlds

Run = Callable[[], None]
EVER = "/me/credits?from=2000-01-01&to=2099-12-31&limit=100"
NUMBER = "2026-03-01-901(国)"
NAME = "重复记录学习班"


@pytest.fixture
def closing(kept: KeptWorlds) -> Closing:
    """A project of three days that ends today, with a number."""
    today = day_at_home(kept.clock.now())
    facts = {"name": NAME, "number": NUMBER, "starts_on": today - timedelta(days=2), "ends_on": today}
    return kept.open("closing with a number", lambda: close(kept.api, kept.make, kept.clock, kept.db, **facts))


@pytest.fixture
def li(closing: Closing) -> Person:
    return closing.expect("li")


def settle(closing: Closing, run_jobs: Run) -> str:
    settlement_id = closing.confirm().json["id"]
    assert closing.review(settlement_id).status_code == 202
    run_jobs()
    return str(settlement_id)


def row(closing: Closing, person: Person, **changes: Any) -> dict[str, Any]:
    """The project's activity as another system tells it, of its last day."""
    usual = {
        "cme_number": person.cme_number,
        "date": closing.project.ends_on.isoformat(),
        "name": NAME,
        "number": NUMBER,
        "category": "NAT",
        "activity_type": "集体活动",
        "delivery_mode": "培训班",
        "hours": "15.0",
        "credits": "5.00",
        "recorded_by": "示例学会",
        "status": "approved",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def bring(closing: Closing, *rows: dict[str, Any], accept: list[dict[str, Any]] | None = None) -> tuple[Any, Any]:
    """Preview rows and commit them where they have no errors: both answers."""
    made = closing.unit.post("/credit-imports", {"rows": list(rows)}).json
    if made["errors"]:
        return made, None
    body = None if accept is None else {"accept": accept}
    return made, closing.unit.post(f"/credit-imports/{made['id']}/commit", body)


def has(closing: Closing, person: Person) -> Decimal:
    """The credits that somebody has."""
    return Decimal(closing.api.as_(person).get(EVER + "&status=approved").json["totals"]["credits"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "number"),
        ({"number": "2026-03-01-901 （国）"}, "number"),
        ({"number": "2026－03－01－901【国】", "name": "另一个名称"}, "number"),
        ({"number": None}, "name"),
        ({"number": None, "name": "重复记录 学习班"}, "name"),
    ],
)
@pytest.mark.parametrize("days_before_the_end", [0, 1, 2])
def test_what_was_settled_here_does_not_come_again_by_an_import(
    closing: Closing, li: Person, run_jobs: Run, changes: dict[str, Any], field: str, days_before_the_end: int
) -> None:
    settle(closing, run_jobs)
    day = closing.project.ends_on - timedelta(days=days_before_the_end)
    made, committed = bring(closing, row(closing, li, date=day.isoformat(), **changes))
    (error,) = made["errors"]
    assert (error["code"], error["field"], committed) == ("already_recorded", field, None)
    (entry,) = closing.entries()
    assert (error["entry"]["kind"], error["entry"]["id"], error["entry"]["name"]) == ("grant", str(entry.id), NAME)
    assert has(closing, li) == 5


@pytest.mark.parametrize("changes", [{}, {"number": "2026-03-01-901 （国）"}, {"number": None}])
def test_what_was_imported_first_is_skipped_by_the_settlement(
    closing: Closing, li: Person, run_jobs: Run, changes: dict[str, Any]
) -> None:
    closing.expect("wang")
    _, committed = bring(closing, row(closing, li, date=closing.project.starts_on.isoformat(), **changes))
    assert committed.status_code == 200
    assert {each["name"]: each["reasons"] for each in closing.preview()["skipped"]} == {
        "li": ["already_granted_elsewhere"]
    }
    settle(closing, run_jobs)
    assert list(closing.live().values()) == [[Decimal("5.00")]]
    assert has(closing, li) == 5


def test_another_activity_of_the_same_day_is_taken(closing: Closing, li: Person, run_jobs: Run) -> None:
    settle(closing, run_jobs)
    made, committed = bring(closing, row(closing, li, name="另一个学习班甲", number=None))
    assert (made["warnings"], committed.json) == ([], {"committed": 1, "left_out": []})
    assert has(closing, li) == 10


def test_while_a_settlement_is_reviewed_its_activity_is_recorded_by_nobody_else(
    closing: Closing, li: Person, run_jobs: Run
) -> None:
    waiting, committed = bring(closing, row(closing, li, status="pending"))
    assert committed.status_code == 200  # it waits, and is no grant yet
    settlement_id = closing.confirm().json["id"]
    (error,) = bring(closing, row(closing, li, number=None, recorded_by="另一学会"))[0]["errors"]
    assert (error["code"], error["entry"]["kind"]) in {
        ("already_recorded", "settlement"),
        ("already_recorded", "record"),
    }
    (record,) = closing.unit.get("/credit-records").json["items"]
    refused = closing.unit.post(f"/credit-records/{record['id']}/decision", {"decision": "approve"})
    assert (refused.status_code, refused.json["code"]) == (409, "already_granted")
    assert refused.json["entry"]["id"] == settlement_id
    closing.review(settlement_id, "return", "请更正")
    approved = closing.unit.post(f"/credit-records/{record['id']}/decision", {"decision": "approve"})
    assert approved.status_code == 200
    assert waiting["errors"] == []
    assert closing.preview()["skipped"][0]["reasons"] == ["already_granted_elsewhere"]
    assert has(closing, li) == 5


def test_a_settlement_under_review_is_told_as_what_it_is(closing: Closing, li: Person) -> None:
    settlement_id = closing.confirm().json["id"]
    (error,) = bring(closing, row(closing, li))[0]["errors"]
    entry = error["entry"]
    assert (error["code"], entry["kind"], entry["id"]) == ("already_recorded", "settlement", settlement_id)


def test_what_was_taken_back_here_may_be_imported_and_is_then_not_settled_again(
    closing: Closing, li: Person, run_jobs: Run
) -> None:
    settlement_id = settle(closing, run_jobs)
    assert closing.reverse(settlement_id, "li").status_code == 200
    assert bring(closing, row(closing, li))[1].status_code == 200
    assert closing.reopen(settlement_id).status_code == 200
    assert closing.preview()["skipped"][0]["reasons"] == ["already_granted_elsewhere"]
    assert has(closing, li) == 5


@pytest.mark.parametrize(
    ("changes", "days", "code", "field"),
    [
        ({"number": f"{NUMBER}第2期", "name": "别的名称"}, 0, "other_edition", "number"),
        ({"number": f"{NUMBER}（第二期）"}, 3, "other_edition", "number"),
        ({}, 1, "other_days", "date"),
        ({"name": "别的名称"}, 7, "other_days", "date"),
        ({"number": None, "category": "PRV"}, 0, "other_category", "category"),
    ],
)
def test_what_is_probably_the_same_is_a_warning_and_recorded_only_where_somebody_says_why(
    closing: Closing, li: Person, run_jobs: Run, clock: FakeClock,
    changes: dict[str, Any], days: int, code: str, field: str,
) -> None:  # fmt: skip
    today = closing.project.ends_on
    closing.change(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=7))
    settle(closing, run_jobs)
    day = today - timedelta(days=7 - days)
    sent = [row(closing, li, date=day.isoformat(), **changes), row(closing, li, name="另一个学习班", number=None)]
    made, left_out = bring(closing, *sent)
    (warning,) = made["warnings"]
    assert (warning["row"], warning["field"], warning["code"]) == (1, field, code)
    assert warning["entry"]["id"] == str(closing.entries()[0].id)
    assert warning["message"]
    assert (left_out.status_code, left_out.json["committed"]) == (200, 1)
    assert [each["row"] for each in left_out.json["left_out"]] == [1]
    assert has(closing, li) == 10
    assert closing.unit.get(f"/credit-imports/{made['id']}").json["left_out"] == [1]
    made, taken = bring(closing, sent[0], accept=[{"row": 1, "reason": "两期内容不同，已核对证书"}])
    assert taken.json == {"committed": 1, "left_out": []}
    assert has(closing, li) == 15
    (kept,) = closing.unit.get(f"/credit-imports/{made['id']}").json["warnings"]
    assert kept["accepted_reason"] == "两期内容不同，已核对证书"


def test_eight_days_away_or_like_in_name_alone_is_another_activity(closing: Closing, li: Person, run_jobs: Run) -> None:
    today = closing.project.ends_on
    closing.change(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=8))
    settle(closing, run_jobs)
    rows = [
        row(closing, li, date=today.isoformat(), name="别的名称"),
        row(closing, li, date=today.isoformat(), number=None),
        row(closing, li, date=today.isoformat(), name=f"{NAME}二", number=None),
    ]
    made, committed = bring(closing, *rows)
    assert (made["errors"], made["warnings"], committed.json["committed"]) == ([], [], 3)


def test_two_projects_of_one_activity_grant_it_once(
    closing: Closing, li: Person, run_jobs: Run, make: Factories
) -> None:
    project = closing.project
    twin = make.project(
        unit=make.unit(name="第二医院"), organizer=closing.organizer, name=NAME, number="2026-03-01-901 （国）",
        starts_on=project.ends_on, ends_on=project.ends_on, category="NAT", credits=Decimal("5.00"),
        hours=Decimal("15.0"), status=ProjectStatus.ENDED,
    )  # fmt: skip
    closing.make.on_roster(twin, li)
    assert closing.confirm().status_code == 202
    seen = closing.unit.get(f"/projects/{twin.id}/settlement/preview").json
    assert [each["reasons"] for each in seen["skipped"]] == [["already_granted_elsewhere"]]


def test_an_edition_that_the_service_gave_does_not_split_one_activity_in_two(
    closing: Closing, li: Person, run_jobs: Run
) -> None:
    project = closing.project
    body = {
        "name": NAME, "number": NUMBER, "category": "NAT", "credits": "5.00", "hours": "15.0",
        "starts_on": project.starts_on.isoformat(), "ends_on": project.ends_on.isoformat(),
    }  # fmt: skip
    twin = closing.staff.post("/projects", body).json
    assert twin["edition"] == project.edition + 1
    closing.db.execute(table_of(Project).update().values(status=ProjectStatus.ENDED))
    closing.make.on_roster(closing.db.get_one(Project, uuid.UUID(twin["id"])), li)
    settle(closing, run_jobs)
    settled = closing.staff.post(f"/projects/{twin['id']}/settlement")
    (line,) = closing.staff.get(f"/projects/{twin['id']}/settlement/preview").json["skipped"]
    assert (settled.json["to_grant"], settled.json["skipped"]) == (0, 1)
    assert line["reasons"] == ["already_granted_elsewhere"]
    closing.review(settled.json["id"])
    run_jobs()
    assert has(closing, li) == 5


@pytest.mark.parametrize("is_approved", [False, True])
@pytest.mark.parametrize("way", ["undo", "entry", "settlement"])
def test_what_a_list_in_review_leans_on_is_not_taken_back(
    closing: Closing, li: Person, run_jobs: Run, way: str, is_approved: bool
) -> None:
    leaning = closing.project
    if way == "settlement":
        leaning = closing.make.project(
            unit=closing.db.get_one(Unit, leaning.unit_id), organizer=closing.organizer, name=NAME, number=NUMBER,
            edition=2, starts_on=leaning.starts_on, ends_on=leaning.ends_on, category="NAT", credits=Decimal("5.00"),
            hours=Decimal("15.0"), status=ProjectStatus.ENDED,
        )  # fmt: skip
        closing.make.on_roster(leaning, li)
        path, body = f"/settlements/{settle(closing, run_jobs)}/reversals", {"cme_numbers": [li.cme_number]}
    else:
        made, _ = bring(closing, row(closing, li))
        path, body = f"/credit-imports/{made['id']}/undo", {}
    grant = closing.db.scalars(select(LedgerEntry)).one()
    if way == "entry":
        path = f"/ledger-entries/{grant.id}/reversal"
    other, _ = bring(closing, row(closing, li, name="另一个学习班", number=None))
    confirmed = closing.staff.post(f"/projects/{leaning.id}/settlement").json
    assert (confirmed["to_grant"], confirmed["skipped"]) == (0, 1)
    if is_approved:
        assert closing.review(confirmed["id"]).status_code == 202
    refused = closing.unit.post(path, {**body, "reason": "来源有误"})
    assert (refused.status_code, refused.json["code"]) == (409, "settlement_under_way")
    assert refused.json["under_way"] == [{"id": confirmed["id"], "project": NAME}]
    assert has(closing, li) == 10
    undone = closing.unit.post(f"/credit-imports/{other['id']}/undo", {"reason": "来源有误"})
    assert undone.json["status"] == "undone"  # no list leans on another activity
    if is_approved:
        run_jobs()
    else:
        closing.review(confirmed["id"], "return", "请更正")
    assert closing.unit.post(path, {**body, "reason": "来源有误"}).status_code in {200, 201}
    assert has(closing, li) == 0


def test_a_list_that_is_confirmed_while_an_import_is_undone_does_not_count_on_it(
    closing: Closing, li: Person, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = bring(closing, row(closing, li), row(closing, li, name="另一个学习班", number=None))
    by_jobs = replace(CREDIT_IMPORTS, rows_in_request=1)
    monkeypatch.setattr(imports, "CREDIT_IMPORTS", by_jobs)
    undoing = closing.unit.post(f"/credit-imports/{made['id']}/undo", {"reason": "来源有误"})
    assert (undoing.status_code, undoing.json["status"]) == (202, "undoing")
    monkeypatch.setattr(imports, "CREDIT_IMPORTS", CREDIT_IMPORTS)
    (error,) = bring(closing, row(closing, li))[0]["errors"]
    assert error["code"] == "already_recorded"  # another import waits until it is gone
    confirmed = closing.confirm().json
    assert (confirmed["to_grant"], confirmed["skipped"]) == (1, 0)
    assert closing.review(confirmed["id"]).status_code == 202
    run_jobs()
    assert closing.unit.get(f"/credit-imports/{made['id']}").json["status"] == "undone"
    assert list(closing.live().values()) == [[Decimal("5.00")]]
    assert has(closing, li) == 5


def test_the_figures_of_the_three_spellings_are_one_grant(closing: Closing, li: Person, run_jobs: Run) -> None:
    """credits-number-in-full-width-brackets.csv: alone, and beside a settlement."""
    spelt = [row(closing, li), row(closing, li, number="2026-03-01-901 （国）"), row(closing, li, number=None)]
    for each in spelt:
        bring(closing, each)
    assert has(closing, li) == 5
    made, _ = bring(closing, *spelt)
    assert [each["code"] for each in made["errors"]] == ["already_recorded"] * 3
    settle(closing, run_jobs)
    assert has(closing, li) == 5
