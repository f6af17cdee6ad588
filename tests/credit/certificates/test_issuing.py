"""Certificates (M-10): a number that is never used twice, a PDF that says what was granted, one for each grant."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from credit.certificates.numbers import NumberFormat, check_digit, draw_sequences, is_well_formed
from foundation.clock import day_at_home
from models.claims import Claim, ClaimMode, ClaimStatus
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import SourceRole
from models.people import Person, UnitKind
from models.person_facts import Sex
from models.profiles import PersonProfile
from tests.credit.certificates.conftest import Certified, path_of
from tests.documents.pdfs import qr_of, text_of


def pdf_of(certified: Certified, certificate: dict) -> bytes:
    reply = certified.me.get(certificate["pdf"])
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf"), reply.json
    return reply.data


@pytest.mark.manual("M-10.1", "M-10.1.1", "M-4.1.10")
def test_an_approved_credit_gets_a_certificate_and_asked_again_the_same_one(certified: Certified) -> None:
    grant = certified.grant()
    first, again = certified.ask(grant), certified.ask(grant)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    (item,) = first.json["items"]
    assert item["number"].startswith(f"ZJ{day_at_home(certified.clock.now()).year}0000000001")
    assert (item["project"], item["credits"], item["state"]) == ("急诊心电图判读新进展", "5.00", "valid")
    assert certified.me.get("/me/certificates").json["items"] == first.json["items"]


def test_several_are_issued_in_the_order_asked_and_each_once(certified: Certified) -> None:
    grants = [certified.grant(activity_name=f"第{number}个项目的学习班") for number in range(3)]
    certified.ask(grants[1])
    reply = certified.ask(grants[2], grants[1], grants[2], grants[0])
    assert reply.status_code == 201
    assert [each["entry_id"] for each in reply.json["items"]] == [str(grants[place].id) for place in (2, 1, 0)]
    assert len({each["number"] for each in reply.json["items"]}) == 3


@pytest.mark.manual("M-10.2", "M-10.3", "M-10.4")
def test_the_pdf_has_number_name_fields_and_qr_in_the_layout_of_the_manual(certified: Certified) -> None:
    item = certified.issue(activity_number="2026-03-01-001 (国)", hours=Decimal("18.0"))
    pdf = pdf_of(certified, item)
    text = text_of(pdf)
    wanted = (
        item["number"], "继续医学教育学分证书", "姓名" + certified.person.name, "性别—", "2026年5月18日",
        "主办单位示范市第一医院", "国家级", "集体活动", "2026-03-01-001(国)",
        "急诊心电图判读新进展", "I类", "5.00", "18.0", "不使用电子印章",
    )  # fmt: skip
    for each in wanted:
        assert each in text, (each, text)
    places = [text.index(each) for each in wanted]
    assert places == sorted(places), "in the order of M-10.3, the number first"
    assert text.index("示范市第一医院", places[-2]) > places[-2], "the reviewing unit below all fields (M-10.4)"
    assert qr_of(pdf) == item["verify_url"]
    assert "个人申报" not in text


def test_the_sex_of_the_profile_is_printed_and_a_later_one_makes_a_new_certificate(certified: Certified) -> None:
    grant = certified.grant()
    without = certified.ask(grant).json["items"][0]
    profile = PersonProfile(person_id=certified.person.id, sex=Sex.FEMALE, changed_at=certified.clock.now())
    certified.db.add(profile)
    certified.db.commit()
    item = certified.ask(grant).json["items"][0]
    assert item["number"] != without["number"]
    assert "性别女" in text_of(pdf_of(certified, item))


def test_the_same_certificate_is_the_same_file(certified: Certified) -> None:
    item = certified.issue()
    assert pdf_of(certified, item) == pdf_of(certified, item)


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "䶮某某", "欧阳某某"])
def test_a_name_is_printed_as_on_the_id_card(certified: Certified, name: str) -> None:
    certified.person.name = name
    certified.db.merge(certified.person)
    certified.db.commit()
    assert f"姓名{name}性别" in text_of(pdf_of(certified, certified.issue()))


def test_a_speaker_gets_a_certificate_of_teaching(certified: Certified) -> None:
    item = certified.issue(source_role=SourceRole.SPEAKER, rule_code="NAT-S")
    assert item["kind"] == "teaching"
    assert "继续医学教育授课证书" in text_of(pdf_of(certified, item))
    assert certified.verify(item).json["kind"] == "teaching"


def test_what_a_person_claimed_is_marked(certified: Certified) -> None:
    item = certified.issue(activity_type="个人活动")
    assert "个人申报" in text_of(pdf_of(certified, item))
    assert certified.verify(item).json["is_self_claimed"] is True


def test_a_claim_names_who_held_it_and_the_unit_that_approved_it_last(certified: Certified) -> None:
    unit = certified.make.unit(name="审核的医院")
    claim = Claim(
        person_id=certified.person.id,
        status=ClaimStatus.APPROVED,
        mode=ClaimMode.FREE,
        rule_code="AID-GE6",
        rule_set="ZJ-LEGACY",
        rule_set_version=1,
        category="OTH",
        activity_name="援助西部医疗活动",
        activity_on=date(2026, 5, 18),
        starts_on=date(2025, 11, 1),
        ends_on=date(2026, 5, 18),
        delivery_mode="其他",
        discipline_l2="急诊学",
        issuer="示例受援医院",
        hours=Decimal("0.0"),
        is_same_day_study=False,
        claimed_credits=Decimal("5.00"),
        credits=Decimal("5.00"),
        review_unit_id=unit.id,
        made_at=certified.clock.now(),
    )
    certified.db.add(claim)
    certified.db.commit()
    item = certified.issue(
        source_kind="claim", source_id=claim.id, activity_type="个人活动", activity_on=claim.activity_on
    )
    told = certified.verify(item).json
    assert (told["organizer"], told["reviewing_unit"]) == ("示例受援医院", "审核的医院")
    assert (told["starts_on"], told["ends_on"], told["is_self_claimed"]) == ("2025-11-01", "2026-05-18", True)


def test_the_project_gives_its_first_day_and_its_reviewing_unit(certified: Certified) -> None:
    city = certified.make.unit(kind=UnitKind.CITY, name="某市卫生健康委员会")
    unit = certified.make.unit(name="主办医院")
    project = certified.make.project(
        unit=unit,
        organizer=certified.make.organizer(unit),
        reviewing_unit_id=city.id,
        starts_on=date(2026, 5, 16),
        ends_on=date(2026, 5, 18),
    )
    item = certified.issue(source_id=project.id)
    told = certified.verify(item).json
    assert (told["starts_on"], told["ends_on"]) == ("2026-05-16", "2026-05-18")
    assert told["reviewing_unit"] == "某市卫生健康委员会"
    assert "2026年5月16日至2026年5月18日" in text_of(pdf_of(certified, item))
    project.name, project.starts_on, city.name = "改名", date(2026, 5, 1), "改名的单位"
    certified.db.commit()
    assert certified.verify(item).json == told, "what was issued doesn't change with the project"


def test_only_approved_credits_get_one(certified: Certified, db: Session) -> None:
    grant = certified.grant()
    certified.take_back(grant)
    waiting = waiting_record(certified)
    for refused in (grant.id, waiting):
        reply = certified.ask(refused)
        assert (reply.status_code, reply.json["code"], reply.json["entries"]) == (409, "not_approved", [str(refused)])
    assert certified.rows() == []


def waiting_record(certified: Certified) -> uuid.UUID:
    new = certified.new()
    shared = (
        "person_id", "source_kind", "source_id", "source_role", "category", "credits", "hours", "activity_on",
        "activity_name", "activity_number", "activity_type", "delivery_mode", "discipline", "recorded_by_unit",
    )  # fmt: skip
    facts = {name: getattr(new, name) for name in shared if hasattr(CreditRecord, name)}
    row = CreditRecord(**facts, status=RecordStatus.PENDING, created_at=certified.clock.now())
    certified.db.add(row)
    certified.db.commit()
    return row.id


def test_the_credits_of_others_are_unknown(certified: Certified) -> None:
    other = certified.make.person()
    theirs, mine = certified.grant(person_id=other.id), certified.grant()
    for asked in ([theirs], [mine, theirs], [uuid.uuid4()]):
        assert certified.ask(*asked).status_code == 404
    item = certified.issue()
    stranger = certified.api.as_(other)
    for path in (item["pdf"], item["badge"]):
        assert stranger.get(path).status_code == 404
    assert stranger.get("/me/certificates").json["items"] == []
    assert certified.me.get("/me/certificates/ZJ20269999999990.pdf").status_code == 404


def test_nonsense_is_refused_by_its_field(certified: Certified) -> None:
    for body in ({}, {"entry_ids": []}, {"entry_ids": ["x"]}, {"entry_ids": [str(uuid.uuid4())] * 201}):
        assert certified.me.post("/me/certificates", body).status_code == 422, body


def test_a_number_is_never_drawn_again_after_a_rollback(certified: Certified, db: Session) -> None:
    first = certified.issue()
    assert list(draw_sequences(db, 3)) == [2, 3, 4]
    db.commit()  # as the view does before it issues
    db.rollback()
    assert certified.issue()["number"][6:16] == "0000000005"
    assert first["number"][6:16] == "0000000001"


def test_a_number_tells_a_wrong_digit_and_nearly_every_exchange(certified: Certified) -> None:
    numbers = [NumberFormat().number(2026, sequence) for sequence in range(1, 300)]
    for number in numbers:
        assert is_well_formed(number)
        digits = [place for place, each in enumerate(number[:-1]) if each.isdigit()]
        for place in digits:
            wrong = str((int(number[place]) + 3) % 10)
            assert not is_well_formed(number[:place] + wrong + number[place + 1 :])
    assert check_digit("0794") == "5", "the example of ISO/IEC 7064 for MOD 11,10"
    exchanged = [number[:14] + number[15] + number[14] + number[16:] for number in numbers if number[14] != number[15]]
    assert sum(map(is_well_formed, exchanged)) <= len(exchanged) / 30


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "ZJ{sequence}",
        "{check}{sequence}",
        "zj{sequence}{check}",
        "{sequence}{sequence}{check}",
        "Z/{sequence}{check}",
    ],
)
def test_a_format_without_its_parts_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="wanted capitals"):
        NumberFormat(pattern)
    assert NumberFormat("33-{sequence}-{check}").number(2026, 7).startswith("33-0000000007-")


def test_the_token_is_not_told_by_the_number(certified: Certified) -> None:
    tokens = [path_of(certified.issue()).removeprefix("/v/") for _ in range(5)]
    assert len(set(tokens)) == 5
    assert all(len(each) >= 22 for each in tokens)
    for row in certified.rows():
        assert row.number not in row.token
        assert str(row.sequence) != row.token


def test_my_data_has_my_certificates(certified: Certified, person: Person) -> None:
    item = certified.issue()
    parts = {each["name"]: each for each in certified.me.get("/me/data").json["parts"]}
    assert parts["certificates"]["rows"][0]["number"] == item["number"]


def test_certificates_are_listed_newest_first_in_pages(certified: Certified) -> None:
    numbers = [certified.issue(activity_name=f"第{place}个项目的学习班")["number"] for place in range(3)]
    first = certified.me.get("/me/certificates?limit=2").json
    rest = certified.me.get(f"/me/certificates?limit=2&cursor={first['next_cursor']}").json
    pages = [[each["number"] for each in page["items"]] for page in (first, rest)]
    assert pages == [[numbers[2], numbers[1]], [numbers[0]]]
    assert rest["next_cursor"] is None
