"""The review of claims: level by level, by the right people, with one grant at its end (O-10 to O-13)."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.claims.passing_on import pass_on_all
from models.accounts import Account
from models.claims import ClaimStep
from models.ledger import LedgerEntry
from models.people import Person, Role, RoleGrant, UnitKind
from tests.credit.claims.claiming import ClaimScene


def pass_on(scene: ClaimScene) -> int:
    """Run the part of the upkeep that passes claims on."""
    engine = scene.db.get_bind()
    with Session(engine) as db:
        return pass_on_all(db, now=scene.clock.now())


def test_a_claim_goes_from_the_department_to_the_unit_and_into_the_ledger_once(scene: ClaimScene) -> None:
    claim = scene.claim()
    assert scene.review(scene.unit, claim).json["code"] == "not_your_turn"
    passed = scene.review(scene.department, claim)
    assert passed.json["status_text"] == "科室审核通过->单位管理员未审核"
    done = scene.review(scene.unit, claim)
    assert (done.json["status"], done.json["status_text"]) == ("approved", "审核通过")
    again = scene.review(scene.unit, claim)
    assert (again.status_code, again.json["code"]) == (409, "claim_not_waiting")
    entry = scene.db.scalars(select(LedgerEntry)).one()
    assert (entry.source_kind, str(entry.source_id), entry.activity_type) == ("claim", claim, "个人活动")
    (item,) = scene.credits("&status=approved")["items"]
    assert (item["credits"], item["level"], item["activity_type"]) == ("6.00", "科研立项", "个人活动")
    mine = scene.mine(claim)
    today = scene.today.isoformat()
    assert (mine["department_reviewed_on"], mine["unit_reviewed_on"], mine["review"]) == (today, today, "同意")


def test_a_returned_claim_is_editable_and_a_rejected_one_is_final(scene: ClaimScene) -> None:
    claim = scene.claim()
    assert scene.learner.patch(f"/me/claims/{claim}", {"remark": "x"}).json["code"] == "claim_submitted"
    assert scene.learner.delete(f"/me/claims/{claim}").status_code == 409
    assert scene.review(scene.department, claim, "return").json["status_text"] == "退回"
    assert scene.mine(claim)["review"] == "请补充材料"
    assert scene.learner.patch(f"/me/claims/{claim}", {"remark": "已补"}).status_code == 200
    assert scene.learner.post("/me/claims/submissions", {"ids": [claim]}).json["submitted"] == [claim]
    assert scene.review(scene.department, claim, "reject").json["status_text"] == "审核不通过"
    assert scene.learner.patch(f"/me/claims/{claim}", {"remark": "x"}).status_code == 409
    refused = scene.learner.post("/me/claims/submissions", {"ids": [claim]}).json["refused"]
    assert refused[0]["code"] == "claim_submitted"
    assert scene.mine(claim)["actions"] == []


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_who_returns_or_rejects_says_why(scene: ClaimScene, decision: str) -> None:
    claim = scene.claim()
    for comment in ("", "  ", None):
        reply = scene.review(scene.department, claim, decision, comment=comment)
        assert (reply.status_code, list(reply.json["errors"])) == (422, ["comment"])
    assert scene.mine(claim)["status"] == "submitted"


@pytest.mark.manual("M-4.1.8")
def test_from_submission_on_it_stands_in_the_credits_and_counts_when_it_is_approved(scene: ClaimScene) -> None:
    draft = scene.enter().json["id"]
    assert scene.credits()["items"] == []
    scene.learner.post("/me/claims/submissions", {"ids": [draft]})
    found = scene.credits()
    assert [(each["status"], each["credits"]) for each in found["items"]] == [("pending", "6.00")]
    assert (found["totals"]["credits"], found["approved_totals"]["credits"]) == ("6.00", "0.00")
    year = scene.learner.get(f"/me/compliance?year={scene.today.year}").json
    assert year["have"]["credits"] == "0.00"
    scene.review(scene.department, draft, "return")
    assert scene.credits()["items"] == []
    for status in ("returned", "all"):
        (item,) = scene.credits(f"&status={status}")["items"]
        assert (item["status"], item["review_comment"]) == ("returned", "请补充材料")
    scene.learner.post("/me/claims/submissions", {"ids": [draft]})
    scene.approve(draft)
    found = scene.credits()
    assert (found["totals"]["credits"], found["approved_totals"]["credits"]) == ("6.00", "6.00")
    year = scene.learner.get(f"/me/compliance?year={scene.today.year}").json
    assert year["have"]["credits"] == "6.00"


def test_a_claim_is_withdrawn_until_the_first_review(scene: ClaimScene) -> None:
    claim = scene.claim()
    back = scene.learner.post(f"/me/claims/{claim}/withdrawal")
    assert (back.status_code, back.json["status_text"]) == (200, "未上报")
    assert scene.credits("&status=all")["items"] == []
    assert scene.queue(scene.department) == []
    scene.learner.post("/me/claims/submissions", {"ids": [claim]})
    scene.review(scene.department, claim)
    late = scene.learner.post(f"/me/claims/{claim}/withdrawal")
    assert (late.status_code, late.json["code"]) == (409, "claim_not_waiting")


@pytest.mark.manual("M-3.3.5")
def test_many_are_submitted_each_by_itself(scene: ClaimScene) -> None:
    one = scene.enter().json["id"]
    twin = scene.enter().json["id"]
    other = scene.enter(activity_name="慢性心衰管理模式研究立项").json["id"]
    reply = scene.learner.post("/me/claims/submissions", {"ids": [one, twin, other, one]}).json
    assert reply["submitted"] == [one, other]
    assert [(each["id"], each["code"]) for each in reply["refused"]] == [(twin, "already_recorded")]
    assert scene.mine(twin)["status"] == "draft"


def test_a_correction_stands_beside_the_original(scene: ClaimScene) -> None:
    claim = scene.claim()
    assert scene.review(scene.department, claim, credits="8.01").json["code"] == "too_many_credits"
    assert scene.review(scene.department, claim, "return", credits="5.00").status_code == 422
    assert scene.review(scene.department, claim, credits="0.00").status_code == 422
    assert scene.review(scene.department, claim, credits="5.00").json["credits"] == "5.00"
    assert scene.credits()["totals"]["credits"] == "5.00"
    scene.review(scene.unit, claim)
    mine = scene.mine(claim)
    assert (mine["claimed_credits"], mine["credits"]) == ("6.00", "5.00")
    assert scene.credits("&status=approved")["totals"]["credits"] == "5.00"
    steps = scene.unit.get(f"/claims/{claim}").json["steps"]
    told = [(each["act"], each["level"], each["credits_before"], each["credits_after"]) for each in steps]
    assert told == [
        ("submit", None, "6.00", "6.00"),
        ("approve", "department", "6.00", "5.00"),
        ("approve", "unit", "5.00", "5.00"),
    ]


def test_nobody_reviews_their_own_and_other_units_see_nothing(scene: ClaimScene) -> None:
    claim = scene.claim()
    ward = scene.make.unit(name="第二医院")
    stranger = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, ward))
    assert scene.review(stranger, claim).status_code == 404
    assert stranger.get(f"/claims/{claim}").status_code == 404
    assert scene.review(scene.learner, claim).status_code == 403
    admin = scene.department
    own = admin.post("/me/claims", scene.body(evidence=[scene.evidence(admin)], submit=True))
    assert own.json["status_text"] == "已上报->单位管理员未审核"
    assert scene.review(admin, own.json["id"]).json["code"] == "own_claim"
    assert scene.review(scene.unit, own.json["id"]).json["status"] == "approved"


def test_a_department_without_an_admin_is_passed_over(scene: ClaimScene) -> None:
    me = scene.api.as_(scene.make.person(unit=scene.hospital))
    made = me.post("/me/claims", scene.body(evidence=[scene.evidence(me)], submit=True))
    assert made.json["status_text"] == "已上报->单位管理员未审核"
    assert scene.review(scene.unit, made.json["id"]).json["status"] == "approved"


@pytest.mark.parametrize(
    ("facts", "most"),
    [
        ({}, "8.00"),  # the first of a provincial grant
        ({"rule": "XNAT", "mode": "free", "rank": ..., "credits": "4.00"}, "10.00"),  # at once
        ({"rule": "NOTE", "rank": ..., "quantity": "9000.0"}, "5.00"),  # in a year
        ({"rule": "TRAIN-GE6", "mode": "free", "rank": ..., "starts_on": "2026-01-05"}, "25.00"),
        ({"rule": "CASE-L", "rank": ..., "activity_name": "肺栓塞诊治进展学习讨论"}, None),
    ],
)
def test_a_reviewer_gives_at_most_what_the_rule_can_give(scene: ClaimScene, facts: dict[str, Any], most: Any) -> None:
    claim = scene.claim(**facts)
    if most is not None:
        refused = scene.review(scene.department, claim, credits=f"{float(most) + 0.01:.2f}")
        assert (refused.status_code, refused.json["code"]) == (422, "too_many_credits")
        assert refused.json["most_credits"] == most
    given = most or "30.00"
    assert scene.review(scene.department, claim, credits=given).json["credits"] == given


def test_a_third_level_is_asked_where_the_unit_says_so(scene: ClaimScene) -> None:
    levels = {"is_open": True, "levels": ["department", "unit", "authority"]}
    scene.unit.put(f"/units/{scene.hospital.id}/claim-settings", levels)
    claim = scene.claim()
    scene.approve(claim)
    assert scene.mine(claim)["status_text"] == "单位审核通过->上级主管部门未审核"
    assert scene.review(scene.authority, claim).json["status"] == "approved"


def test_a_chain_that_is_changed_leaves_waiting_claims_on_theirs(scene: ClaimScene) -> None:
    claim = scene.claim()
    scene.unit.put(f"/units/{scene.hospital.id}/claim-settings", {"is_open": True, "levels": ["unit", "authority"]})
    scene.approve(claim)
    assert scene.mine(claim)["status"] == "approved"


def _take_role(scene: ClaimScene, person: Person) -> None:
    for grant in scene.db.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)):
        scene.db.delete(grant)
    scene.db.commit()


def _suspend(scene: ClaimScene, person: Person) -> None:
    account = scene.db.scalars(select(Account).where(Account.person_id == person.id)).one()
    account.suspended_at = scene.clock.now()
    scene.db.commit()


@pytest.mark.parametrize("leaves", [_take_role, _suspend])
def test_a_claim_whose_reviewer_left_goes_to_the_next_level(scene: ClaimScene, leaves: Any) -> None:
    claim = scene.claim()
    leaves(scene, scene.staff["department"])
    assert pass_on(scene) == 1
    assert scene.queue(scene.unit) == [claim]
    assert scene.mine(claim)["status_text"] == "已上报->单位管理员未审核"
    assert scene.review(scene.unit, claim).json["status"] == "approved"
    acts = scene.db.scalars(select(ClaimStep.act).order_by(ClaimStep.id)).all()
    assert acts == ["submit", "passed_on", "approve"]
    assert pass_on(scene) == 0


def test_the_next_level_need_not_wait_for_the_upkeep(scene: ClaimScene) -> None:
    claim = scene.claim()
    _take_role(scene, scene.staff["department"])
    assert scene.review(scene.unit, claim).json["status"] == "approved"


def test_without_any_reviewer_a_claim_waits_until_there_is_one(scene: ClaimScene) -> None:
    for each in scene.staff.values():
        _take_role(scene, each)
    claim = scene.claim()
    mine = scene.mine(claim)
    assert (mine["status_text"], mine["review_unit"]) == ("已上报->单位管理员未审核", None)
    assert pass_on(scene) == 0
    newcomer = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.hospital))
    assert pass_on(scene) == 1
    assert scene.queue(newcomer) == [claim]


def test_the_claim_of_somebody_who_moved_is_reviewed_in_their_new_unit(scene: ClaimScene) -> None:
    claim = scene.claim()
    clinic = scene.make.unit(name="第二医院")
    theirs = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, clinic))
    scene.db.get_one(Person, scene.person.id).unit_id = clinic.id
    scene.db.commit()
    assert scene.queue(scene.department) == []
    assert scene.review(scene.department, claim).status_code == 404
    assert pass_on(scene) == 1
    assert scene.queue(theirs) == [claim]
    assert scene.review(theirs, claim).json["status"] == "approved"


def test_a_reviewer_does_not_decide_on_somebody_who_outranks_them(scene: ClaimScene) -> None:
    chief = scene.staff["unit"]
    scene.db.get_one(Person, chief.id).unit_id = scene.ward.id
    scene.db.commit()
    made = scene.unit.post("/me/claims", scene.body(evidence=[scene.evidence(scene.unit)], submit=True))
    assert made.json["status_text"] == "已上报->上级主管部门未审核"
    assert scene.queue(scene.department) == []
    assert scene.review(scene.authority, made.json["id"]).json["status"] == "approved"


def test_who_holds_two_roles_says_at_which_level_they_decide_the_second_time(scene: ClaimScene) -> None:
    both = scene.make.staff(Role.UNIT_ADMIN, scene.hospital, Role.DEPARTMENT_ADMIN)
    _take_role(scene, scene.staff["department"])
    me = scene.api.as_(both)
    claim = scene.claim()
    assert scene.review(me, claim).json["status_text"] == "科室审核通过->单位管理员未审核"
    assert scene.review(me, claim).json["code"] == "not_your_turn"
    assert scene.review(me, claim, level="department").json["code"] == "not_your_turn"
    assert scene.review(me, claim, level="unit").json["status"] == "approved"


def test_several_are_reviewed_alike_each_by_itself(scene: ClaimScene) -> None:
    one, two = scene.claim(), scene.claim(activity_name="慢性心衰管理模式研究立项")
    scene.review(scene.department, two)
    body = {"ids": [one, two], "decision": "approve", "comment": "同意"}
    reply = scene.department.post("/reviews/claims/decisions", body).json
    assert [each["id"] for each in reply["reviewed"]] == [one]
    assert [(each["id"], each["code"]) for each in reply["refused"]] == [(two, "not_your_turn")]
    reply = scene.unit.post("/reviews/claims/decisions", body).json
    assert [each["status"] for each in reply["reviewed"]] == ["approved", "approved"]
    assert len(scene.db.scalars(select(LedgerEntry)).all()) == 2


def test_the_queue_has_the_oldest_first_page_by_page(scene: ClaimScene) -> None:
    claims = []
    for place in range(3):
        claims.append(scene.claim(activity_name=f"心衰管理研究立项第{place}项"))
        scene.clock.turn(minutes=1)
    first = scene.department.get("/reviews/claims?limit=2").json
    assert ([each["id"] for each in first["items"]], first["count"]) == (claims[:2], 3)
    second = scene.department.get(f"/reviews/claims?limit=2&cursor={first['next_cursor']}").json
    assert ([each["id"] for each in second["items"]], second["next_cursor"]) == (claims[2:], None)
    found = scene.department.get("/reviews/claims?q=第1项").json
    assert [each["id"] for each in found["items"]] == claims[1:2]


def test_both_sides_are_told(scene: ClaimScene) -> None:
    claim = scene.claim()
    topics = [each["topic"] for each in scene.department.get("/me/notices").json["items"]]
    assert topics == ["claims_waiting"]
    scene.claim(activity_name="慢性心衰管理模式研究立项")
    assert len(scene.department.get("/me/notices").json["items"]) == 1
    scene.review(scene.department, claim, "return")
    (notice,) = scene.learner.get("/me/notices").json["items"]
    assert notice["topic"] == "claim_decided"
    assert "急性心梗溶栓时间窗研究立项" in notice["text"]
    assert "请补充材料" in notice["text"]
    english = scene.learner.speaking("en").get("/me/notices").json["items"][0]["text"]
    assert "returned" in english


def test_a_reversal_shows_at_the_claim_and_lets_it_be_claimed_anew(scene: ClaimScene) -> None:
    claim = scene.learner.post("/me/claims", scene.study(submit=True)).json["id"]
    scene.approve(claim)
    (item,) = scene.credits("&status=approved")["items"]
    reply = scene.authority.post(f"/ledger-entries/{item['id']}/reversal", {"reason": "材料不实", "cause": "mistake"})
    assert reply.status_code in (200, 201), reply.json
    mine = scene.mine(claim)
    assert (mine["status"], mine["status_text"], mine["review"]) == ("reversed", "已冲销", "材料不实")
    assert scene.credits("&status=approved")["items"] == []
    notice = scene.learner.get("/me/notices").json["items"][0]
    assert "已冲销" in notice["text"]
    assert scene.learner.post("/me/claims", scene.study(submit=True)).status_code == 201


def test_a_department_elsewhere_in_the_hospital_does_not_review_it(scene: ClaimScene) -> None:
    surgery = scene.make.unit(parent=scene.hospital, kind=UnitKind.DEPARTMENT, name="外科")
    theirs = scene.api.as_(scene.make.staff(Role.DEPARTMENT_ADMIN, surgery))
    claim = scene.claim()
    assert scene.queue(theirs) == []
    assert scene.review(theirs, claim).status_code == 404
