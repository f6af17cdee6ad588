"""Grants that were taken back: for what cause, who sees it, and what the next round does."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.edge import AuditEntry
from models.ledger import LedgerEntry
from models.projects import ProjectStatus
from tests.attendance.settlement.posting import reasons, settle
from tests.attendance.settlement.settling import Closing, close
from tests.kept_worlds import KeptWorlds

Run = Callable[[], None]
FIVE = [Decimal("5.00")]
WHY = "查实由他人代签到"


@pytest.fixture
def closing(kept: KeptWorlds) -> Closing:
    return kept.open("closing", lambda: close(kept.api, kept.make, kept.clock, kept.db))


def reverse(closing: Closing, settlement_id: str, name: str, **body: Any) -> Any:
    number = closing.people[name].cme_number
    path = f"/settlements/{settlement_id}/reversals"
    return closing.unit.post(path, {"cme_numbers": [number], "reason": WHY, **body})


def lift(closing: Closing, settlement_id: str, name: str, who: Any = None) -> Any:
    body = {"cme_numbers": [closing.people[name].cme_number], "reason": "申诉成立，非代签"}
    return (who or closing.unit).post(f"/settlements/{settlement_id}/misconduct-liftings", body)


def test_after_misconduct_the_next_round_skips_the_person_until_the_authority_lifts_it(
    closing: Closing, run_jobs: Run, db: Session
) -> None:
    li, wang = closing.expect("li"), closing.expect("wang")
    first = settle(closing, run_jobs)
    assert reverse(closing, first, "li", cause="misconduct").json["reversed"] == 1
    closing.reopen(first)
    assert reasons(closing) == {"li": ["reversed_for_misconduct"], "wang": ["already_granted"]}
    (skipped,) = [each for each in closing.preview()["skipped"] if each["name"] == "li"]
    assert (skipped["reversal"]["cause"], skipped["reversal"]["reason"]) == ("misconduct", WHY)
    settle(closing, run_jobs)
    assert closing.live() == {wang.id: FIVE}

    assert lift(closing, first, "li", who=closing.staff).status_code == 403  # not the organizer
    assert lift(closing, first, "wang").json == {"lifted": 0, "not_barred": [wang.cme_number]}
    assert lift(closing, first, "li").json == {"lifted": 1, "not_barred": []}
    assert lift(closing, first, "li").json["lifted"] == 0
    assert "settlement.misconduct_lifted" in set(db.scalars(select(AuditEntry.action)))
    closing.reopen(first)
    (granted,) = closing.preview()["grants"]
    assert (granted["name"], granted["reversal"]["is_lifted"]) == ("li", True)
    settle(closing, run_jobs)
    assert closing.live() == {li.id: FIVE, wang.id: FIVE}


def test_after_a_mistake_the_preview_shows_the_reversal_with_its_reason(closing: Closing, run_jobs: Run) -> None:
    li = closing.expect("li")
    first = settle(closing, run_jobs)
    reverse(closing, first, "li")
    closing.reopen(first)
    (granted,) = closing.preview()["grants"]
    assert (granted["reversal"]["cause"], granted["reversal"]["reason"]) == ("mistake", WHY)
    settle(closing, run_jobs)
    assert closing.live() == {li.id: FIVE}


def test_the_authority_can_say_so_of_one_entry_of_the_ledger_too(closing: Closing, run_jobs: Run, db: Session) -> None:
    closing.expect("li")
    first = settle(closing, run_jobs)
    grant = db.scalars(select(LedgerEntry)).one()
    body = {"reason": WHY, "cause": "misconduct"}
    assert closing.unit.post(f"/ledger-entries/{grant.id}/reversal", body).status_code == 201
    closing.reopen(first)
    assert reasons(closing) == {"li": ["reversed_for_misconduct"]}


def test_an_unknown_cause_is_refused(closing: Closing, run_jobs: Run) -> None:
    closing.expect("li")
    assert reverse(closing, settle(closing, run_jobs), "li", cause="revenge").status_code == 422


@pytest.mark.parametrize("is_approved", [False, True])
def test_nothing_is_taken_back_while_another_round_is_in_review_or_being_posted(
    closing: Closing, run_jobs: Run, db: Session, is_approved: bool
) -> None:
    li = closing.expect("li")
    first = settle(closing, run_jobs)
    closing.reopen(first)
    wang = closing.expect("wang")
    second = closing.confirm().json["id"]
    if is_approved:
        assert closing.review(second).status_code == 202
    refused = reverse(closing, first, "li")
    assert (refused.status_code, refused.json["code"]) == (409, "settlement_under_way")
    assert [each["id"] for each in refused.json["under_way"]] == [second]
    grant = db.scalars(select(LedgerEntry)).one()
    by_entry = closing.unit.post(f"/ledger-entries/{grant.id}/reversal", {"reason": WHY})
    assert by_entry.json["code"] == "settlement_under_way"
    if not is_approved:
        closing.review(second)
    run_jobs()
    assert closing.live() == {li.id: FIVE, wang.id: FIVE}
    assert reverse(closing, first, "li").json["reversed"] == 1  # settled by now
    assert closing.live() == {wang.id: FIVE}
    assert closing.status() is ProjectStatus.SETTLED
