"""Settlement from many sides at once: one settlement, one decision, one grant a person."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.settlement.grants import post_grants
from attendance.settlement.settlements import JOB
from models.edge import AuditEntry
from models.jobs import Job, JobStatus
from models.settlements import Settlement
from service.edge.database import db as flask_db
from service.running.job_runner import JobRunner
from tests.api import Api
from tests.attendance.settlement.settling import Closing, close
from tests.concurrency.at_once import at_once
from tests.factories import Factories
from tests.fakes import FakeClock

CALLERS, PEOPLE = 8, 30


@pytest.fixture
def closing(api: Api, make: Factories, clock: FakeClock, db: Session) -> Closing:
    made = close(api, make, clock, db)
    for who in range(PEOPLE):
        made.expect(f"learner {who}")
    return made


def from_many(client: Api, path: str, body: object = None) -> Counter[int]:
    """The same call by many clients at the same moment: how often each status came."""
    calls: list[Callable[[], int]] = [
        lambda: Api(client.app, client.token).post(path, body).status_code for _ in range(CALLERS)
    ]
    return Counter(at_once(calls))


def test_confirmed_and_approved_by_many_at_once_it_is_one_settlement_and_one_job(closing: Closing, db: Session) -> None:
    assert from_many(closing.staff, f"/projects/{closing.project.id}/settlement") == {202: CALLERS}
    settlement = db.scalars(select(Settlement)).one()
    review = {"decision": "approve", "comment": "同意"}
    assert from_many(closing.unit, f"/settlements/{settlement.id}/review", review) == {202: CALLERS}
    assert db.scalars(select(Job)).one().subject_id == settlement.id


def test_approved_and_returned_at_once_one_of_the_two_holds(closing: Closing, db: Session) -> None:
    settlement_id = closing.confirm().json["id"]
    said = [{"decision": decision, "comment": "意见"} for decision in ("approve", "return") * (CALLERS // 2)]
    path = f"/settlements/{settlement_id}/review"
    replies = at_once([partial(Api(closing.api.app, closing.unit.token).post, path, each) for each in said])
    assert Counter(reply.status_code for reply in replies) == {202: CALLERS // 2, 409: CALLERS // 2}
    approved = {reply.json["status"] for reply in replies if reply.status_code == 202}
    assert len(approved) == 1
    assert len(db.scalars(select(Job)).all()) == (approved == {"approved"})


def test_posted_by_many_workers_at_once_each_has_one_grant(
    closing: Closing, app: APIFlask, clock: FakeClock, db: Session
) -> None:
    settlement_id = closing.confirm().json["id"]
    closing.review(settlement_id)
    job = db.scalars(select(Job)).one()
    twins = [
        Job(kind=JOB, subject_id=job.subject_id, payload={}, due_at=clock.now(), created_at=clock.now())
        for _ in range(CALLERS - 1)
    ]  # as if it had been asked for again and again
    db.add_all(twins)
    db.flush()
    with app.app_context():
        engine = flask_db.engine
    handlers = {JOB: partial(post_grants, most=4)}
    runner = JobRunner(engine, handlers, clock, timedelta(minutes=1))
    at_once([runner.run_next] * (CALLERS + 1))
    assert {len(grants) for grants in closing.live().values()} == {1}
    assert len(closing.entries()) == PEOPLE
    db.expire_all()
    assert {each.status for each in db.scalars(select(Job))} == {JobStatus.DONE}
    assert db.scalars(select(Settlement)).one().granted == PEOPLE
    assert len(db.scalars(select(AuditEntry).where(AuditEntry.action == "settlement.settled")).all()) == 1
