"""个人资料: what people see of their profile, what they change themselves, and what their admins change (M-5)."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.id_numbers import check_digit
from accounts.profiles.fields import CORRECTABLE, ENUMS, ProfileField
from foundation.clock import day_at_home
from models.edge import AuditEntry
from models.people import Role, UnitKind
from models.person_facts import Title, TitleLevel
from models.profiles import PersonProfile
from service.wording.vocabulary import VOCABULARY
from tests.accounts.profiles.conftest import WHY, Ward
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, face

ID_NUMBER = "99000019851122001" + check_digit("99000019851122001")
ALL_OF_IT = {
    "sex": "male",
    "birth_on": "1985-11-22",
    "ethnicity": "zang",
    "political_status": "jiusan",
    "education": "postgraduate",
    "degree": "doctor",
    "post": "急诊科副主任",
    "title": "chief_physician",
    "transfer_status": "transferred_in",
    "contact_phone": "0571-87000001",
    "email": "li.shifan@example.org",
    "old_ic_card_no": "IC00123456",
}


def refused(reply: Any) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


@pytest.mark.manual("M-5.1", "M-5.2", "M-5.3", "M-9.1")
def test_a_profile_has_its_three_blocks_and_masks_what_is_sensitive(ward: Ward) -> None:
    edited = ward.admin.patch(f"/people/{ward.doctor.id}", {**ALL_OF_IT, "id_number": ID_NUMBER, **WHY})
    assert edited.status_code == 200, edited.json
    shown = ward.me.get("/me/profile").json
    assert shown["basic"] == {
        "name": "李示范",
        "sex": "male",
        "ethnicity": "zang",
        "political_status": "jiusan",
        "id_number": "9" + "*" * 16 + ID_NUMBER[-1],
        "birth_on": "1985-11-22",
        "education": "postgraduate",
        "degree": "doctor",
        "phone": "**********0001",
        "contact_phone": "*********0001",
        "email": "l***@example.org",
    }
    assert shown["other"] == {
        "unit": {"id": str(ward.hospital.id), "name": "第一医院"},
        "employer": None,
        "post": "急诊科副主任",
        "person_status": "normal",
        "transfer_status": "transferred_in",
        "title": "chief_physician",
        "title_level": "senior",
        "old_ic_card_no": "******3456",
    }
    (row,) = shown["history"]
    assert (row["unit"], row["title"], row["person_status"]) == ("第一医院", "chief_physician", "normal")
    assert shown["editable"] == ["contact_phone", "email", "ethnicity", "old_ic_card_no"]


@pytest.mark.manual("M-5.2")
def test_the_owner_reads_the_whole_numbers_on_purpose(ward: Ward) -> None:
    ward.me.patch("/me/profile", {"contact_phone": "0571-87000001", "email": "a@example.org", "old_ic_card_no": "12"})
    basic = ward.me.get("/me/profile?full=true").json["basic"]
    assert (basic["phone"], basic["id_number"]) == ("+8613800000001", "990000198511220014")
    assert (basic["contact_phone"], basic["email"]) == ("0571-87000001", "a@example.org")
    masked = ward.me.get("/me/profile").json
    assert (masked["basic"]["email"], masked["other"]["old_ic_card_no"]) == ("a***@example.org", "*2")


def test_somebody_of_whom_nothing_is_known_has_a_profile_too(api: Api, make: Factories) -> None:
    shown = api.as_(make.person()).get("/me/profile")
    assert shown.status_code == 200
    assert shown.json["basic"]["sex"] is None
    assert shown.json["other"]["person_status"] == "normal"
    assert len(shown.json["history"]) == 1


@pytest.mark.manual("M-5.5", "M-5.6")
def test_people_change_their_contacts_and_ethnicity_themselves(ward: Ward, db: Session) -> None:
    mine = {
        "contact_phone": "０５７１－８７０００００１",
        "email": "a@示例.中国",
        "old_ic_card_no": "AB-1",
        "ethnicity": "hui",
    }
    reply = ward.me.patch("/me/profile", mine)
    assert reply.status_code == 200, reply.json
    shown = ward.me.get("/me/profile?full=true").json
    assert shown["basic"]["contact_phone"] == "0571-87000001"
    assert (shown["basic"]["email"], shown["basic"]["ethnicity"]) == ("a@示例.中国", "hui")
    assert shown["other"]["old_ic_card_no"] == "AB-1"
    assert ward.me.patch("/me/profile", {"email": None, "ethnicity": None}).status_code == 200
    shown = ward.me.get("/me/profile?full=true").json
    assert (shown["basic"]["email"], shown["basic"]["ethnicity"]) == (None, None)
    entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "profile.edit_own")).all()
    assert [entry.after for entry in entries] == [
        {"changed": ["contact_phone", "email", "ethnicity", "old_ic_card_no"]},
        {"changed": ["email", "ethnicity"]},
    ]
    assert ward.me.patch("/me/profile", {"email": None}).status_code == 200
    assert len(db.scalars(select(AuditEntry).where(AuditEntry.action == "profile.edit_own")).all()) == 2


@pytest.mark.manual("M-5.5")
@pytest.mark.parametrize("name", sorted(field.value for field in CORRECTABLE))
def test_a_read_only_field_is_refused_with_the_way_to_correct_it(ward: Ward, name: str) -> None:
    reply = ward.me.patch("/me/profile", {"email": "a@example.org", name: "x"})
    assert refused(reply) == (422, "profile_field_read_only")
    assert list(reply.json["errors"]) == [name]
    assert "更正申请" in reply.json["hint"]
    assert ward.me.get("/me/profile").json["basic"]["email"] is None


@pytest.mark.manual("M-5.5")
def test_the_phone_and_the_photo_have_calls_of_their_own(ward: Ward) -> None:
    for name, words in (("phone", ("更换手机", "Change the phone")), ("photo", ("单独上传", "by itself"))):
        reply = ward.me.patch("/me/profile", {name: "+8613900000000"})
        assert refused(reply) == (422, "profile_field_read_only")
        assert words[0] in reply.json["hint"]
        assert words[1] in ward.me.speaking("en").patch("/me/profile", {name: "x"}).json["hint"]
    reply = ward.admin.patch(f"/people/{ward.doctor.id}", {"phone": "13900000000", **WHY})
    assert refused(reply) == (422, "profile_field_read_only")
    assert "本人须到场" in reply.json["hint"]


@pytest.mark.parametrize(
    "body",
    [
        {"email": "no address"}, {"email": "a@b"}, {"email": "a@b..c"}, {"email": "a b@example.org"}, {"email": ""},
        {"email": "a@example.org\nBcc: b@example.org"}, {"email": "x" * 250 + "@example.org"}, {"email": 7},
        {"email": "<a@example.org>"}, {"contact_phone": "call me"}, {"contact_phone": "1" * 31}, {"contact_phone": ""},
        {"contact_phone": "\u0000"}, {"old_ic_card_no": "=1+1"}, {"old_ic_card_no": "x" * 31}, {"ethnicity": "汉"},
        {"ethnicity": "klingon"}, {"ethnicity": []}, {"unknown": 1}, {"roles": ["authority"]},
    ],
)  # fmt: skip
def test_what_no_field_can_be_is_422_and_changes_nothing(ward: Ward, body: dict[str, Any]) -> None:
    assert ward.me.patch("/me/profile", body).status_code == 422
    assert ward.me.get("/me/profile").json["basic"]["email"] is None


def test_an_edit_of_nothing_changes_nothing_and_is_on_no_trail(ward: Ward, db: Session) -> None:
    assert ward.me.patch("/me/profile", {}).status_code == 200
    assert ward.admin.patch(f"/people/{ward.doctor.id}", WHY).status_code == 200
    assert ward.me.call("PATCH", "/me/profile", data="[]", content_type="application/json").status_code in (400, 422)
    actions = {"profile.edit", "profile.edit_own", "person.edit"}
    assert db.scalars(select(AuditEntry).where(AuditEntry.action.in_(actions))).all() == []
    assert db.scalars(select(PersonProfile)).all() == []


def test_a_status_that_was_set_by_mistake_is_set_back(ward: Ward) -> None:
    path = f"/people/{ward.doctor.id}"
    for status in ("deregistered", "normal"):
        assert ward.admin.patch(path, {"person_status": status, **WHY}).status_code == 200
    shown = ward.me.get("/me/profile").json
    assert shown["other"]["person_status"] == "normal"
    assert [row["person_status"] for row in shown["history"]] == ["normal", "deregistered", "normal"]


def test_what_is_sensitive_is_sealed_and_on_no_trail(ward: Ward, db: Session) -> None:
    ward.admin.patch(f"/people/{ward.doctor.id}", {**ALL_OF_IT, **WHY})
    row = db.get_one(PersonProfile, ward.doctor.id)
    stored = str({name: getattr(row, name) for name in row.__table__.columns.keys()})  # noqa: SIM118 - no dict
    for value in ("zang", "jiusan", "87000001", "li.shifan", "IC00123456"):
        assert value not in stored
        assert value not in str([(entry.before, entry.after) for entry in db.scalars(select(AuditEntry))])


@pytest.mark.manual("M-5.4")
def test_each_change_of_unit_title_or_status_is_a_row_of_the_history(
    ward: Ward, api: Api, make: Factories, clock: FakeClock
) -> None:
    path, year = f"/people/{ward.doctor.id}", day_at_home(clock.now()).year
    boss = api.as_(make.staff(Role.AUTHORITY, make.province))
    other = make.unit(name="第二医院")
    steps = (
        {"title": "attending_physician", "since_year": 2012},
        {"title": "chief_physician", "since_year": 2013},
        {"person_status": "deregistered", "since_year": 2016},
        {"unit_id": str(other.id), "person_status": "normal", "since_year": 2018},
        {"education": "undergraduate"},
        {"title": "chief_physician"},
        {"person_status": "retired"},
    )
    for step in steps:
        assert boss.patch(path, {**step, **WHY}).status_code == 200
    rows = ward.me.get("/me/profile").json["history"]
    assert [(row["unit"], row["title"], row["person_status"], row["year"]) for row in rows] == [
        ("第二医院", "chief_physician", "retired", year),
        ("第二医院", "chief_physician", "normal", 2018),
        ("第一医院", "chief_physician", "deregistered", 2016),
        ("第一医院", "chief_physician", "normal", 2013),
        ("第一医院", "attending_physician", "normal", 2012),
    ]


def test_the_first_change_keeps_what_was_before_it(ward: Ward, api: Api, make: Factories, clock: FakeClock) -> None:
    ward_of_hospital = make.unit(parent=ward.hospital, kind=UnitKind.DEPARTMENT, name="急诊科")
    ward.admin.patch(f"/people/{ward.doctor.id}", {"unit_id": str(ward_of_hospital.id), **WHY})
    rows = ward.me.get("/me/profile").json["history"]
    assert [row["unit"] for row in rows] == ["急诊科", "第一医院"]


def test_a_renamed_unit_changes_no_history(ward: Ward) -> None:
    ward.admin.patch(f"/people/{ward.doctor.id}", {"title": "physician", "since_year": 2020, **WHY})
    assert ward.admin.patch(f"/units/{ward.hospital.id}", {"name": "新名医院", **WHY}).status_code == 200
    shown = ward.me.get("/me/profile").json
    assert (shown["other"]["unit"]["name"], shown["history"][0]["unit"]) == ("新名医院", "第一医院")


def test_a_person_is_added_with_what_is_known_of_them(ward: Ward) -> None:
    new = {"cme_number": "3399000001", "name": "王示范", "unit_id": str(ward.hospital.id), **ALL_OF_IT}
    made = ward.admin.post("/people", new)
    assert made.status_code == 201, made.json
    shown = ward.admin.get(f"/people/{made.json['id']}/profile?full=true").json
    told = shown["basic"] | shown["other"]
    assert {name: told[name] for name in ALL_OF_IT} == ALL_OF_IT
    assert [row["title"] for row in shown["history"]] == ["chief_physician"]


def test_each_look_of_an_admin_is_audited_and_one_beyond_their_reach_is_as_of_nobody(
    ward: Ward, make: Factories, db: Session
) -> None:
    path = f"/people/{ward.doctor.id}/profile"
    assert ward.admin.get(path).json["basic"]["id_number"].count("*") == 16
    assert ward.admin.get(f"{path}?full=true").json["basic"]["id_number"] == "990000198511220014"
    looks = db.scalars(select(AuditEntry).where(AuditEntry.action == "profile.look").order_by(AuditEntry.id)).all()
    assert [(look.subject_id, look.after) for look in looks] == [
        (ward.doctor.id, {"is_full": False}),
        (ward.doctor.id, {"is_full": True}),
    ]
    stranger = make.person(unit=make.unit(name="第二医院"))
    for ident in (stranger.id, "01900000-0000-7000-8000-000000000000"):
        assert refused(ward.admin.get(f"/people/{ident}/profile")) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"birth_on": "1899-12-31"}, (422, "profile_value_invalid")),
        ({"birth_on": "2999-01-01"}, (422, "profile_value_invalid")),
        ({"birth_on": "yesterday"}, (422, "invalid_input")),
        ({"title": "wizard"}, (422, "invalid_input")),
        ({"person_status": None}, (422, "invalid_input")),
        ({"since_year": 1, "title": "nurse"}, (422, "invalid_input")),
        ({"since_year": 10**30, "title": "nurse"}, (422, "invalid_input")),
        ({"id_number": "99000019851122001A"}, (422, "id_number_invalid")),
        ({"post": " "}, (422, "invalid_input")),
        ({"name": None}, (422, "invalid_input")),
    ],
)
def test_admins_change_nothing_to_what_it_cannot_be(ward: Ward, body: dict[str, Any], answer: tuple[int, str]) -> None:
    before = ward.me.get("/me/profile?full=true").json
    assert refused(ward.admin.patch(f"/people/{ward.doctor.id}", {"degree": "master", **body, **WHY})) == answer
    assert ward.me.get("/me/profile?full=true").json == before


def test_an_id_number_of_somebody_else_is_refused_and_leaves_nothing(ward: Ward, make: Factories) -> None:
    make.person(id_number=ID_NUMBER)
    reply = ward.admin.patch(f"/people/{ward.doctor.id}", {"id_number": ID_NUMBER, "degree": "master", **WHY})
    assert refused(reply) == (409, "number_taken")
    assert ward.me.get("/me/profile").json["basic"]["degree"] is None


def test_nobody_changes_their_own_profile_as_an_admin(ward: Ward) -> None:
    reply = ward.admin.patch(f"/people/{ward.chief.id}", {"title": "chief_physician", **WHY})
    assert refused(reply) == (403, "own_details")


def test_somebody_who_is_deregistered_loses_their_face(ward: Ward, make: Factories) -> None:
    make.face_law()
    assert ward.me.enrol(face("li"), face("li"), face("li")).status_code == 201
    path = f"/people/{ward.doctor.id}"
    assert ward.admin.patch(path, {"person_status": "retired", **WHY}).status_code == 200
    assert ward.me.get("/me/face").json["enrolled"] is True
    assert ward.admin.patch(path, {"person_status": "deregistered", **WHY}).status_code == 200
    assert ward.me.get("/me/face").json["enrolled"] is False
    assert ward.me.get("/me/face/deletions").json["items"][0]["cause"] == "deregistered"
    assert ward.admin.patch(path, {"person_status": "deregistered", **WHY}).status_code == 200


def test_my_data_holds_the_profile(ward: Ward) -> None:
    ward.admin.patch(f"/people/{ward.doctor.id}", {**ALL_OF_IT, **WHY})
    parts = {part["name"]: part["rows"] for part in ward.me.get("/me/data").json["parts"]}
    assert parts["profile"][0]["title"] == "chief_physician"
    assert parts["profile"][0]["ethnicity"] == "zang"
    assert parts["profile"][0]["email"] == "li.shifan@example.org"
    assert parts["profile_changes"][0]["unit_name"] == "第一医院"


def test_every_word_has_its_chinese_and_english(api: Api) -> None:
    words = api.get("/words").json["items"] if "items" in api.get("/words").json else api.get("/words").json
    text = str(words)
    for kind in ENUMS.values():
        assert set(VOCABULARY[kind.__name__]) == {each.value for each in kind}
        assert all(chinese in text for chinese, _ in VOCABULARY[kind.__name__].values())
    assert len(VOCABULARY["Ethnicity"]) == 57
    assert set(VOCABULARY["CorrectableField"]) == {field.value for field in CORRECTABLE}
    assert set(VOCABULARY["ProfileField"]) == {field.value for field in ProfileField}


def test_a_title_has_its_level() -> None:
    levels = {
        "chief_nurse": "senior",
        "associate_chief_technician": "associate_senior",
        "nurse_in_charge": "intermediate",
        "attending_physician": "intermediate",
        "physician": "junior",
        "nurse": "junior",
        "other_senior": "senior",
        "other_associate_senior": "associate_senior",
        "other_intermediate": "intermediate",
        "none": "none",
    }
    assert {title: Title(title).level for title in levels} == {t: TitleLevel(level) for t, level in levels.items()}
