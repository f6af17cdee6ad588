"""Claims by two requests at once: one study a day, one grant, one decision."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.claims import Claim, ClaimStep
from models.credit_records import CreditRecord
from models.ledger import LedgerEntry
from tests.api import Api, Reply
from tests.concurrency.at_once import at_once
from tests.credit.claims.claiming import ClaimScene, make_claim_scene
from tests.factories import Factories
from tests.fakes import FakeClock

Call = Callable[[], Reply]


@pytest.fixture
def scene(api: Api, make: Factories, clock: FakeClock, db: Session) -> ClaimScene:
    return make_claim_scene(api, make, clock, db)


def own_client(scene: ClaimScene, who: Api) -> Api:
    """A client of its own for a thread."""
    return Api(scene.api.app, who.token)


def post(scene: ClaimScene, who: Api, path: str, body: object = None) -> Call:
    return lambda: own_client(scene, who).post(path, body)


def review(scene: ClaimScene, who: Api, claim: str, decision: str = "approve") -> Call:
    return post(scene, who, f"/claims/{claim}/reviews", {"decision": decision, "comment": "同意"})


def statuses(replies: list[Reply]) -> Counter[int]:
    return Counter(reply.status_code for reply in replies)


def grants(scene: ClaimScene) -> int:
    scene.db.expire_all()
    return len(scene.db.scalars(select(LedgerEntry)).all())


def test_a_study_is_entered_once_by_four_at_once(scene: ClaimScene) -> None:
    body = scene.study()
    found = at_once([post(scene, scene.learner, "/me/claims", body)] * 4)
    assert statuses(found) == {201: 1, 409: 3}
    assert {reply.json["code"] for reply in found if reply.status_code == 409} == {"same_day_study"}


def test_the_database_refuses_a_second_study_whatever_the_code_does(
    scene: ClaimScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credit.claims.claims.lock_claims_of", lambda db, person_id: None)
    monkeypatch.setattr("credit.claims.claims._require_only_study", lambda db, claim: None)
    body = scene.study()
    found = at_once([post(scene, scene.learner, "/me/claims", body)] * 4)
    assert statuses(found) == {201: 1, 409: 3}


def test_four_last_approvals_at_once_give_one_grant(scene: ClaimScene) -> None:
    claim = scene.claim()
    assert statuses(at_once([review(scene, scene.department, claim)] * 4)) == {200: 1, 409: 3}
    assert statuses(at_once([review(scene, scene.unit, claim)] * 4)) == {200: 1, 409: 3}
    assert grants(scene) == 1
    assert len(scene.db.scalars(select(ClaimStep)).all()) == 3


def test_two_claims_of_one_activity_submitted_at_once_are_one(scene: ClaimScene) -> None:
    claims = [scene.enter().json["id"] for _ in range(2)]
    path = "/me/claims/submissions"
    found = at_once([post(scene, scene.learner, path, {"ids": [each]}) for each in claims])
    assert sorted(len(reply.json["submitted"]) for reply in found) == [0, 1]
    assert len(scene.db.scalars(select(CreditRecord)).all()) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_approved_while_it_is_withdrawn_it_is_one_or_the_other(scene: ClaimScene, attempt: int) -> None:
    claim = scene.claim()
    approved, withdrawn = at_once(
        [
            review(scene, scene.department, claim),
            post(scene, scene.learner, f"/me/claims/{claim}/withdrawal"),
        ]
    )
    assert 200 in (approved.status_code, withdrawn.status_code)
    assert {approved.status_code, withdrawn.status_code} <= {200, 404, 409}  # a draft is no reviewer's business
    mine = scene.mine(claim)
    assert (mine["status"], bool(mine["department_reviewed_on"])) == (
        ("submitted", True) if approved.status_code == 200 else ("draft", False)
    )
    (record,) = scene.db.scalars(select(CreditRecord.status)).all()
    assert record == ("pending" if approved.status_code == 200 else "withdrawn")


@pytest.mark.parametrize("attempt", range(3))
def test_changed_while_it_is_submitted_what_is_reviewed_is_what_stands_there(scene: ClaimScene, attempt: int) -> None:
    claim = scene.enter().json["id"]
    client = partial(own_client, scene, scene.learner)
    changed, submitted = at_once(
        [
            lambda: client().patch(f"/me/claims/{claim}", {"rank": 1}),
            lambda: client().post("/me/claims/submissions", {"ids": [claim]}),
        ]
    )
    assert submitted.json["submitted"] == [claim]
    assert changed.status_code in (200, 409)
    wanted = "8.00" if changed.status_code == 200 else "6.00"
    assert scene.credits()["totals"]["credits"] == wanted == scene.mine(claim)["credits"]


@pytest.mark.parametrize("attempt", range(3))
def test_deleted_while_it_is_submitted_nothing_is_left_of_it_or_all(scene: ClaimScene, attempt: int) -> None:
    claim = scene.enter().json["id"]
    client = partial(own_client, scene, scene.learner)
    deleted, submitted = at_once(
        [
            lambda: client().delete(f"/me/claims/{claim}"),
            lambda: client().post("/me/claims/submissions", {"ids": [claim]}),
        ]
    )
    is_gone = deleted.status_code == 204
    assert deleted.status_code in (204, 409)
    assert submitted.json["submitted"] == ([] if is_gone else [claim])
    assert len(scene.db.scalars(select(Claim)).all()) == (0 if is_gone else 1)
    assert len(scene.credits()["items"]) == (0 if is_gone else 1)


@pytest.mark.parametrize("attempt", range(3))
def test_approved_while_its_activity_is_imported_it_is_granted_once(scene: ClaimScene, attempt: int) -> None:
    name = "急诊心电图研修班（第1期）"
    free = {"mode": "free", "rule": "XNAT", "rank": ..., "credits": "5.00", "activity_name": name}
    claim = scene.claim(**free)
    scene.review(scene.department, claim)
    row = {
        "cme_number": scene.person.cme_number, "date": scene.today.isoformat(), "name": name, "category": "NAT",
        "activity_type": "集体活动", "delivery_mode": "培训班", "hours": "15.0", "credits": "5.00",
        "recorded_by": "示例学会", "status": "approved",
    }  # fmt: skip
    made = scene.authority.post("/credit-imports", {"rows": [row]}).json["id"]
    accept = {"accept": [{"row": 1, "reason": "以主管部门数据为准"}]}
    approved, committed = at_once(
        [
            review(scene, scene.unit, claim),
            post(scene, scene.authority, f"/credit-imports/{made}/commit", accept),
        ]
    )
    assert approved.status_code in (200, 409)
    assert committed.status_code in (200, 409)
    assert grants(scene) == 1
    (item,) = scene.credits("&status=approved")["items"]
    assert item["activity_type"] == ("个人活动" if approved.status_code == 200 else "集体活动")


@pytest.mark.parametrize("attempt", range(3))
def test_returned_and_approved_at_once_it_is_one_decision(scene: ClaimScene, attempt: int) -> None:
    claim = scene.claim()
    found = at_once([review(scene, scene.department, claim), review(scene, scene.department, claim, "return")])
    assert statuses(found) == {200: 1, 409: 1}


def test_two_batches_with_the_same_claims_decide_on_each_once(scene: ClaimScene) -> None:
    claims = [scene.claim(activity_name=f"心衰管理研究立项第{place}项") for place in range(3)]
    for each in claims:
        scene.review(scene.department, each)
    batch = {"ids": claims, "decision": "approve", "comment": "同意"}
    other = batch | {"ids": claims[::-1]}
    path = "/reviews/claims/decisions"
    found = at_once([post(scene, scene.unit, path, batch), post(scene, scene.unit, path, other)])
    assert sum(len(reply.json["reviewed"]) for reply in found) == 3
    assert grants(scene) == 3
