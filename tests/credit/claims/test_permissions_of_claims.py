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
    nothing = scene.authority.put("/claim-name-words", {"words": ["查房", "！。"], "reason": "补充"})
    assert (nothing.status_code, list(nothing.json["errors"]), nothing.json["why"]) == (
        422, ["words"], "name_too_short",
    )  # fmt: skip
    assert scene.learner.get("/claim-name-words").json["words"] == ["大查房", "晨间交班"]
    hospital = scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.hospital))
    assert hospital.put("/claim-name-words", words).status_code == 403


def test_a_unit_shows_what_it_says_itself_beside_what_holds(scene: ClaimScene) -> None:
    path = f"/units/{scene.ward.id}/claim-settings"
    silent = scene.unit.get(path).json
    assert (silent["is_open"], silent["levels"], silent["open_years"], silent["set_at"]) == (None, None, None, None)
    assert (silent["terms"]["is_open"], silent["terms"]["opened_by"]) == (True, str(scene.hospital.id))
    assert (silent["terms"]["levels"], silent["terms"]["open_years"]) == (["department", "unit"], 2)
    scene.unit.put(path, {"is_open": None, "open_years": 5})
    said = scene.unit.get(path).json
    assert (said["is_open"], said["open_years"], said["terms"]["open_years"]) == (None, 5, 5)
    assert said["set_by"] == str(scene.staff["unit"].id)
    hospital = scene.unit.get(f"/units/{scene.hospital.id}/claim-settings").json
    assert (hospital["is_open"], hospital["terms"]["open_years"]) == (True, 2)  # what is said below holds below


def test_the_settings_of_another_hospital_are_not_there(scene: ClaimScene) -> None:
    other = scene.make.unit(name="第二医院")
    for unit_id in (other.id, scene.person.id):  # the second is no unit at all
        assert scene.unit.get(f"/units/{unit_id}/claim-settings").status_code == 404
        assert scene.unit.put(f"/units/{unit_id}/claim-settings", {"is_open": True}).status_code == 404
    assert scene.authority.get(f"/units/{other.id}/claim-settings").json["terms"]["is_open"] is False
    stranger = scene.make.person(unit=other)
    refused = scene.unit.put(f"/people/{stranger.id}/claim-permission", {"is_open": True, "reason": "误操作"})
    assert refused.status_code == 404
    assert scene.api.as_(stranger).get("/me/claim-terms").json["is_open"] is False


def test_an_exception_is_changed_and_taken_back_twice_without_harm(scene: ClaimScene) -> None:
    path = f"/people/{scene.person.id}/claim-permission"
    said = [
        (None, False, True),  # nothing to take back
        (False, True, False),
        (True, True, True),
        (None, False, True),
        (None, False, True),
    ]
    for is_open, is_exception, holds in said:
        terms = scene.unit.put(path, {"is_open": is_open, "reason": "核查"}).json
        assert (terms["is_exception"], terms["is_open"]) == (is_exception, holds)
        assert scene.learner.get("/me/claim-terms").json["is_open"] is holds
    scene.db.expire_all()
    found = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "claims.set_person")).all()
    before = [each.before and each.before["is_open"] for each in found]
    assert before == [None, None, False, True, None]
