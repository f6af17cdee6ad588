"""Who may claim: the unit opens it, one person may be an exception, and each is told whom to ask (O-4)."""

import pytest
from sqlalchemy import select

from models.edge import AuditEntry
from models.people import Role
from tests.credit.claims.claiming import ClaimScene


@pytest.mark.manual("M-0.3")
def test_where_claims_are_not_opened_the_refusal_names_whom_to_ask(scene: ClaimScene) -> None:
    ward = scene.make.unit(name="第二医院")
    admin = scene.make.staff(Role.UNIT_ADMIN, ward)
    me = scene.api.as_(scene.make.person(unit=ward))
    reply = me.post("/me/claims", scene.body(evidence=[scene.evidence(me)]))
    assert (reply.status_code, reply.json["code"]) == (403, "claims_not_opened")
    assert reply.json["ask"] == {"unit": "第二医院", "admins": [admin.name]}
    assert admin.name in reply.json["hint"]
    terms = me.get("/me/claim-terms").json
    assert terms["is_open"] is False
    assert "权限未开通" in terms["message"]


def test_a_unit_below_inherits_and_may_say_otherwise(scene: ClaimScene) -> None:
    assert scene.learner.get("/me/claim-terms").json["is_open"] is True
    closed = scene.unit.put(f"/units/{scene.ward.id}/claim-settings", {"is_open": False, "reason": "科室整顿"})
    assert closed.json["terms"]["opened_by"] == str(scene.ward.id)
    assert scene.enter().json["code"] == "claims_not_opened"
    scene.unit.put(f"/units/{scene.ward.id}/claim-settings", {"is_open": None, "levels": ["unit"]})
    terms = scene.learner.get("/me/claim-terms").json
    assert (terms["is_open"], terms["levels"]) == (True, ["unit"])


def test_one_person_is_an_exception_whatever_their_unit_says(scene: ClaimScene) -> None:
    path = f"/people/{scene.person.id}/claim-permission"
    assert scene.unit.put(path, {"is_open": False, "reason": "材料造假核查"}).json["is_exception"] is True
    assert scene.enter().status_code == 403
    assert scene.unit.put(path, {"is_open": None, "reason": "核查结束"}).json["is_open"] is True
    assert scene.enter().status_code == 201
    scene.db.expire_all()
    found = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "claims.set_person")).all()
    assert [each.reason for each in found] == ["材料造假核查", "核查结束"]


def test_whoever_opened_claims_is_in_the_audit_trail(scene: ClaimScene) -> None:
    entry = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "claims.set")).one()
    assert (entry.actor_id, entry.after) == (
        scene.staff["unit"].id,
        {"is_open": True, "levels": None, "open_years": None},
    )


def test_permission_that_is_closed_stops_no_claim_that_waits(scene: ClaimScene) -> None:
    claim = scene.claim()
    scene.unit.put(f"/units/{scene.hospital.id}/claim-settings", {"is_open": False})
    scene.approve(claim)
    assert scene.mine(claim)["status"] == "approved"


def test_levels_are_in_order_and_have_the_unit(scene: ClaimScene) -> None:
    for levels in (["department"], ["unit", "department"], ["unit", "unit"], [], ["other"]):
        reply = scene.unit.put(f"/units/{scene.hospital.id}/claim-settings", {"is_open": True, "levels": levels})
        assert reply.status_code == 422, levels


def test_the_words_that_are_no_name_are_edited_by_the_province(scene: ClaimScene) -> None:
    assert "大查房" in scene.learner.get("/claim-name-words").json["words"]
    words = {"words": ["大查房", "晨间交班！"], "reason": "补充"}
    assert scene.authority.put("/claim-name-words", words).json["words"] == ["大查房", "晨间交班"]
    assert scene.enter(activity_name="晨间交班").json["why"] == "kind_of_learning"
    assert scene.enter(activity_name="病例讨论会").status_code == 201
    hospital = scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.hospital))
    assert hospital.put("/claim-name-words", words).status_code == 403
