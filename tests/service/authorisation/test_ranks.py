"""Nobody acts on somebody who holds a higher role than theirs, or one that reaches further."""

import io
import re

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Person, Role, RoleGrant, Unit
from tests.accounts.face_batches.conftest import zipped
from tests.api import Api
from tests.fakes import FakeClock
from tests.fuzz.world import PNG
from tests.service.authorisation.routes import routes_of_roles
from tests.service.authorisation.world import SAME, WIDER, Form, Province, bodies_of, make_province
from tests.service.authorisation.world import CityFactories as Factories

pytestmark = pytest.mark.either_database  # whose path a unit begins with is asked the same way of both

PEOPLE, FACES, CREDITS = Role.UNIT_ADMIN, Role.DEPARTMENT_ADMIN, Role.AUTHORITY
SYSTEM = Role.SYSTEM_ADMIN
ACTS = {
    "people.edit_person": PEOPLE,
    "profiles.decide_profile_correction": PEOPLE,
    "people.give_role": PEOPLE,
    "people.give_password_slip": PEOPLE,
    "people.take_role": PEOPLE,
    "phones.change_phone_of": PEOPLE,
    "second_factor.remove_for_person": SYSTEM,
    "people.suspend_person": PEOPLE,
    "people.reinstate_person": PEOPLE,
    "face_cases.decide_case": FACES,
    "face_cases.request_reset": FACES,
    "face_cases.approve_reset": FACES,
    "face_cases.refuse_reset": FACES,
    "face_enrolments.check_photos_in_person": FACES,
    "face_enrolments.enrol_in_person": FACES,
    "claim_reviews.review_claim": CREDITS,
    "claim_settings.put_claim_permission": CREDITS,
    "credit_exemptions.record_exemption": CREDITS,
    "credit_exemptions.revoke_exemption": CREDITS,
    "credit_records.decide_record": CREDITS,
    "ledger.reverse_entry": CREDITS,
    "certificates.reissue_certificate": CREDITS,
    "certificates.revoke_certificate": CREDITS,
}
"""The acts on one person, and a role over the person's hospital that allows them."""
OF_A_PROJECT = {
    "rosters.remove_from_roster": "who is expected at a project is its organizer's business",
    "session_places.remove_place": "so are the places at its sessions",
}


def test_each_route_that_changes_one_person_is_among_the_acts(app: APIFlask) -> None:
    about_people = {
        endpoint
        for endpoint, (method, path, _) in routes_of_roles(app).items()
        if method != "GET" and "<uuid:person_id>" in path
    }
    assert about_people <= set(ACTS) | set(OF_A_PROJECT)
    assert set(ACTS) | set(OF_A_PROJECT) <= set(routes_of_roles(app))


def raised(province: Province, db: Session, role: Role, over: Unit) -> None:
    """Give all people of the world's acts a role."""
    for person in (province.twin, province.world.learner):
        db.add(RoleGrant(person_id=person.id, role=role, unit_id=over.id, granted_at=person.created_at))
    db.flush()


def act(province: Province, app: APIFlask, clock: FakeClock, endpoint: str, who: Api) -> tuple[int, str | None]:
    """Do it to somebody of the world."""
    method, path, _ = routes_of_roles(app)[endpoint]
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: province.world.ids[found[1]], path)
    body = bodies_of(province, province.twin, clock).get(endpoint)
    if isinstance(body, Form):
        reply = who.call(method, filled, data=body.sent(), content_type="multipart/form-data")
    else:
        reply = who.call(method, filled, body)
    return reply.status_code, reply.json.get("code") if reply.is_json or reply.mimetype.endswith("json") else None


@pytest.mark.parametrize("held", [Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.AUDITOR])
def test_no_admin_acts_on_somebody_whose_role_is_wider(
    app: APIFlask, api: Api, db: Session, clock: FakeClock, held: Role
) -> None:
    make = Factories(app, db, clock)
    province = make_province(make, api, db, clock, PEOPLE)
    hospital = db.get_one(Unit, province.world.project.unit_id)
    assert make.city is not None
    raised(province, db, held, make.city)
    for endpoint, role in ACTS.items():
        who = province.callers[SAME].api if role is PEOPLE else api.as_(make.staff(role, hospital))
        assert act(province, app, clock, endpoint, who) == (403, "role_too_high"), endpoint


def test_no_admin_acts_on_somebody_whose_role_is_higher_in_the_same_unit(
    app: APIFlask, api: Api, db: Session, clock: FakeClock
) -> None:
    make = Factories(app, db, clock)
    province = make_province(make, api, db, clock, PEOPLE)
    hospital = db.get_one(Unit, province.world.project.unit_id)
    raised(province, db, Role.AUTHORITY, hospital)
    for endpoint, role in ACTS.items():
        if role not in (CREDITS, SYSTEM):
            who = province.callers[SAME].api if role is PEOPLE else api.as_(make.staff(role, hospital))
            assert act(province, app, clock, endpoint, who) == (403, "role_too_high"), endpoint


def test_somebody_can_act_on_each_admin(app: APIFlask, api: Api, db: Session, clock: FakeClock) -> None:
    make = Factories(app, db, clock)
    province = make_province(make, api, db, clock, Role.AUTHORITY)
    raised(province, db, Role.SYSTEM_ADMIN, make.province)
    system = api.as_(make.staff(Role.SYSTEM_ADMIN, make.province))
    for endpoint, role in ACTS.items():
        status, code = act(
            province, app, clock, endpoint, system if role in (PEOPLE, SYSTEM) else province.callers[WIDER].api
        )
        assert code not in ("role_too_high", "forbidden", "invalid_input"), (endpoint, code)
        assert status < 500


def test_a_row_of_a_batch_about_a_higher_admin_is_refused(
    app: APIFlask, api: Api, db: Session, clock: FakeClock
) -> None:
    make = Factories(app, db, clock)
    make.city = make.unit(parent=make.province)
    make.face_law()
    unit = make.unit()
    chief, admin = make.person(unit=unit), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    db.add(RoleGrant(person_id=chief.id, role=Role.AUTHORITY, unit_id=make.city.id, granted_at=clock.now()))
    db.flush()
    sent = {"file": (io.BytesIO(zipped({f"{chief.cme_number}.jpg": PNG})), "faces.zip")}
    made = admin.call("POST", "/face-batches", data=sent, content_type="multipart/form-data")
    assert made.json["codes"] == {"role_too_high": 1}
    (row,) = admin.get(f"/face-batches/{made.json['id']}/rows").json["items"]
    assert row["hint"]
    assert db.scalars(select(Person.id).where(Person.id == chief.id)).one()
