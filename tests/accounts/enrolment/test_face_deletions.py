"""Whichever way a face is deleted, its person gets a receipt that everybody can check."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.faces import FaceTemplate
from models.people import Role
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.accounts.enrolment.kept_photos import enrol
from tests.api import Api
from tests.attendance.check_in.checking_in import at_once
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.pictures import PaintedEngine, picture

pytestmark = pytest.mark.either_database


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


@pytest.fixture
def engine() -> PaintedEngine:
    return PaintedEngine()


def deletions(who: Api) -> list[dict[str, Any]]:
    reply = who.get("/me/face/deletions")
    assert reply.status_code == 200
    return list(reply.json["items"])


def checked(app_api: Api, receipt: str) -> dict[str, Any]:
    """The claims of a receipt, checked with the published keys."""
    published = app_api.app.test_client().get("/.well-known/jwks.json").get_json()
    head = jwt.get_unverified_header(receipt)
    assert head["typ"] == "cme-face-deletion+jwt"
    key = jwt.PyJWKSet.from_dict(published)[head["kid"]]
    return dict(jwt.decode(receipt, key, algorithms=["EdDSA"], options={"verify_iat": False}))  # the clock is a fake


def test_withdrawing_consent_leaves_a_signed_receipt(api: Api, make: Factories, clock: FakeClock) -> None:
    person = make.person()
    me = api.as_(person)
    assert enrol(me, picture("li"), picture("li", off=0.4)) == 201
    clock.turn(hours=1)
    assert me.delete("/me/face-consent").status_code == 204
    (one,) = deletions(me)
    assert (one["cause"], one["deleted"], one["photos"]) == ("withdrawn", ["template", "photos", "key"], 2)
    claims = checked(api, one["receipt"])
    assert (claims["jti"], claims["person"]) == (one["id"], str(person.id))
    assert (claims["cause"], claims["deleted"], claims["photos"]) == (one["cause"], one["deleted"], 2)
    assert claims["iat"] == int(clock.now().timestamp())
    clock.turn(hours=1)
    assert deletions(me) == [one]  # the same receipt, whenever it is read
    assert me.get("/me/face").json["enrolled"] is False


def test_a_second_withdrawal_deletes_nothing_and_leaves_no_receipt(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    assert me.delete("/me/face-consent").status_code == 204
    assert deletions(me) == []
    me.enrol(picture("li"))
    for _ in range(2):
        assert me.delete("/me/face-consent").status_code == 204
    assert len(deletions(me)) == 1


def test_of_four_withdrawals_at_once_one_deletes_and_leaves_the_receipt(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    assert me.enrol(picture("li")).status_code == 201
    replies = at_once(4, lambda: me.delete("/me/face-consent"))
    assert [reply.status_code for reply in replies] == [204] * 4
    assert [each["cause"] for each in deletions(me)] == ["withdrawn"]


def test_photos_that_are_deleted_alone_have_a_receipt_of_their_own(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    assert enrol(me, picture("li"), picture("li", off=0.4)) == 201
    assert me.delete("/me/face/photos").status_code == 204
    (one,) = deletions(me)
    assert (one["cause"], one["deleted"], one["photos"]) == ("photos_withdrawn", ["photos"], 2)
    assert me.delete("/me/face-consent").status_code == 204
    assert [each["cause"] for each in deletions(me)] == ["withdrawn", "photos_withdrawn"]


def test_a_reset_and_a_rejected_case_leave_receipts(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    me, asker, second = (
        api.as_(each) for each in (person, make.staff(Role.UNIT_ADMIN, unit), make.staff(Role.UNIT_ADMIN, unit))
    )
    assert me.enrol(picture("li")).status_code == 201
    asked = asker.post(f"/people/{person.id}/face-resets", {"reason": "照片拍错"})
    assert second.post(f"/face-resets/{asked.json['id']}/approval").status_code == 200
    assert me.enrol(picture("li")).status_code == 201
    assert me.delete("/me/face-consent").status_code == 204
    me.enrol(picture("li"))  # held, because the last one was withdrawn
    (case,) = asker.get("/face-cases?status=open").json["items"]
    decided = asker.post(f"/face-cases/{case['id']}/decision", {"decision": "reject", "reason": "不是本人"})
    assert decided.status_code == 200
    assert [each["cause"] for each in deletions(me)] == ["rejected", "withdrawn", "reset"]
    assert db.scalars(select(FaceTemplate)).all() == []


def test_a_face_that_upkeep_deletes_has_a_receipt(
    api: Api, make: Factories, db: Session, settings: Settings, clock: FakeClock
) -> None:
    me = api.as_(make.person())
    assert me.enrol(picture("li")).status_code == 201
    db.execute(update(FaceTemplate).values(last_shown_on=day_at_home(clock.now()) - timedelta(days=400)))
    db.commit()
    sweep(settings, now=clock.now())
    (one,) = deletions(me)
    assert (one["cause"], one["deleted"]) == ("unused", ["template", "key"])


def test_nobody_reads_the_deletions_of_another(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    assert me.enrol(picture("li")).status_code == 201
    assert me.delete("/me/face-consent").status_code == 204
    assert deletions(api.as_(make.person())) == []
