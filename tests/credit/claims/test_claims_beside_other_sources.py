"""One activity by a claim, an import and a settlement: it is granted once, whichever comes first."""

from typing import Any

from sqlalchemy import select

from models.ledger import EntryKind, LedgerEntry
from tests.api import Reply
from tests.credit.claims.claiming import ClaimScene

FREE: dict[str, Any] = {
    "mode": "free", "rule": "XNAT", "rank": ..., "credits": "5.00", "activity_name": "急诊心电图研修班（第1期）",
    "discipline_l3": ...,
}  # fmt: skip


def row(scene: ClaimScene, **changes: Any) -> dict[str, Any]:
    """A row of an import that is the activity of the claim."""
    return {
        "cme_number": scene.person.cme_number, "date": scene.today.isoformat(), "name": "急诊心电图研修班(第1期)",
        "category": "NAT", "activity_type": "集体活动", "delivery_mode": "培训班", "hours": "15.0",
        "credits": "5.00", "recorded_by": "示例学会", "status": "approved",
    } | changes  # fmt: skip


def bring(scene: ClaimScene, *rows: dict[str, Any]) -> Reply:
    """Preview an import."""
    return scene.authority.post("/credit-imports", {"rows": list(rows)})


def commit(scene: ClaimScene, made: Reply, *accept: int) -> Reply:
    """Commit it, with some rows in spite of their warnings."""
    body = {"accept": [{"row": each, "reason": "以主管部门数据为准"} for each in accept]} if accept else None
    return scene.authority.post(f"/credit-imports/{made.json['id']}/commit", body)


def live(scene: ClaimScene) -> int:
    """How many grants stand."""
    kinds = scene.db.scalars(select(LedgerEntry.kind)).all()
    return kinds.count(EntryKind.GRANT) - kinds.count(EntryKind.REVERSAL)


def test_an_activity_that_was_imported_is_not_claimed(scene: ClaimScene) -> None:
    assert commit(scene, bring(scene, row(scene))).json["committed"] == 1
    reply = scene.enter(**FREE, submit=True)
    assert (reply.status_code, reply.json["code"], reply.json["entry"]["kind"]) == (409, "already_recorded", "grant")
    assert scene.enter(**FREE).status_code == 201, "a draft waits for what its owner finds out"


def test_a_claim_that_waits_is_told_to_who_imports_the_activity_and_holds_up_no_other_row(scene: ClaimScene) -> None:
    claim = scene.claim(**FREE)
    made = bring(scene, row(scene), row(scene, name="另一项目", date="2026-03-02"))
    assert made.json["errors"] == []
    (warning,) = made.json["warnings"]
    assert (warning["code"], warning["entry"]["kind"], warning["entry"]["id"]) == ("already_recorded", "claim", claim)
    assert commit(scene, made).json["committed"] == 1
    scene.approve(claim)
    assert live(scene) == 2


def test_a_row_that_is_recorded_in_spite_of_a_claim_leaves_the_claim_without_a_grant(scene: ClaimScene) -> None:
    claim = scene.claim(**FREE)
    assert commit(scene, bring(scene, row(scene)), 1).json["committed"] == 1
    scene.review(scene.department, claim)
    refused = scene.review(scene.unit, claim)
    assert (refused.status_code, refused.json["code"]) == (409, "already_recorded")
    assert refused.json["entry"]["kind"] == "grant"
    assert scene.review(scene.unit, claim, "reject").status_code == 200
    assert live(scene) == 1


def test_an_approved_claim_is_an_error_of_a_row(scene: ClaimScene) -> None:
    scene.approve(scene.claim(**FREE))
    (error,) = bring(scene, row(scene)).json["errors"]
    assert (error["code"], error["entry"]["kind"]) == ("already_recorded", "grant")


def test_what_probably_is_the_same_needs_a_reason_that_the_reviewer_sees(scene: ClaimScene) -> None:
    commit(scene, bring(scene, row(scene, category="PRV")))
    refused = scene.enter(**FREE, submit=True)
    assert (refused.status_code, refused.json["code"], refused.json["likeness"]) == (
        409,
        "likely_recorded",
        "other_category",
    )
    claim = scene.claim(**FREE, likeness_reason="同名不同期：本次为国家级，地点不同")
    seen = scene.department.get(f"/claims/{claim}").json
    assert (seen["likeness"]["code"], seen["likeness"]["entry"]["kind"]) == ("other_category", "grant")
    assert seen["likeness_reason"] == "同名不同期：本次为国家级，地点不同"
    scene.approve(claim)
    assert live(scene) == 2


def test_an_in_house_study_that_was_imported_stops_another_one_that_day(scene: ClaimScene) -> None:
    study = {"category": "UNIT", "rule": "CASE-L", "name": "病例讨论：心衰", "credits": "0.20", "hours": "1.0"}
    assert commit(scene, bring(scene, row(scene, **study))).json["committed"] == 1
    reply = scene.learner.post("/me/claims", scene.study(submit=True))
    assert (reply.status_code, reply.json["code"], reply.json["entry"]["kind"]) == (409, "same_day_study", "grant")


def test_a_study_that_was_imported_meanwhile_stops_the_last_approval(scene: ClaimScene) -> None:
    claim = scene.learner.post("/me/claims", scene.study(submit=True)).json["id"]
    study = {"category": "UNIT", "rule": "CASE-L", "name": "病例讨论：心衰", "credits": "0.20", "hours": "1.0"}
    made = bring(scene, row(scene, **study))
    assert [each["code"] for each in made.json["warnings"]] == ["daily_once"]
    assert commit(scene, made, 1).json["committed"] == 1
    scene.review(scene.department, claim)
    assert scene.review(scene.unit, claim).json["code"] == "same_day_study"


def test_claims_are_no_records_of_the_authority(scene: ClaimScene) -> None:
    scene.claim(**FREE)
    assert scene.authority.get("/credit-records").json["items"] == []
    (item,) = scene.credits()["items"]
    decision = scene.authority.post(f"/credit-records/{item['id']}/decision", {"decision": "approve"})
    assert decision.status_code == 404
