"""One activity by a settlement and by imports, at once: it is granted once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.imports import imports
from credit.imports.importer import CREDIT_IMPORTS
from foundation.clock import day_at_home
from foundation.imports import steps
from foundation.jobs import Work
from models.jobs import Job
from models.ledger import LedgerEntry
from models.people import Person
from tests.api import Api
from tests.attendance.settlement.settling import Closing, close
from tests.concurrency.at_once import at_once
from tests.factories import Factories
from tests.fakes import FakeClock

NAME, NUMBER = "重复记录学习班", "2026-03-01-901(国)"
SPELLINGS: list[dict[str, Any]] = [
    {"number": NUMBER},
    {"number": "2026-03-01-901 （国）"},
    {"number": "2026－03－01－901(国)"},
    {"number": None},
]
PEOPLE = 3


@pytest.fixture
def closing(api: Api, make: Factories, clock: FakeClock, db: Session) -> Closing:
    today = day_at_home(clock.now())
    made = close(api, make, clock, db, name=NAME, number=NUMBER, starts_on=today - timedelta(days=1), ends_on=today)
    for who in range(PEOPLE):
        made.expect(f"learner {who}")
    return made


def preview(closing: Closing, *people: Person, **spelling: Any) -> str:
    """Send the activity of some people in one spelling; gives the import."""
    rows = [
        {
            "cme_number": person.cme_number, "date": closing.project.ends_on.isoformat(), "name": NAME,
            "category": "NAT", "activity_type": "集体活动", "delivery_mode": "培训班", "hours": "15.0",
            "credits": "5.00", "recorded_by": "示例学会", "status": "approved",
            **{name: value for name, value in spelling.items() if value is not None},
        }
        for person in people
    ]  # fmt: skip
    made = closing.unit.post("/credit-imports", {"rows": rows}).json
    assert made["errors"] == []
    return str(made["id"])


def grants(closing: Closing) -> list[int]:
    """How many grants each person has."""
    found = closing.db.scalars(select(LedgerEntry.person_id)).all()
    return [found.count(person.id) for person in closing.people.values()]


@pytest.mark.parametrize("attempt", range(3))
def test_confirmed_and_imported_in_four_spellings_at_once_each_has_one_grant(
    closing: Closing, run_jobs: Callable[[], None], attempt: int
) -> None:
    everybody = list(closing.people.values())
    made = [preview(closing, *everybody, **spelling) for spelling in SPELLINGS]
    client = partial(Api, closing.api.app)
    calls = [lambda each=each: client(closing.unit.token).post(f"/credit-imports/{each}/commit") for each in made]
    confirm = f"/projects/{closing.project.id}/settlement"
    calls.append(lambda: client(closing.staff.token).post(confirm))
    *committed, confirmed = at_once(calls)
    assert {reply.status_code for reply in committed} <= {200, 409}
    assert sum(reply.status_code == 200 for reply in committed) <= 1
    assert confirmed.status_code == 202
    assert closing.review(confirmed.json["id"]).status_code == 202
    run_jobs()
    assert grants(closing) == [1] * PEOPLE


def test_a_large_import_leaves_out_what_a_settlement_took_after_it_had_claimed_its_rows(
    closing: Closing, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CREDIT_IMPORTS", replace(CREDIT_IMPORTS, rows_in_request=1))
    monkeypatch.setattr(steps, "PORTION", 2)
    stranger = closing.make.person(unit=closing.make.province)
    made = preview(closing, *closing.people.values(), stranger, number=None)
    run_jobs()
    path = f"/credit-imports/{made}"
    assert closing.unit.post(f"{path}/commit").status_code == 202
    engine = closing.db.get_bind().execution_options(isolation_level="SERIALIZABLE")
    with Session(engine, expire_on_commit=False) as db:
        job = db.scalars(select(Job).where(Job.kind == "credit_import.commit")).one()
        work = steps.handlers(CREDIT_IMPORTS)[job.kind](Work(db, job, closing.clock))
        for _ in range(2):  # both portions are claimed, and none is recorded
            next(work)
            db.commit()
    confirmed = closing.confirm()
    assert confirmed.json["to_grant"] == PEOPLE
    run_jobs()
    told = closing.unit.post(f"{path}/commit")
    assert (told.status_code, told.json["committed"]) == (200, 1)
    assert [(each["code"], each["entry"]["kind"]) for each in told.json["left_out"]] == [
        ("already_recorded", "settlement")
    ] * PEOPLE
    closing.review(confirmed.json["id"])
    run_jobs()
    assert grants(closing) == [1] * PEOPLE
    undone = closing.unit.post(f"{path}/undo", {"reason": "来源有误"})
    assert undone.status_code == 202
    run_jobs()
    assert grants(closing) == [1] * PEOPLE
