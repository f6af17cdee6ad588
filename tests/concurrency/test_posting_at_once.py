"""Imports, decisions and postings that race each other: each grant once, and no gap in the ledger."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from credit.imports import imports
from credit.imports.importer import CREDIT_IMPORTS
from foundation.imports import steps
from models.ledger import LedgerEntry
from service.edge.database import db as flask_db
from service.running.job_runner import JobRunner
from tests.api import Api, Reply
from tests.concurrency.at_once import at_once
from tests.credit.conftest import CreditScene
from tests.credit.conftest import scene as credit_scene  # noqa: F401 - a fixture
from tests.credit.rules.rule_sets import next_version

CROWD = 8


def posted(scene: CreditScene, *paths: str, json: Any = None) -> list[Reply]:
    """POST all at the same moment, as the authority."""
    calls = [lambda path=path: Api(scene.api.app, scene.authority.token).post(path, json) for path in paths]
    return at_once(calls)


def positions(scene: CreditScene) -> list[int]:
    return list(scene.db.scalars(select(LedgerEntry.position).order_by(LedgerEntry.position)))


@pytest.fixture
def ledger_scene(credit_scene: CreditScene) -> CreditScene:  # noqa: F811
    """A learner and the authority."""
    return credit_scene


def test_an_import_that_is_committed_by_a_crowd_counts_once(ledger_scene: CreditScene) -> None:
    made = ledger_scene.preview(*ledger_scene.figure_7()).json["id"]
    replies = posted(ledger_scene, *[f"/credit-imports/{made}/commit"] * CROWD)
    assert {(reply.status_code, reply.json["committed"]) for reply in replies} == {(200, 10)}
    assert positions(ledger_scene) == list(range(9))


def test_of_many_imports_of_one_activity_one_is_committed(ledger_scene: CreditScene) -> None:
    made = [ledger_scene.preview(ledger_scene.row(1)).json["id"] for _ in range(CROWD)]
    replies = posted(ledger_scene, *[f"/credit-imports/{each}/commit" for each in made])
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * (CROWD - 1)
    assert positions(ledger_scene) == [0]


def test_different_imports_at_once_leave_no_gap(ledger_scene: CreditScene) -> None:
    made = [
        ledger_scene.preview(ledger_scene.row(place), ledger_scene.row(place + 100)).json["id"]
        for place in range(CROWD)
    ]
    replies = posted(ledger_scene, *[f"/credit-imports/{each}/commit" for each in made])
    assert {reply.status_code for reply in replies} == {200}
    assert positions(ledger_scene) == list(range(2 * CROWD))


def test_a_record_approved_by_a_crowd_is_granted_once_and_a_grant_reversed_by_a_crowd_once(
    ledger_scene: CreditScene,
) -> None:
    ledger_scene.load(ledger_scene.row(status="pending"))
    (waiting,) = ledger_scene.authority.get("/credit-records").json["items"]
    path = f"/credit-records/{waiting['id']}/decision"
    replies = posted(ledger_scene, *[path] * CROWD, json={"decision": "approve"})
    assert {reply.status_code for reply in replies} == {200}
    (grant,) = ledger_scene.credits()["items"]
    reversal = f"/ledger-entries/{grant['id']}/reversal"
    replies = posted(ledger_scene, *[reversal] * CROWD, json={"reason": "录入有误"})
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * (CROWD - 1)
    assert positions(ledger_scene) == [0, 1]
    assert ledger_scene.credits()["totals"]["credits"] == "0.00"


def test_of_many_large_imports_of_one_activity_one_is_committed_whole(
    ledger_scene: CreditScene, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CREDIT_IMPORTS", replace(CREDIT_IMPORTS, rows_in_request=0))
    monkeypatch.setattr(steps, "PORTION", 2)
    own_rows = [[ledger_scene.row(place + 10 * own) for place in range(5)] for own in range(4)]
    shared = [ledger_scene.row(place) for place in (97, 98, 99)]
    rows = [mine + shared[place % 3 :] + shared[: place % 3] for place, mine in enumerate(own_rows)]
    made = [ledger_scene.preview(*each).json["id"] for each in rows]
    run_jobs()
    assert {reply.status_code for reply in posted(ledger_scene, *[f"/credit-imports/{i}/commit" for i in made])} == {
        202
    }
    with ledger_scene.api.app.app_context():
        runner = JobRunner(flask_db.engine, steps.handlers(CREDIT_IMPORTS), ledger_scene.clock, timedelta(minutes=1))
    at_once([runner.run_next] * len(made))
    states = sorted(ledger_scene.authority.get(f"/credit-imports/{each}").json["status"] for each in made)
    assert states == ["checked", "checked", "checked", "committed"]
    assert positions(ledger_scene) == list(range(8))


def test_approvals_and_the_undoing_of_their_import_at_once_leave_nothing_behind(ledger_scene: CreditScene) -> None:
    made = ledger_scene.load(*[ledger_scene.row(place, status="pending") for place in range(CROWD)])
    waiting = [each["id"] for each in ledger_scene.authority.get("/credit-records").json["items"]]
    body = {"reason": "来源有误"}
    calls = [(f"/credit-records/{each}/decision", {"decision": "approve"}) for each in waiting]
    calls += [(f"/credit-imports/{made}/undo", body)] * 2
    client = lambda: Api(ledger_scene.api.app, ledger_scene.authority.token)  # noqa: E731
    replies = at_once([lambda call=call: client().post(*call) for call in calls])
    assert {reply.status_code for reply in replies} <= {200, 409}
    assert ledger_scene.credits()["items"] == []
    assert ledger_scene.credits()["totals"]["credits"] == "0.00"
    assert ledger_scene.authority.get("/credit-records").json["items"] == []


def test_of_rules_that_a_crowd_publishes_as_the_next_version_one_is_it(ledger_scene: CreditScene) -> None:
    body = {"content": next_version(), "reason": "年度调整"}
    replies = posted(ledger_scene, *["/rule-sets/ZJ-LEGACY/versions"] * CROWD, json=body)
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * (CROWD - 1)


def test_heads_signed_at_once_are_one_head(ledger_scene: CreditScene) -> None:
    ledger_scene.load(*ledger_scene.figure_7())
    replies = posted(ledger_scene, *["/ledger/heads"] * CROWD)
    assert {(reply.status_code, reply.json["size"]) for reply in replies} == {(201, 9)}
    assert len({reply.json["token"] for reply in replies}) == 1
