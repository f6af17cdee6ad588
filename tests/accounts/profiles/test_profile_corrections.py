"""更正申请: people ask the admin of their unit to correct what they only read, and are told what came of it (O-28)."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.id_numbers import check_digit
from models.edge import AuditEntry
from models.people import Role
from models.profiles import ProfileRequest
from tests.accounts.profiles.conftest import Ward
from tests.api import Api, Reply
from tests.factories import Factories

ID_NUMBER = "99000019851122003" + check_digit("99000019851122003")
MINE = "/me/profile/corrections"


def ask(who: Api, field: str, wanted: str, **more: Any) -> Reply:
    return who.post(MINE, {"field": field, "wanted": wanted, "reason": "登记有误", **more})


def decide(who: Api, ident: str, decision: str = "accept") -> Reply:
    return who.post(f"/profile-corrections/{ident}/decision", {"decision": decision, "reason": "已核对证件"})


def refused(reply: Reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


def topics(who: Api) -> list[str]:
    return [each["topic"] for each in who.get("/me/notices").json["items"]]


@pytest.mark.manual("M-5.5")
@pytest.mark.parametrize(
    ("field", "wanted", "block"),
    [
        ("name", "李世范", "basic"), ("sex", "female", "basic"), ("birth_on", "1986-01-31", "basic"),
        ("id_number", ID_NUMBER, "basic"), ("political_status", "party_member", "basic"), ("degree", "doctor", "basic"),
        ("education", "postgraduate", "basic"), ("post", "护士长", "other"), ("title", "nurse_in_charge", "other"),
        ("person_status", "long_sick_leave", "other"), ("transfer_status", "transferred_in", "other"),
    ],
)  # fmt: skip
def test_an_accepted_request_corrects_the_field(ward: Ward, db: Session, field: str, wanted: str, block: str) -> None:
    before = ward.me.get("/me/profile?full=true").json[block][field]
    asked = ask(ward.me, field, wanted, evidence="身份证、聘书")
    assert (asked.status_code, asked.json["status"], asked.json["wanted"]) == (201, "open", wanted)
    (waiting,) = ward.admin.get("/profile-corrections?status=open").json["items"]
    assert (waiting["id"], waiting["person"]["name"], waiting["field"]) == (asked.json["id"], "李示范", field)
    decided = decide(ward.admin, asked.json["id"])
    assert (decided.status_code, decided.json["status"], decided.json["before"]) == (200, "accepted", before)
    assert ward.me.get("/me/profile?full=true").json[block][field] == wanted
    (mine,) = ward.me.get(MINE).json["items"]
    assert (mine["status"], mine["decision_reason"], mine["before"]) == ("accepted", "已核对证件", before)
    actions = [entry.action for entry in db.scalars(select(AuditEntry).where(AuditEntry.subject_id == ward.doctor.id))]
    assert "profile_request.decide" in actions
    assert {"profile.edit", "person.edit"} & set(actions)
    assert wanted not in str([(entry.before, entry.after) for entry in db.scalars(select(AuditEntry))])


def test_a_corrected_name_is_found_by_its_pinyin(ward: Ward) -> None:
    assert decide(ward.admin, ask(ward.me, "name", "欧阳示范").json["id"]).status_code == 200
    assert [each["name"] for each in ward.admin.get("/people?q=ouyangshifan").json["items"]] == ["欧阳示范"]


def test_a_corrected_title_and_status_are_in_the_history(ward: Ward) -> None:
    for field, wanted in (("title", "physician"), ("person_status", "retired")):
        assert decide(ward.admin, ask(ward.me, field, wanted).json["id"]).status_code == 200
    rows = ward.me.get("/me/profile").json["history"]
    assert [(row["title"], row["person_status"]) for row in rows] == [("physician", "retired"), ("physician", "normal")]


def test_both_sides_are_told(ward: Ward) -> None:
    asked = ask(ward.me, "degree", "master").json["id"]
    told = ward.admin.get("/me/notices").json["items"][0]
    assert told["topic"] == "profile_requested"
    assert "李示范" in told["text"]
    assert "学位" in told["text"]
    assert topics(ward.me) == []
    decide(ward.admin, asked, "reject")
    told = ward.me.get("/me/notices").json["items"][0]
    assert (told["topic"], "未同意" in told["text"], "已核对证件" in told["text"]) == ("profile_decided", True, True)
    assert "degree" in ward.me.speaking("en").get("/me/notices").json["items"][0]["text"]


def test_a_rejected_request_changes_nothing_and_another_one_may_follow(ward: Ward) -> None:
    first = ask(ward.me, "degree", "master").json["id"]
    assert decide(ward.admin, first, "reject").json["status"] == "rejected"
    assert ward.me.get("/me/profile").json["basic"]["degree"] is None
    assert refused(decide(ward.admin, first)) == (409, "already_decided")
    second = ask(ward.me, "degree", "master").json["id"]
    assert second != first
    assert [each["id"] for each in ward.me.get(MINE).json["items"]] == [second, first]


def test_a_field_has_one_open_request_and_a_withdrawn_one_makes_room(ward: Ward) -> None:
    first = ask(ward.me, "degree", "master").json
    again = ask(ward.me, "degree", "doctor").json
    assert (again["id"], again["wanted"]) == (first["id"], "master")
    assert ask(ward.me, "education", "postgraduate").json["id"] != first["id"]
    assert ward.me.delete(f"/me/profile/corrections/{first['id']}").status_code == 204
    assert ward.me.delete(f"/me/profile/corrections/{first['id']}").status_code == 204
    assert refused(decide(ward.admin, first["id"])) == (409, "already_decided")
    third = ask(ward.me, "degree", "doctor").json
    assert (third["status"], third["wanted"]) == ("open", "doctor")
    decide(ward.admin, third["id"])
    assert refused(ward.me.delete(f"/me/profile/corrections/{third['id']}")) == (409, "already_decided")


@pytest.mark.parametrize(
    ("field", "wanted", "answer"),
    [
        ("email", "a@example.org", (422, "invalid_input")), ("phone", "13800000009", (422, "invalid_input")),
        ("title", "wizard", (422, "profile_value_invalid")), ("sex", "男", (422, "profile_value_invalid")),
        ("birth_on", "2999-01-01", (422, "profile_value_invalid")),
        ("birth_on", "1.1.1980", (422, "profile_value_invalid")),
        ("id_number", "990000198511220010", (422, "profile_value_invalid")), ("name", "   ", (422, "invalid_input")),
        ("name", "李\x07示范", (422, "profile_value_invalid")), ("name", "\u202eabc", (422, "profile_value_invalid")),
        ("name", "x" * 101, (422, "invalid_input")), ("unit_id", "第二医院", (422, "profile_value_invalid")),
        ("unit_id", "01900000-0000-7000-8000-000000000000", (404, "not_found")),
        ("name", "李示范", (409, "profile_unchanged")),
        ("person_status", "normal", (409, "profile_unchanged")),
    ],
)  # fmt: skip
def test_a_request_for_what_cannot_be_is_refused(ward: Ward, field: str, wanted: str, answer: tuple[int, str]) -> None:
    assert refused(ask(ward.me, field, wanted)) == answer
    assert ward.me.get(MINE).json["items"] == []


def test_only_the_admins_of_the_person_decide_and_nobody_their_own(ward: Ward, api: Api, make: Factories) -> None:
    asked = ask(ward.me, "degree", "master").json["id"]
    far = api.as_(make.staff(Role.UNIT_ADMIN, make.unit(name="第二医院")))
    assert far.get("/profile-corrections").json["items"] == []
    assert refused(decide(far, asked)) == (404, "not_found")
    assert decide(api.as_(make.person(unit=ward.hospital)), asked).status_code == 403
    own = ask(ward.admin, "degree", "doctor").json["id"]
    assert refused(decide(ward.admin, own)) == (403, "own_details")
    assert refused(ward.me.delete(f"/me/profile/corrections/{own}")) == (404, "not_found")
    boss = api.as_(make.staff(Role.AUTHORITY, make.province))
    assert decide(boss, own).status_code == 200


def test_a_request_for_another_unit_is_accepted_by_who_administers_both(ward: Ward, api: Api, make: Factories) -> None:
    other = make.unit(name="第二医院")
    asked = ask(ward.me, "unit_id", str(other.id)).json
    assert asked["wanted_name"] == "第二医院"
    assert decide(ward.admin, asked["id"]).status_code == 403
    assert ward.me.get(MINE).json["items"][0]["status"] == "open"
    boss = api.as_(make.staff(Role.AUTHORITY, make.province))
    assert decide(boss, asked["id"]).status_code == 200
    shown = ward.me.get("/me/profile").json
    assert shown["other"]["unit"]["name"] == "第二医院"
    assert [row["unit"] for row in shown["history"]] == ["第二医院", "第一医院"]


def test_an_id_number_that_was_taken_meanwhile_leaves_the_request_open(ward: Ward, make: Factories) -> None:
    asked = ask(ward.me, "id_number", ID_NUMBER).json["id"]
    make.person(id_number=ID_NUMBER)
    assert refused(decide(ward.admin, asked)) == (409, "number_taken")
    assert ward.me.get(MINE).json["items"][0]["status"] == "open"


def test_requests_come_in_pages_and_their_values_are_sealed(ward: Ward, db: Session) -> None:
    for field, wanted in (("degree", "doctor"), ("education", "postgraduate"), ("post", "甲乙丙丁")):
        ask(ward.me, field, wanted)
    first = ward.admin.get("/profile-corrections?limit=2").json
    rest = ward.admin.get(f"/profile-corrections?limit=2&cursor={first['next_cursor']}").json
    assert [each["field"] for each in first["items"] + rest["items"]] == ["degree", "education", "post"]
    assert rest["next_cursor"] is None
    assert not any("甲乙丙丁".encode() in row.wanted_sealed for row in db.scalars(select(ProfileRequest)))


def test_a_person_asks_fifty_times_a_year_at_most(ward: Ward) -> None:
    for number in range(50):
        made = ask(ward.me, "post", f"职务{number}").json
        assert ward.me.delete(f"/me/profile/corrections/{made['id']}").status_code == 204
    reply = ask(ward.me, "post", "再一次")
    assert (*refused(reply), reply.json["most"]) == (409, "profile_requests_full", 50)
