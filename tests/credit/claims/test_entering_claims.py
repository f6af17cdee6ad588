"""Entering claims: their fields, their credits, and who may (M-3.0 to M-3.2)."""

from datetime import timedelta
from typing import Any

import pytest

from credit.evidence.evidence import sweep_unused
from models.people import Role
from tests.credit.claims.claiming import ClaimScene


def test_the_third_member_of_a_provincial_grant_gets_6_credits(scene: ClaimScene) -> None:
    made = scene.enter()
    assert made.status_code == 201, made.json
    assert (made.json["credits"], made.json["status"], made.json["status_text"]) == ("6.00", "draft", "未上报")
    assert made.json["actions"] == ["edit", "delete", "submit"]
    assert (made.json["credit_class"], made.json["credit_subclass"]) == ("II类学分", "科研立项")


@pytest.mark.manual("M-3.2.2")
def test_save_and_submit_is_one_call(scene: ClaimScene) -> None:
    made = scene.enter(submit=True)
    assert (made.json["status"], made.json["status_text"]) == ("submitted", "已上报->科室管理员未审核")
    assert made.json["submitted_on"] == scene.today.isoformat()


@pytest.mark.manual("M-3.0.8")
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("evidence", {"evidence": []}),
        ("activity_name", {"activity_name": "大查房"}),
        ("activity_name", {"activity_name": "【 大查房 】。"}),
        ("activity_name", {"activity_name": "病例讨论会！"}),
        ("activity_name", {"activity_name": "心、梗"}),
        ("rank", {"rank": 9}),
        ("rank", {"rank": ...}),
        ("rule", {"rule": "NAT-L"}),
        ("rule", {"rule": "NO-SUCH"}),
        ("discipline_l3", {"discipline_l3": None}),
        ("mode", {"rule": "LV-LT6", "quantity": "3.0", "rank": ...}),
        ("quantity", {"rule": "BOOK", "rank": ...}),
        ("quantity", {"rule": "BOOK", "rank": ..., "quantity": "0.0"}),
        ("quantity", {"rule": "BOOK", "rank": ..., "quantity": "999.5"}),
        ("quantity", {"rule": "LV-LT6", "mode": "free", "rank": ..., "quantity": "6.0"}),
        ("credits", {"credits": "7.00"}),
        ("credits", {"rule": "XNAT", "mode": "free", "rank": ...}),
        ("ends_on", {"starts_on": "2026-02-03", "ends_on": "2026-02-01"}),
        ("ends_on", {"ends_on": "2026-02-01"}),
        ("ends_on", {"starts_on": "2026-02-01", "ends_on": "2099-01-01"}),
        ("starts_on", {"starts_on": "2099-01-01"}),
    ],
)
def test_a_field_that_breaks_a_rule_is_named(scene: ClaimScene, field: str, changes: dict[str, Any]) -> None:
    reply = scene.enter(**changes)
    assert reply.status_code == 422, reply.json
    assert list(reply.json["errors"]) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours", "1000.0"), ("hours", "1.25"), ("hours", 6), ("hours", "-1"), ("issuer", "甲" * 101), ("issuer", ""),
        ("activity_date", "2026-02-30"), ("rank", 0), ("rank", "x"), ("actual_count", 0), ("mode", "other"),
        ("evidence", ["x"]), ("quantity", "1e3"), ("credits", "-1.00"),
    ],
)  # fmt: skip
def test_garbage_in_a_field_is_422(scene: ClaimScene, field: str, value: Any) -> None:
    reply = scene.enter(**{field: value})
    assert reply.status_code == 422, reply.json
    assert any(name.startswith(field) for name in reply.json["errors"])


@pytest.mark.manual("M-3.0.8")
def test_a_name_that_tells_the_content_is_good(scene: ClaimScene) -> None:
    assert scene.enter(activity_name="大查房：肺栓塞病例分析").status_code == 201


def test_an_activity_of_tomorrow_is_refused_and_one_of_a_closed_year_too(scene: ClaimScene) -> None:
    late = scene.enter(activity_date=(scene.today + timedelta(days=1)).isoformat())
    assert (late.status_code, late.json["code"], late.json["why"]) == (422, "claim_invalid", "in_future")
    old = scene.enter(activity_date=f"{scene.today.year - 2}-12-31")
    assert (old.json["why"], old.json["earliest"]) == ("year_closed", f"{scene.today.year - 1}-01-01")
    assert scene.enter(activity_date=f"{scene.today.year - 1}-01-01").status_code == 201


def test_hours_of_zero_are_taken_with_a_warning(scene: ClaimScene) -> None:
    made = scene.enter(hours=...)
    assert (made.status_code, made.json["hours"]) == (201, "0.0")
    assert [(each["field"], each["code"]) for each in made.json["warnings"]] == [("hours", "hours_zero")]
    assert scene.enter(hours="999.9", activity_name="另一项研究立项").json["warnings"] == []


def test_credits_by_characters_are_rounded_once_after_multiplying(scene: ClaimScene) -> None:
    made = scene.enter(rule="BOOK", rank=..., quantity="12345.0")
    assert (made.json["credits"], made.json["quantity"]) == ("12.35", "12345.0")
    leave = {"mode": "free", "rank": ..., "discipline_l3": ..., "starts_on": "2026-01-05", "ends_on": "2026-03-20"}
    made = scene.enter(rule="LV-LT6", quantity="2.5", activity_name="急诊重症监护进修", **leave)
    assert made.json["credits"] == "12.50"
    study = scene.learner.post("/me/claims", scene.study(rule="CASE-S"))
    assert (study.json["credits"], study.json["quantity"]) == ("1.00", "1.0")


def test_a_leave_says_when_it_began(scene: ClaimScene) -> None:
    leave = {"mode": "free", "rule": "LV-LT6", "quantity": "2.0", "rank": ...}
    assert list(scene.enter(**leave).json["errors"]) == ["starts_on"]


@pytest.mark.manual("M-3.2.9")
def test_the_issuer_is_ones_own_unit_if_nobody_says_otherwise(scene: ClaimScene) -> None:
    made = scene.enter(issuer=...)
    assert (made.status_code, made.json["issuer"]) == (201, scene.hospital.name)


@pytest.mark.manual("M-3.2.10")
def test_evidence_is_ones_own_and_may_serve_several_claims(scene: ClaimScene) -> None:
    other = scene.api.as_(scene.make.person(unit=scene.ward))
    theirs = scene.evidence(other)
    reply = scene.enter(evidence=[theirs])
    assert (reply.status_code, reply.json["code"], list(reply.json["errors"])) == (
        422,
        "evidence_not_yours",
        ["evidence"],
    )
    first = scene.enter().json
    second = scene.enter(activity_name="慢性心衰管理模式研究立项").json
    assert first["evidence"] == second["evidence"]
    changed = scene.learner.patch(f"/me/claims/{first['id']}", {"evidence": [theirs]})
    assert changed.status_code == 422
    assert scene.learner.delete(f"/evidence/{first['evidence'][0]}").json["code"] == "evidence_in_use"


def test_evidence_is_seen_by_the_reviewers_of_a_submitted_claim_alone(scene: ClaimScene) -> None:
    draft = scene.enter().json
    path = f"/evidence/{draft['evidence'][0]}"
    assert scene.learner.get(path).status_code == 200
    assert scene.department.get(path).status_code == 404
    scene.learner.post("/me/claims/submissions", {"ids": [draft["id"]]})
    for who in (scene.department, scene.unit, scene.authority):
        assert who.get(path).status_code == 200
    elsewhere = scene.make.staff(Role.UNIT_ADMIN, scene.make.unit(name="第二医院"))
    stranger = scene.make.person(unit=scene.ward)
    for person in (elsewhere, stranger):
        assert scene.api.as_(person).get(path).status_code == 404


def test_credits_of_a_certificate_are_taken_up_to_the_most_of_the_rule(scene: ClaimScene) -> None:
    free = {"rule": "XNAT", "mode": "free", "rank": ..., "discipline_l3": ...}
    assert scene.enter(**free, credits="10.00").json["credits"] == "10.00"
    reply = scene.enter(**free, credits="10.01")
    assert (reply.status_code, reply.json["code"], reply.json["most_credits"]) == (422, "too_many_credits", "10.00")


@pytest.mark.manual("M-3.0.7")
def test_an_in_house_study_is_claimed_once_a_day(scene: ClaimScene) -> None:
    first = scene.learner.post("/me/claims", scene.study())
    assert (first.status_code, first.json["actual_count"]) == (201, 1)
    second = scene.learner.post("/me/claims", scene.study(activity_name="慢阻肺急性加重学习讨论"))
    assert (second.status_code, second.json["code"]) == (409, "same_day_study")
    assert second.json["entry"]["id"] == first.json["id"]
    assert scene.learner.post("/me/claims", scene.study(actual_count=2)).status_code == 422
    yesterday = (scene.today - timedelta(days=1)).isoformat()
    other = scene.learner.post("/me/claims", scene.study(activity_date=yesterday))
    assert other.status_code == 201
    moved = scene.learner.patch(f"/me/claims/{other.json['id']}", {"activity_date": scene.today.isoformat()})
    assert (moved.status_code, moved.json["code"]) == (409, "same_day_study")
    assert scene.learner.delete(f"/me/claims/{first.json['id']}").status_code == 204
    assert (
        scene.learner.patch(f"/me/claims/{other.json['id']}", {"activity_date": scene.today.isoformat()}).status_code
        == 200
    )


def test_a_patch_obeys_every_rule_and_changes_the_credits(scene: ClaimScene) -> None:
    claim = scene.enter().json["id"]
    assert scene.learner.patch(f"/me/claims/{claim}", {"rank": 1}).json["credits"] == "8.00"
    assert scene.learner.patch(f"/me/claims/{claim}", {"rank": None}).status_code == 422
    assert scene.learner.patch(f"/me/claims/{claim}", {"activity_name": "大查房"}).status_code == 422
    assert scene.mine(claim)["credits"] == "8.00"


@pytest.mark.manual("M-3.3.1")
def test_my_claims_are_found_by_days_status_and_label(scene: ClaimScene) -> None:
    grant = scene.claim()
    study = scene.learner.post("/me/claims", scene.study()).json["id"]
    old = scene.enter(activity_date=f"{scene.today.year - 1}-12-31", rank=1).json["id"]

    def found(query: str) -> list[str]:
        return [each["id"] for each in scene.learner.get(f"/me/claims?{query}").json["items"]]

    assert set(found("")) == {grant, study, old}
    assert found(f"to={scene.today.year - 1}-12-31") == [old]
    assert found("status=submitted") == [grant]
    assert set(found("label=科研立项")) == {grant, old}
    assert found("label=病例讨论会、多科室案例讨论会，大查房") == [study]
    assert found("label=无此标签") == []
    first = scene.learner.get("/me/claims?limit=2").json
    rest = scene.learner.get(f"/me/claims?limit=2&cursor={first['next_cursor']}").json
    assert [each["id"] for each in (*first["items"], *rest["items"])] == found("")
    assert scene.learner.get("/me/claims?from=2026-02-01&to=2026-01-01").status_code == 422


def test_claims_of_others_are_not_found(scene: ClaimScene) -> None:
    claim = scene.enter().json["id"]
    other = scene.api.as_(scene.make.person(unit=scene.ward))
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/withdrawal")):
        body = {"remark": "x"} if method == "PATCH" else None
        assert other.call(method, f"/me/claims/{claim}{path}", body).status_code == 404
    refused = other.post("/me/claims/submissions", {"ids": [claim]}).json["refused"]
    assert [(each["id"], each["code"]) for each in refused] == [(claim, "not_found")]


def test_evidence_of_a_claim_is_neither_deleted_nor_swept(scene: ClaimScene) -> None:
    own = scene.evidence()
    claim = scene.enter(evidence=[own]).json["id"]
    refused = scene.learner.delete(f"/evidence/{own}")
    assert (refused.status_code, refused.json["code"]) == (409, "evidence_in_use")
    assert sweep_unused(scene.db, now=scene.clock.now() + timedelta(days=400), unused=timedelta(days=30)) == 0
    assert scene.learner.delete(f"/me/claims/{claim}").status_code == 204
    assert scene.learner.delete(f"/evidence/{own}").status_code == 204
