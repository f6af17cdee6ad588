"""Many kill -9 in the middle of one settlement: the ledger is as if there had been none."""

import subprocess
import sys
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.edge import AuditEntry
from models.jobs import Job, JobStatus
from models.projects import ProjectStatus
from models.settlements import Settlement, SettlementStatus
from tests.api import Api
from tests.attendance.settlement.settling import Closing, close
from tests.choosing import is_full
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.service.running.running_service import GUARD_SECONDS

pytestmark = pytest.mark.slow

KILLS, A_KILL = (30, 100), 3  # few and, with --full, many; how many people a kill


@pytest.fixture
def kills(pytestconfig: pytest.Config) -> int:
    return KILLS[is_full(pytestconfig)]


@pytest.fixture
def closing(api: Api, make: Factories, clock: FakeClock, db: Session, kills: int) -> Closing:
    made = close(api, make, clock, db)
    for who in range(A_KILL * kills):
        made.expect(f"learner {who}", attended=who % 5 > 0)
    return made


def test_many_killed_workers_leave_what_one_undisturbed_worker_would(
    closing: Closing, app: APIFlask, db: Session, kills: int
) -> None:
    settlement_id = closing.confirm().json["id"]
    closing.review(settlement_id)
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-m", "tests.service.running.killed_settlement", url, str(kills)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=4 * GUARD_SECONDS)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == kills  # each of them died in the middle: none had done it all
    assert posted(closing) == approved(closing)
    assert [entry.position for entry in closing.entries()] == list(range(len(closing.entries())))
    settlement = db.scalars(select(Settlement).execution_options(populate_existing=True)).one()
    assert (settlement.status, settlement.granted) == (SettlementStatus.SETTLED, A_KILL * kills * 4 // 5)
    assert closing.status() is ProjectStatus.SETTLED
    assert db.scalars(select(Job)).one().status is JobStatus.DONE
    assert len(db.scalars(select(AuditEntry).where(AuditEntry.action == "settlement.settled")).all()) == 1


def posted(closing: Closing) -> list[tuple[Any, ...]]:
    return sorted((str(each.person_id), each.generation, each.credits, each.hours) for each in closing.entries())


def approved(closing: Closing) -> list[tuple[Any, ...]]:
    facts = closing.project
    return sorted(
        (str(person.id), 1, facts.credits, facts.hours)
        for who, person in enumerate(closing.people.values())
        if who % 5 > 0
    )
