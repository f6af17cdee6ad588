"""An admin finds the people whose faces they look after, and tries photos of somebody who is with them."""

import pytest
from sqlalchemy.orm import Session

from accounts.enrolment.look_limits import MOST
from models.consent import Consent
from models.faces import FaceKey, FaceTemplate
from models.people import Role
from tests.accounts.enrolment.enrolling_in_person import BOTH, code_of, enrol
from tests.accounts.enrolment.photo_checks import count
from tests.api import Api
from tests.factories import Factories
from tests.fakes import HELD, face, picture, refused


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


def test_the_list_tells_of_each_face_what_is_there_and_what_may_be_done(api: Api, make: Factories) -> None:
    unit = make.unit()
    boss, plain, done = make.staff(Role.DEPARTMENT_ADMIN, unit), make.person(unit=unit), make.person(unit=unit)
    chief, stranger = make.staff(Role.UNIT_ADMIN, unit), make.person(unit=make.unit())
    admin = api.as_(boss)
    assert enrol(admin, done, face("li"), **BOTH).status_code == 201
    shown = {each["id"]: each for each in admin.get("/face-people").json["items"]}
    assert str(stranger.id) not in shown
    assert (shown[str(plain.id)]["face"], shown[str(plain.id)]["acts"]) == (None, ["enrol"])
    assert (shown[str(done.id)]["face"], shown[str(done.id)]["acts"]) == ("active", ["request_reset"])
    assert shown[str(chief.id)]["acts"] == shown[str(boss.id)]["acts"] == []
    assert shown[str(plain.id)]["unit"]["name"] == unit.name
    asked = admin.post(f"/people/{done.id}/face-resets", {"reason": "换了眼镜，认不出"})
    (found,) = admin.get(f"/face-people?q={done.cme_number}").json["items"]
    assert (found["reset"], found["acts"]) == (asked.json["id"], [])


def test_a_held_face_names_its_case(api: Api, make: Factories) -> None:
    unit = make.unit()
    admin, first, second = api.as_(make.staff(Role.UNIT_ADMIN, unit)), make.person(unit=unit), make.person(unit=unit)
    assert enrol(admin, first, face("li"), **BOTH).status_code == 201
    assert enrol(admin, second, face("li", off=HELD), **BOTH).status_code == 202
    (found,) = admin.get(f"/face-people?q={second.cme_number}").json["items"]
    (case,) = admin.get("/face-cases?status=open").json["items"]
    assert (found["face"], found["case"], found["acts"]) == ("held", case["id"], ["request_reset"])


def test_photos_of_somebody_present_are_tried_and_nothing_is_kept(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    admin, person = api.as_(make.staff(Role.UNIT_ADMIN, unit)), make.person(unit=unit)
    path = f"/people/{person.id}/face/photo-checks"
    photos = [picture("li", 1), refused("no_face")]
    seen = admin.send_photos(path, photos, consent_version="test-1")
    assert [each["usable"] for each in seen.json["photos"]] == [True, False]
    for _ in range(MOST):  # an admin enrols a whole department
        assert admin.send_photos(path, [picture("li", 1)], consent_version="test-1").status_code == 200
    assert count(db, FaceTemplate) == count(db, FaceKey) == count(db, Consent) == 0


def test_nobody_tries_photos_of_themselves_or_of_strangers(api: Api, make: Factories) -> None:
    boss = make.staff(Role.UNIT_ADMIN, make.unit())
    stranger = make.person(unit=make.unit())
    for person, expected in ((boss, (403, "own_face")), (stranger, (403, "forbidden"))):
        path = f"/people/{person.id}/face/photo-checks"
        assert code_of(api.as_(boss).send_photos(path, [face("li")], consent_version="test-1")) == expected
