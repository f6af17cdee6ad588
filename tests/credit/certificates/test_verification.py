"""The public page of a certificate: all that it says with a masked name, and its state at this moment."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from credit.certificates.verification import mask_name
from models.edge import AuditEntry
from models.people import Person, Role, UnitKind
from tests.credit.certificates.conftest import Certified, path_of
from tests.documents.pdfs import text_of


@pytest.mark.manual("M-10.2", "M-10.5")
def test_anybody_reads_that_it_is_valid_and_what_it_says(certified: Certified) -> None:
    item = certified.issue(hours=Decimal("18.0"))
    told = certified.verify(item)
    assert told.status_code == 200
    assert (told.json["valid"], told.json["state"], told.json["number"]) == (True, "valid", item["number"])
    assert (told.json["project"], told.json["credits"], told.json["hours"]) == ("急诊心电图判读新进展", "5.00", "18.0")
    assert told.json["organizer"] == "示范市第一医院"
    assert told.json["name"] == "学" + "*" * (len(certified.person.name) - 1)
    assert certified.person.name not in told.text
    assert (certified.person.cme_number or "none") not in told.text


@pytest.mark.manual("M-10.5")
@pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", ""])
def test_a_browser_gets_a_page_without_scripts(certified: Certified, accept: str) -> None:
    item = certified.issue()
    page = certified.verify(item, accept=accept)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for each in (
        "证书有效",
        "This certificate is valid",
        item["number"],
        "急诊心电图判读新进展",
        "5.00",
        "2026年5月18日",
    ):
        assert each in page.text, each
    assert "<script" not in page.text
    assert certified.person.name not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Vary"] == "Accept"


def test_the_page_shows_every_fact_of_the_paper(certified: Certified) -> None:
    item = certified.issue(activity_number="2026-03-01-001 (国)", hours=Decimal("18.0"))
    paper = text_of(certified.me.get(item["pdf"]).data)
    told = certified.verify(item).json
    for fact in ("number", "project", "organizer", "level", "activity_type", "credits", "hours", "reviewing_unit"):
        assert told[fact].replace(" ", "") in paper, fact
        assert told[fact] in certified.verify(item, accept="text/html").text, fact


def test_a_guess_finds_nothing(certified: Certified) -> None:
    item = certified.issue()
    path = path_of(certified.issue())
    for guess in (path[:-4] + "0000", path + "x", "/v/" + item["number"], "/v/%00", "/v/" + "9" * 300):
        reply = certified.api.get(guess, headers={"Accept": "application/json"})
        assert (reply.status_code, reply.json["code"]) == (404, "not_found"), guess
        assert certified.api.get(guess, headers={"Accept": "text/html"}).status_code == 404
        assert "查无此证书" in certified.api.get(guess, headers={"Accept": "text/html"}).text


def test_one_certificate_is_looked_at_sixty_times_a_minute_and_others_stay_open(certified: Certified) -> None:
    item, other = certified.issue(), certified.issue()
    codes = [certified.verify(item).status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]
    assert certified.verify(item).headers["Retry-After"]
    assert certified.verify(other).status_code == 200
    certified.clock.turn(minutes=1)
    assert certified.verify(item).status_code == 200


def test_wrong_tokens_together_are_limited_and_real_ones_stay_open(certified: Certified) -> None:
    item = certified.issue()
    codes = {
        certified.api.get(f"/v/wrong{number}", headers={"Accept": "application/json"}).status_code
        for number in range(605)
    }
    assert codes == {404, 429}
    assert certified.verify(item).status_code == 200


def test_a_reversed_credit_takes_its_certificate_with_it_at_once(certified: Certified) -> None:
    grant = certified.grant()
    item = certified.ask(grant).json["items"][0]
    reply = certified.authority.post(f"/ledger-entries/{grant.id}/reversal", {"reason": "考勤有误", "cause": "mistake"})
    assert reply.status_code == 201, reply.json
    assert (certified.verify(item).json["valid"], certified.verify(item).json["state"]) == (False, "reversed")
    assert "学分已冲销" in certified.verify(item, accept="text/html").text
    for path in (item["pdf"], item["badge"]):
        refused = certified.me.get(path)
        assert (refused.status_code, refused.json["code"], refused.json["state"]) == (
            409, "certificate_not_valid", "reversed",
        )  # fmt: skip
    assert certified.ask(grant).status_code == 409
    assert certified.me.get("/me/certificates").json["items"][0]["state"] == "reversed"
    assert certified.revoke(item).json["code"] == "certificate_not_valid"


def test_the_authority_revokes_with_a_reason_that_the_person_reads_and_nobody_else(
    certified: Certified, db: Session
) -> None:
    item = certified.issue()
    reply = certified.revoke(item)
    assert (reply.status_code, reply.json["state"]) == (200, "revoked"), reply.json
    told = certified.verify(item)
    assert (told.json["valid"], told.json["state"]) == (False, "revoked")
    assert told.json["ended_at"] is not None
    assert "材料有误" not in told.text
    assert "证书已撤销" in certified.verify(item, accept="text/html").text
    (notice,) = certified.me.get("/me/notices").json["items"]
    assert notice["topic"] == "certificate_revoked"
    assert item["number"] in notice["text"]
    assert "材料有误" in notice["text"]
    entry = db.query(AuditEntry).filter_by(action="certificate.revoke").one()
    assert (entry.reason, entry.after) == ("材料有误", {"number": item["number"]})
    assert certified.revoke(item).json["code"] == "certificate_revoked"
    assert certified.me.get(item["pdf"]).json["state"] == "revoked"


def test_a_revoked_one_is_not_had_again_by_asking(certified: Certified) -> None:
    grant = certified.grant()
    item = certified.ask(grant).json["items"][0]
    certified.revoke(item)
    again = certified.ask(grant)
    assert (again.status_code, again.json["items"][0]["number"], again.json["items"][0]["state"]) == (
        200, item["number"], "revoked",
    )  # fmt: skip


def test_a_reissued_one_has_a_new_number_and_the_old_one_leads_to_it(certified: Certified) -> None:
    item = certified.issue()
    certified.revoke(item)
    made = certified.authority.post(f"/certificates/{item['number']}/reissue", {"reason": "撤销有误，重新发放"})
    assert (made.status_code, made.json["state"], made.json["replaces"]) == (201, "valid", item["number"]), made.json
    old = certified.verify(item).json
    assert (old["valid"], old["state"], old["replaced_by"]) == (False, "replaced", made.json["number"])
    assert made.json["number"] in certified.verify(item, accept="text/html").text
    assert certified.verify(made.json).json["replaces"] == item["number"]
    again = certified.authority.post(f"/certificates/{item['number']}/reissue", {"reason": "再次"})
    assert (again.status_code, again.json["replaced_by"]) == (409, made.json["number"])
    assert certified.me.get("/me/notices").json["items"][0]["topic"] == "certificate_replaced"


def test_a_corrected_name_gets_a_new_number_when_asked_again(certified: Certified, db: Session) -> None:
    grant = certified.grant()
    old = certified.ask(grant).json["items"][0]
    old_name = certified.person.name
    person = db.get_one(Person, certified.person.id)
    person.name = "改正某"
    db.commit()
    assert certified.verify(old).json["name"] == mask_name(old_name), "the page says what was issued"
    reply = certified.ask(grant)
    new = reply.json["items"][0]
    assert (reply.status_code, new["replaces"]) == (201, old["number"])
    assert "改正某" in text_of(certified.me.get(new["pdf"]).data)
    assert certified.verify(old).json["replaced_by"] == new["number"]
    assert certified.ask(grant).json["items"][0]["number"] == new["number"]


def test_only_the_authority_over_the_person_revokes(certified: Certified, unit_admin: Person) -> None:
    item = certified.issue()
    city = certified.make.unit(kind=UnitKind.CITY, name="别的市")
    elsewhere = certified.api.as_(certified.make.staff(Role.AUTHORITY, city))
    for who, status in ((certified.me, 403), (certified.api.as_(unit_admin), 403), (elsewhere, 404)):
        reply = who.post(f"/certificates/{item['number']}/revocation", {"reason": "材料有误"})
        assert reply.status_code == status, reply.json
    assert certified.revoke({"number": "ZJ20269999999990"}).status_code == 404
    assert certified.revoke(item, reason="").status_code == 422


@pytest.mark.parametrize(
    ("name", "masked"),
    [("陈某", "陈*"), ("欧阳某某", "欧***"), ("阿依古丽·买买提", "阿*******"), ("某", "*"), ("𠮷某", "𠮷*")],
)
def test_a_name_is_masked_but_for_its_first_letter(name: str, masked: str) -> None:
    assert mask_name(name) == masked
